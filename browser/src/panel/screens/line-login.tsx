import { useState } from "preact/hooks";
import type { PhoneSystem } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Field, Page, Refusal } from "../../shared/parts/controls";

export const LineLogin = ({ system }: { system: PhoneSystem }) => {
  const { host, happen } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [line, setLine] = useState("");
  const [pin, setPin] = useState("");
  const secret = system.line_login === "line-and-secret";
  const logIn = (event: Event) => {
    event.preventDefault();
    void ask(() => host.ask("log-in", { line: line.trim(), secret: secret ? pin : null }));
  };
  return (
    <Page title="Log in to your line" says={`Your calls on ${system.title} then ring here.`}>
      <form class="form" onSubmit={logIn}>
        <Field label="Line" name="line" required value={line} inputMode="tel" onInput={(event) => setLine(event.currentTarget.value)} />
        {secret && <Field label="PIN" name="pin" type="password" required value={pin} onInput={(event) => setPin(event.currentTarget.value)} />}
        <Refusal reason={refused} />
        <Button kind="primary" type="submit" wide busy={busy}>Log in</Button>
      </form>
      <Button kind="quiet" onClick={() => happen({ is: "go", to: "advanced" })}>Use another product</Button>
    </Page>
  );
};
