import { useEffect, useRef } from "preact/hooks";
import { mayBeDialled } from "../../shared/phone-number";
import { useAsking, usePanel, useSurface, useView } from "../context";
import { LogState } from "../parts/call-log";
import { Button, IconButton, Note, Refusal } from "../../shared/parts/controls";
import { Keys } from "../parts/keys";
import { CallAs, dialInOwnApp } from "../parts/own-app";
import { nameOf } from "../parts/who";
import { systemOf } from "../state";

export const useDial = () => {
  const { host, happen } = useSurface();
  const asking = useAsking();
  const { panel } = useView();
  const system = panel && systemOf(panel);
  const dial = (number: string, contact_id: string | null = null, done: () => void = () => undefined) =>
    void asking.ask(async () => {
      if (system?.own_app) {
        happen({ is: "look-at", call: null });
        happen({ is: "told", says: dialInOwnApp(system.own_app, system.title, number.trim()) });
        happen({ is: "number", number: "" });
        return done();
      }
      const call = await host.ask("dial", { number: number.trim(), contact_id });
      happen({ is: "look-at", call: call.id });
      happen({ is: "number", number: "" });
      done();
    });
  return { ...asking, dial };
};

export const useCanDial = (): boolean => systemOf(usePanel())?.can.includes("dial") ?? false;

export const Keypad = () => {
  const { state, happen } = useSurface();
  const { busy, refused, clear, dial } = useDial();
  const input = useRef<HTMLInputElement>(null);
  const { number } = state;
  const become = (text: string) => (clear(), happen({ is: "number", number: text }));
  if (!useCanDial()) return <NoDialling />;
  const call = (event: Event) => {
    event.preventDefault();
    if (mayBeDialled(number) && !busy) dial(number);
  };
  return (
    <section class="keypad-page" aria-label="Keypad">
      <JustSaved />
      <form class="dialler" onSubmit={call}>
        <div class="number-line">
          <input
            ref={input} type="tel" aria-label="Number to call" placeholder="Number to call" autocomplete="off" value={number}
            onInput={(event) => become(event.currentTarget.value)}
          />
          {number && <IconButton icon="erase" label="Erase the last digit" onClick={() => become(number.slice(0, -1))} />}
        </div>
        <Keys press={(key) => become(number + key)} />
        <Refusal reason={refused} />
        <CallAs />
        {state.told && <p class="hint" role="status">{state.told}</p>}
        <Button kind="good" type="submit" wide icon="handset" busy={busy} disabled={!mayBeDialled(number)}>Call</Button>
      </form>
    </section>
  );
};

const NoDialling = () => {
  const system = systemOf(usePanel());
  return (
    <section class="page">
      <JustSaved />
      <h2 tabIndex={-1}>Ready for calls</h2>
      <p class="lead">Dial on your phone: {system?.title ?? "this product"} cannot be asked to dial from here. Calls show up here by themselves.</p>
    </section>
  );
};

const JUST_SAVED_MS = 20_000;

/** For a moment after wrapping up: did it reach the timeline? */
const JustSaved = () => {
  const { state, happen } = useSurface();
  const panel = usePanel();
  const call = [...panel.calls, ...panel.recent].find(({ id }) => id === state.saved);
  useEffect(() => {
    if (!state.saved) return undefined;
    const enough = setTimeout(() => happen({ is: "saved", call: null }), JUST_SAVED_MS);
    return () => clearTimeout(enough);
  }, [state.saved]);
  if (!call) return null;
  return (
    <Note tone="good">
      <p role="status">Saved: {nameOf(call)}</p>
      <LogState call={call} />
    </Note>
  );
};
