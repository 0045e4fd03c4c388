import { useState } from "preact/hooks";
import { useAsking, usePanel, useSurface } from "../context";
import { Button, Choice, Note, Page, Refusal } from "../../shared/parts/controls";

export const Product = () => (
  <Page title="Choose your phone" says="Which product do you make your calls with? You can change it later under Setup › Advanced.">
    <ProductChoice />
  </Page>
);

export const ProductChoice = () => {
  const { host, happen } = useSurface();
  const { phone_systems, phone_system } = usePanel();
  const { busy, refused, ask } = useAsking();
  const [key, setKey] = useState(phone_system ?? phone_systems[0]?.key ?? "");
  const chosen = phone_systems.find((system) => system.key === key);
  if (phone_systems.length === 0) {
    return <Note tone="warning"><p>No phone system is set up yet. Ask your phone administrator to add one to the service.</p></Note>;
  }
  const save = (event: Event) => {
    event.preventDefault();
    void ask(async () => {
      await host.ask("choose-phone-system", { key });
      happen({ is: "go", to: "desk" });
    });
  };
  return (
    <form class="form" onSubmit={save}>
      <Choice label="Product" value={key} onChoose={setKey} options={phone_systems.map((system) => ({ value: system.key, says: system.title }))} />
      {chosen?.says && <p class="hint">{chosen.says}</p>}
      <Button kind="primary" type="submit" wide busy={busy}>Save</Button>
      <Refusal reason={refused} />
    </form>
  );
};
