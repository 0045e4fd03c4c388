import { useState } from "preact/hooks";
import { clock, spoken, when } from "../../shared/duration";
import type { Call } from "../../shared/values";
import { useAsking, useNow, usePanel, useSurface } from "../context";
import { LogState } from "../parts/call-log";
import { Button, IconButton, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { nameOf } from "../parts/who";
import { useCanDial, useDial } from "./keypad";

const HOW: Record<string, string> = {
  missed: "Missed", declined: "Declined", "no-answer": "No answer", busy: "Busy", canceled: "Canceled", failed: "Failed",
  elsewhere: "Answered elsewhere", transferred: "Transferred",
};

export const howEnded = (call: Call): string => (call.ended_how && HOW[call.ended_how]) ?? "";

export const Recent = () => {
  const { host } = useSurface();
  const { recent } = usePanel();
  const now = useNow(60_000);
  const { dial, refused: notDialled } = useDial();
  const { busy, refused, ask } = useAsking();
  const [older, setOlder] = useState<{ calls: Call[]; more: boolean }>({ calls: [], more: true });
  const known = new Set(recent.map(({ id }) => id));
  const shown = [...recent, ...older.calls.filter(({ id }) => !known.has(id))];
  const oldest = shown.at(-1);
  const more = () => void ask(async () => {
    const page = await host.ask("calls-before", { before: oldest?.started_at ?? "" });
    setOlder({ calls: [...older.calls, ...page.calls], more: page.more });
  });
  if (!oldest) return <Empty />;
  return (
    <section class="list-page" aria-label="Recent calls">
      <h2 class="unseen" tabIndex={-1}>Recent calls</h2>
      <Refusal reason={notDialled} />
      <ul class="list">{shown.map((call) => <Item key={call.id} call={call} now={now} dial={dial} />)}</ul>
      <Refusal reason={refused} />
      {older.more && recent.length >= 20 && <Button kind="quiet" wide busy={busy} onClick={more}>Older calls</Button>}
    </section>
  );
};

const Empty = () => (
  <section class="plain-page">
    <div class="medal faint"><Icon is="recent" size={30} /></div>
    <h2 tabIndex={-1}>No calls yet</h2>
    <p class="muted">Calls you make and receive are listed here, each with whether it is on the HubSpot timeline.</p>
  </section>
);

const Item = ({ call, now, dial }: { call: Call; now: number; dial: (number: string, contact: string | null) => void }) => {
  const canDial = useCanDial();
  const missed = call.direction === "inbound" && call.ended_how === "missed";
  const way = missed ? "missed" : call.direction;
  const name = nameOf(call);
  return (
    <li class="item">
      <span class={`way ${way}`}><Icon is={way} size={18} /><span class="unseen">{missed ? "Missed" : call.direction === "inbound" ? "Incoming" : "Outgoing"}</span></span>
      <div class="item-words">
        <p class="item-name">{name}</p>
        <p class="muted small">
          {name !== call.number_shown && call.who.answer !== "no-number" && <span>{call.number_shown} · </span>}
          <time dateTime={call.started_at}>{when(call.started_at, now)}</time>
          {call.duration_ms ? <span aria-label={spoken(call.duration_ms)}> · {clock(call.duration_ms)}</span> : null}
          {howEnded(call) && <span> · {howEnded(call)}</span>}
        </p>
        {call.state === "ended" && <LogState call={call} />}
      </div>
      {canDial && call.number && <IconButton icon="handset" tone="dial" label={`Call ${call.number_shown}`} onClick={() => dial(call.number ?? "", call.contact_id)} />}
    </li>
  );
};
