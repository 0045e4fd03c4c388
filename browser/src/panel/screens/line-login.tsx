import { useEffect, useState } from "preact/hooks";
import type { LineOffer, PhoneSystem } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Field, Page, Refusal } from "../../shared/parts/controls";

export const LineLogin = ({ system }: { system: PhoneSystem }) => {
  const { host, happen } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [line, setLine] = useState("");
  const [pin, setPin] = useState("");
  const offers = useOffers(system.key);
  const secret = system.line_login === "line-and-secret";
  const enter = (number: string) => void ask(() => host.ask("log-in", { line: number.trim(), secret: secret ? pin : null }));
  const logIn = (event: Event) => {
    event.preventDefault();
    enter(line);
  };
  return (
    <Page title="Log in to your line" says={`Your calls on ${system.title} then ring here.`}>
      {offers.length > 0 && !secret && <Offers offers={offers} busy={busy} choose={enter} />}
      <form class="form" onSubmit={logIn}>
        <Field label={offers.length > 0 ? "Another line" : "Line"} name="line" required value={line} onInput={(event) => setLine(event.currentTarget.value)} />
        {secret && <Field label="PIN or password" name="pin" type="password" required value={pin} onInput={(event) => setPin(event.currentTarget.value)} />}
        <Refusal reason={refused} />
        <Button kind={offers.length > 0 ? "plain" : "primary"} type="submit" wide busy={busy}>Log in</Button>
      </form>
      <Button kind="quiet" onClick={() => happen({ is: "go", to: "advanced" })}>Use another product</Button>
    </Page>
  );
};

/** Whoever has several lines chooses; whoever is not known by name types hers. */
const Offers = ({ offers, busy, choose }: { offers: LineOffer[]; busy: boolean; choose(number: string): void }) => (
  <section class="form" aria-label="Your lines">
    <p class="hint">{offers.length === 1 ? "This line is yours:" : "These lines are yours. Which one do you use now?"}</p>
    {offers.map(({ number, name }) => (
      <Button key={number} kind="primary" wide busy={busy} onClick={() => choose(number)}>{/^\d+$/.test(number) ? `${number} · ${name}` : `${name} · ${number}`}</Button>
    ))}
  </section>
);

const useOffers = (system: string): LineOffer[] => {
  const { host } = useSurface();
  const [offers, setOffers] = useState<LineOffer[]>([]);
  useEffect(() => {
    let here = true;
    host.ask("lines", null).then((found) => here && setOffers(found ?? []), () => undefined);
    return () => void (here = false);
  }, [host, system]);
  return offers;
};
