/** The account's own grant: one installation by an administrator, for everybody. */

import { useEffect, useState } from "preact/hooks";
import { date } from "../../shared/duration";
import { useNow } from "../../shared/parts/asking";
import { Button, Note, Refusal } from "../../shared/parts/controls";
import type { Grant } from "../../shared/values";
import { useAdministration, useAsking, useLoaded, useSurface } from "../context";
import { Capabilities, Once, Opened, Section, toHeading } from "../parts/shown";
import { Attempt } from "../parts/sign-in";
import type { Directory } from "../values";
import { contactsKnown, fromNow } from "../words";

/** While the contacts are being listed. */
const LOOK_AGAIN_MS = 3_000;

const WORDS = { active: "Connected", off: "Switched off", broken: "No longer connected" };

export const AccountConnection = () => {
  const administration = useAdministration();
  const loaded = useLoaded(async () => ({ grant: await administration.accountGrant() }));
  return (
    <Section title="Account connection" says="An administrator connects the whole account once. Agents’ own connections are apart from it and stay as they are.">
      <Once loaded={loaded}>{({ grant }) => (grant ? <Connected grant={grant} forgotten={() => loaded.put(() => ({ grant: null }))} /> : <NotConnected />)}</Once>
      <Contacts />
      <WhatFor />
    </Section>
  );
};

const NotConnected = () => (
  <div class="card">
    <p class="state"><span class="dot off" /><b>Not connected</b></p>
    <p>HubSpot asks you once for all that Offhook can do; what your account or your own rights do not allow is left out.</p>
    <Connect words="Connect the account" main />
  </div>
);

const Connect = ({ words, main = false }: { words: string; main?: boolean }) => {
  const { host, state: { attempt } } = useSurface();
  const { busy, refused, ask } = useAsking();
  if (attempt) return <Attempt />;
  return (
    <>
      <div class="buttons"><Button kind={main ? "primary" : "plain"} busy={busy} onClick={() => void ask(() => host.connect("account"))}>{words}</Button></div>
      <Refusal reason={refused} />
    </>
  );
};

const Connected = ({ grant, forgotten }: { grant: Grant; forgotten: () => void }) => {
  const missing = grant.capabilities.some(({ on }) => !on);
  return (
    <div class="card">
      <p class="state"><span class={`dot ${grant.state}`} /><b>{WORDS[grant.state]}</b></p>
      {grant.reason && <Note tone="warning"><p>{grant.reason.says}</p>{grant.reason.remedy && <p>{grant.reason.remedy}</p>}</Note>}
      <dl class="facts">
        <dt>By</dt><dd>{grant.as || "unknown"}</dd>
        <dt>Account</dt><dd>{grant.account_name || "unknown"}{grant.account_id && ` (${grant.account_id})`}</dd>
        {grant.since && <><dt>Since</dt><dd>{date(grant.since)}</dd></>}
      </dl>
      <h3>What it allows</h3>
      <Capabilities capabilities={grant.capabilities} />
      {grant.state === "broken" ? <Connect words="Connect again" main /> : (
        <>
          <p class="hint">{missing ? "What is off can be asked for again" : "When Offhook says that it lacks something here, HubSpot can be asked again"}; what is on stays on.</p>
          <Connect words="Ask HubSpot again" />
        </>
      )}
      <Forget forgotten={forgotten} />
    </div>
  );
};

const Forget = ({ forgotten }: { forgotten: () => void }) => {
  const administration = useAdministration();
  const { announce } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [sure, setSure] = useState(false);
  const forget = () => void ask(async () => {
    await administration.forgetAccountGrant();
    announce("The account is no longer connected.");
    forgotten();
    toHeading();
  });
  const keep = () => (setSure(false), toHeading());
  if (!sure) return <div class="buttons"><Button kind="quiet" onClick={() => setSure(true)}>Forget</Button></div>;
  return (
    <div class="note bad" role="group" aria-label="Forget the account’s connection?">
      <Opened>Forget the account’s connection?</Opened>
      <p>It is taken back at HubSpot. Agents stay connected by what they allowed themselves; calls of those whose own connection is broken wait until it is mended.</p>
      <div class="buttons">
        <Button kind="bad" busy={busy} onClick={forget}>Yes, forget</Button>
        <Button kind="quiet" onClick={keep}>Keep it</Button>
      </div>
      <Refusal reason={refused} />
    </div>
  );
};

const Contacts = () => {
  const administration = useAdministration();
  const now = useNow(30_000);
  const loaded = useLoaded(administration.directory);
  const { value, again } = loaded;
  useEffect(() => {
    const timer = value?.state === "listing" ? setInterval(again, LOOK_AGAIN_MS) : undefined;
    return () => clearInterval(timer);
  }, [value?.state]);
  return (
    <div class="card">
      <h3>Contacts known here</h3>
      <Once loaded={loaded}>{(directory) => <Standing directory={directory} now={now} />}</Once>
    </div>
  );
};

const Standing = ({ directory, now }: { directory: Directory; now: number }) => {
  const { state, known, looked_at, reason } = directory;
  if (state === "off") return <p class="muted">Off: callers are asked for one by one. <a href="#policies">A policy</a>, or whoever runs Offhook, switches it on.</p>;
  if (state === "not-connected") return <p class="muted">Begins when the account is connected.</p>;
  return (
    <>
      <p aria-live="polite"><b>{contactsKnown(directory)}</b></p>
      {state === "paused" && <Note tone="warning"><p>Paused: the account’s connection does not work. {reason?.remedy}</p></Note>}
      {known > 0 && looked_at && <p class="muted">What changed was last looked at {fromNow(looked_at, now).replace(/^now$/u, "just now")}.</p>}
    </>
  );
};

const WhatFor = () => (
  <div class="card">
    <h3>What it is for</h3>
    <ul class="bullets">
      <li>Everybody in the account is listed under <a href="#people">People</a>, and it can be checked who is Super Admin.</li>
      <li>The app is then installed in your account, so that agents connect without the right to install apps.</li>
      <li>Calls of an agent whose own connection is broken are logged all the same, and the entry says by whose; a <a href="#policies">policy</a> switches that off.</li>
      <li>All contacts with numbers are known here, so that callers have a name as the phone rings; a <a href="#policies">policy</a> switches that off.</li>
      <li>A permission set can be lent for some minutes and is put back by itself; a request for help can become a HubSpot task.</li>
    </ul>
    <p class="hint">It does not decide what agents see: that is a policy, too.</p>
  </div>
);
