import { useState } from "preact/hooks";
import { clock, spoken } from "../../shared/duration";
import type { Call } from "../../shared/values";
import { useAsking, usePanel, useSurface, useView } from "../context";
import { LogState } from "../parts/call-log";
import { Button, Choice, Refusal } from "../../shared/parts/controls";
import { Codes, useCodes } from "../parts/codes";
import { Notes } from "../parts/notes";
import { chosenContact, Face, Who } from "../parts/who";
import { KEYPAD, notesOf } from "../state";
import { useCanDial } from "./keypad";
import { howEnded } from "./recent";

export const WrapUp = ({ call }: { call: Call }) => {
  const { host, happen } = useSurface();
  const view = useView();
  const { outcomes } = usePanel();
  const { busy, refused, ask } = useAsking();
  const canDial = useCanDial();
  const [outcome, setOutcome] = useState(call.outcome ?? "");
  const [typed, setTyped] = useState<string | null>(null);
  const codes = useCodes(call);
  const save = (event: Event) => {
    event.preventDefault();
    const notes = typed ?? notesOf(view, call);
    void ask(async () => {
      await host.ask("wrap-up", { call_id: call.id, outcome: outcome || null, notes, contact_id: call.contact_id, ...codes.changed });
      happen({ is: "saved", call: call.id });
    });
  };
  return (
    <section class="wrap-up" aria-label="Wrap-up">
      <div class="wrap-up-head"><h2 tabIndex={-1}>Call ended</h2><Spent call={call} />
        {canDial && <Button kind="quiet" icon="plus" onClick={() => happen({ is: "look-at", call: KEYPAD })}>New call</Button>}
      </div>
      <div class="card call-head">
        <Face name={chosenContact(call)?.name ?? null} />
        <div class="call-words"><Who call={call} /><p class="muted call-number">{call.number_shown}</p></div>
      </div>
      <form class="form grow" onSubmit={save}>
        <Choice label="Outcome" value={outcome} onChoose={setOutcome} options={[{ value: "", says: "No outcome" }, ...outcomes.map(({ id, label }) => ({ value: id, says: label }))]} />
        <Codes {...codes} />
        <Notes call={call} onText={setTyped} />
        <Refusal reason={refused} />
        <LogState call={call} />
        <div class="foot"><Button kind="primary" type="submit" wide busy={busy}>Save</Button></div>
      </form>
    </section>
  );
};

const Spent = ({ call }: { call: Call }) => (
  <p class="muted">
    {howEnded(call)}{howEnded(call) && call.duration_ms ? " · " : ""}
    {call.duration_ms ? <span aria-label={spoken(call.duration_ms)}>{clock(call.duration_ms)}</span> : null}
  </p>
);
