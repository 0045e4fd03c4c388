/** A number that was clicked somewhere and waits for the agent's word. */

import { Button, Refusal } from "../../shared/parts/controls";
import { useSurface, useView } from "../context";
import { useDial } from "../screens/keypad";
import { systemOf } from "../state";

export const ToDial = () => {
  const number = useSurface().state.view?.to_dial;
  return number ? <Waiting key={number} number={number} /> : null;
};

const Waiting = ({ number }: { number: string }) => {
  const { host } = useSurface();
  const { panel } = useView();
  const { busy, refused, dial } = useDial();
  const can = Boolean(panel?.line) && Boolean(panel && systemOf(panel)?.can.includes("dial"));
  const drop = () => void host.ask("to-dial", { number: null });
  return (
    <section class="note to-dial" role="alert" aria-label="Number to call">
      <p>Call <b>{number}</b>?</p>
      {!can && <p class="hint">Log in to your line first; then it can be called.</p>}
      <Refusal reason={refused} />
      <div class="buttons">
        {can && <Button kind="good" icon="handset" busy={busy} onClick={() => dial(number, null, drop)}>Call</Button>}
        <Button kind="quiet" onClick={drop}>Not now</Button>
      </div>
    </section>
  );
};
