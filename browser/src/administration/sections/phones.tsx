/** The phone systems of this service, and whose their lines are. */

import { useAdministration, useLoaded } from "../context";
import { type Column, Once, Section, Table } from "../parts/shown";
import type { PhoneSystemLines } from "../values";

const CAN: Record<string, string> = {
  dial: "dial", answer: "answer", decline: "decline", "hang-up": "hang up", hold: "hold", mute: "mute", transfer: "transfer",
};

type LineOf = PhoneSystemLines["lines"][number];

const COLUMNS: Column<LineOf>[] = [
  { title: "Line", cell: ({ number }) => <b>{number}</b> },
  { title: "Name", cell: ({ name }) => name || <span class="muted">–</span> },
  { title: "Agent", cell: ({ agent }) => agent ?? <span class="muted">Nobody is logged in</span> },
];

export const PhoneSystems = () => {
  const administration = useAdministration();
  const loaded = useLoaded(administration.phoneSystems);
  return (
    <Section title="Phone systems and lines" says="Which phone systems there are is set where Offhook runs; agents choose theirs and log in to a line.">
      <Once loaded={loaded}>{(systems) => (systems.length === 0 ? <p class="nothing">No phone system is set up.</p> : systems.map((system) => <System key={system.key} system={system} />))}</Once>
    </Section>
  );
};

const System = ({ system: { title, says, can, lines } }: { system: PhoneSystemLines }) => (
  <div class="card">
    <h3>{title}</h3>
    {says && <p>{says}</p>}
    <p class="muted small">{can.length > 0 ? `From the panel agents can: ${can.map((each) => CAN[each] ?? each).join(", ")}.` : "Its calls are followed; they cannot be steered from the panel."}</p>
    <Table label={`Lines of ${title}`} columns={COLUMNS} rows={lines} keyOf={({ number }) => number} none="No line is known here yet." />
  </div>
);
