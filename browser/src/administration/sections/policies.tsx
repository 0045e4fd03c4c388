/** What holds for everybody in the account. Changes are gathered and saved together: they are felt in every panel. */

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Button, Choice, Refusal } from "../../shared/parts/controls";
import { useAdministration, useAsking, useLoaded, useSurface } from "../context";
import { Once, Section } from "../parts/shown";
import type { NumbersOn, Policy, PolicyView, Pop, Visibility } from "../values";
import { many } from "../words";

/** Without it there is no Offhook. */
const ALWAYS = "find-contacts";

const SEES: { key: Visibility; says: string; means: string }[] = [
  { key: "everyone", says: "Everybody’s contacts", means: "Whoever calls is shown by name to every agent." },
  { key: "own", says: "Their own and unassigned ones", means: "Contacts of other owners are treated as unknown callers." },
  { key: "team", says: "Their team’s, their own and unassigned ones", means: "The team is the one that HubSpot knows for the agent." },
];

const POPS: { value: Pop; says: string }[] = [
  { value: "ringing", says: "when it rings" }, { value: "answered", says: "when it is answered" }, { value: "never", says: "never" },
];

const NUMBERS: { value: NumbersOn; says: string }[] = [
  { value: "off", says: "nowhere" }, { value: "hubspot", says: "on HubSpot’s pages" }, { value: "sites", says: "there, and on sites that the agent allows" },
];

export const Policies = () => {
  const administration = useAdministration();
  const loaded = useLoaded(administration.policy);
  return (
    <Section title="Policies" says="They hold for every agent of the account, from the moment they are saved.">
      <Once loaded={loaded}>{(view) => <Form view={view} saved={(after) => loaded.put(() => after)} />}</Once>
    </Section>
  );
};

const Form = ({ view, saved }: { view: PolicyView; saved: (after: PolicyView) => void }) => {
  const administration = useAdministration();
  const { announce } = useSurface();
  const { busy, refused, ask, clear } = useAsking();
  const [changes, setChanges] = useState<Partial<Policy>>({});
  const policy = { ...view.policy, ...changes };
  const change = (what: Partial<Policy>) => setChanges(onlyDifferent(view.policy, { ...changes, ...what }));
  const count = Object.keys(changes).length;
  const save = () => void ask(async () => {
    const after = await administration.changePolicy(changes);
    setChanges({});
    saved(after);
    announce("Saved. It holds from now on.");
  });
  return (
    <form class="policies" onSubmit={(event) => (event.preventDefault(), save())}>
      <CapabilitiesOff view={view} policy={policy} change={change} />
      <WhoSeesWhom policy={policy} change={change} />
      <Logging policy={policy} change={change} />
      <Popping policy={policy} change={change} />
      <Keeping policy={policy} change={change} />
      <Clicking policy={policy} change={change} />
      <div class={`save ${count ? "waiting" : ""}`}>
        <p>{count === 0 ? <span class="muted">Nothing is changed.</span> : `${many(count, "change")} not saved yet.`}</p>
        <div class="buttons">
          {count > 0 && <Button kind="quiet" onClick={() => (setChanges({}), clear())}>Discard</Button>}
          <Button kind="primary" type="submit" busy={busy} disabled={count === 0}>Save</Button>
        </div>
        <Refusal reason={refused} />
      </div>
    </form>
  );
};

/** What was changed back is no change. */
const onlyDifferent = (policy: Policy, changes: Partial<Policy>): Partial<Policy> =>
  Object.fromEntries(Object.entries(changes).filter(([name, value]) => JSON.stringify(policy[name as keyof Policy]) !== JSON.stringify(value)));

interface PartGiven {
  policy: Policy;
  change: (what: Partial<Policy>) => void;
}

const Part = ({ title, says, children }: { title: string; says: ComponentChildren; children: ComponentChildren }) => (
  <fieldset class="card"><legend>{title}</legend><p class="hint">{says}</p>{children}</fieldset>
);

const Switch = ({ label, on, disabled, hint, onSwitch }: { label: string; on: boolean; disabled?: boolean; hint?: string; onSwitch: (on: boolean) => void }) => {
  const id = useId();
  return (
    <div class="switch-line">
      <input id={id} class="switch" type="checkbox" role="switch" checked={on} disabled={disabled} aria-describedby={hint ? `${id}-hint` : undefined} onChange={(event) => onSwitch(event.currentTarget.checked)} />
      <label for={id}>{label}</label>
      {hint && <span class="hint" id={`${id}-hint`}>{hint}</span>}
    </div>
  );
};

const CapabilitiesOff = ({ view, policy, change }: PartGiven & { view: PolicyView }) => (
  <Part title="What Offhook does here" says="What is switched off is not asked for, not done, and not offered to agents.">
    {view.capabilities.map(({ key, title }) => (
      <Switch
        key={key} label={title} on={!policy.without.includes(key)} disabled={key === ALWAYS && !policy.without.includes(key)}
        {...(key === ALWAYS ? { hint: "Always needed" } : {})}
        onSwitch={(on) => change({ without: inOrder(view, on ? policy.without.filter((each) => each !== key) : [...policy.without, key]) })}
      />
    ))}
  </Part>
);

const inOrder = ({ policy, capabilities }: PolicyView, without: string[]): string[] =>
  without.length === policy.without.length && without.every((key) => policy.without.includes(key))
    ? policy.without
    : capabilities.map(({ key }) => key).filter((key) => without.includes(key));

const WhoSeesWhom = ({ policy, change }: PartGiven) => {
  const name = useId();
  return (
    <Part title="Whose contacts agents see" says="A token that HubSpot gives an app sees every contact of the account, whatever the rights of the person who allowed it. So Offhook keeps to this itself: in who is calling, in the search, and when records open.">
      {SEES.map(({ key, says, means }) => (
        <div key={key} class="radio">
          <input
            type="radio" id={`${name}-${key}`} name={name} value={key} checked={policy.visibility === key}
            aria-describedby={`${name}-${key}-means`} onChange={() => change({ visibility: key })}
          />
          <label for={`${name}-${key}`}>{says}</label>
          <span class="hint" id={`${name}-${key}-means`}>{means}</span>
        </div>
      ))}
    </Part>
  );
};

const Logging = ({ policy, change }: PartGiven) => (
  <Part title="Logging calls" says="A call is logged on the contact’s timeline when it ends, and amended with the agent’s notes and outcome.">
    <Switch label="Log every call without being asked" on={policy.auto_log.value} hint="Else only when the agent says so" onSwitch={(value) => change({ auto_log: { ...policy.auto_log, value } })} />
    <Locked locked={policy.auto_log.locked} onLock={(locked) => change({ auto_log: { ...policy.auto_log, locked } })} />
    <Switch
      label="Log with the account’s connection when an agent’s own is broken" on={policy.account_logs}
      hint="The entry then says whose connection it was" onSwitch={(account_logs) => change({ account_logs })}
    />
  </Part>
);

const Popping = ({ policy, change }: PartGiven) => (
  <Part title="Opening the caller’s record" says="Only when exactly one contact has the number.">
    <Choice label="Open it" value={policy.pop.value} options={POPS} onChoose={(value) => change({ pop: { ...policy.pop, value: value as Pop } })} />
    <Locked locked={policy.pop.locked} onLock={(locked) => change({ pop: { ...policy.pop, locked } })} />
  </Part>
);

const Clicking = ({ policy, change }: PartGiven) => (
  <Part title="Numbers on pages" says="Whoever clicks a number dials it. Other sites are allowed by each agent in her browser, one by one.">
    <Choice label="They can be clicked" value={policy.numbers.value} options={NUMBERS} onChoose={(value) => change({ numbers: { ...policy.numbers, value: value as NumbersOn } })} />
    <Locked locked={policy.numbers.locked} onLock={(locked) => change({ numbers: { ...policy.numbers, locked } })} />
    <Switch label="Ask before a clicked number is dialled" on={policy.confirm_dial.value} onSwitch={(value) => change({ confirm_dial: { ...policy.confirm_dial, value } })} />
    <Locked locked={policy.confirm_dial.locked} onLock={(locked) => change({ confirm_dial: { ...policy.confirm_dial, locked } })} />
  </Part>
);

const Keeping = ({ policy, change }: PartGiven) => (
  <Part title="Knowing callers at once" says="With the account’s connection, Offhook keeps the names, addresses, companies, owners and numbers of all contacts that have a number, so that a name is there as the phone rings, and when HubSpot does not answer. HubSpot is still asked each time, and has the last word.">
    <Switch
      label="Keep the account’s contacts in Offhook" on={policy.sync_contacts} hint="What was kept is forgotten when this is switched off"
      onSwitch={(sync_contacts) => change({ sync_contacts })}
    />
  </Part>
);

const Locked = ({ locked, onLock }: { locked: boolean; onLock: (locked: boolean) => void }) => (
  <Choice
    label="May agents choose otherwise?" value={locked ? "locked" : "default"} onChoose={(value) => onLock(value === "locked")}
    options={[{ value: "default", says: "Yes, this is only how it begins" }, { value: "locked", says: "No, it is locked" }]}
  />
);

