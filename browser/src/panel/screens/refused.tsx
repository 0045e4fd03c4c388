/** HubSpot refused, and why: the one screen that the old product did not have. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Report, SignInAsk, Stopped, Wording } from "../../shared/values";
import { useAsking, useSurface, useView } from "../context";
import { Button, Link, Note, Page, Refusal } from "../../shared/parts/controls";
import { AskAdministrator } from "../parts/ask-administrator";
import { Checks } from "../../shared/parts/checks";
import { Rights } from "../../shared/parts/rights";
import { SureOf } from "../parts/sure";
import { Wordings } from "../parts/wordings";

export const Refused = () => {
  const { host } = useSurface();
  const { attempt, signed_in } = useView();
  const { busy, refused, ask } = useAsking();
  const connect = (what: SignInAsk) => void ask(() => host.ask("connect", { ask: what }));
  if (!attempt?.diagnosis) return <Undiagnosed />;
  const { diagnosis } = attempt;
  return (
    <Diagnosis report={diagnosis} first={diagnosis.sure === "certain" ? null : <WhatItSaid />}>
      <div class="buttons column">
        <Button kind="primary" wide busy={busy} onClick={() => connect(attempt.ask)}>Try again</Button>
        {diagnosis.less && <Button wide busy={busy} onClick={() => connect(diagnosis.less?.ask ?? "search-only")}>Go on with search only</Button>}
        {signed_in && <Button kind="quiet" wide onClick={() => void ask(() => host.ask("give-up", null))}>Leave it as it is</Button>}
      </div>
      {diagnosis.less && <p class="hint">{diagnosis.less.says}</p>}
      <Refusal reason={refused} />
      {diagnosis.sure === "certain" && <WhatItSaid />}
      <Link to={attempt.consent_url} icon>Open HubSpot’s page again</Link>
    </Diagnosis>
  );
};

const Undiagnosed = () => {
  const { host } = useSurface();
  const { attempt } = useView();
  const { ask } = useAsking();
  return (
    <Page title="HubSpot stopped you" says="Choose what HubSpot’s page says, or paste its text, and Offhook explains it.">
      <WhatItSaid open />
      <Button kind="primary" wide onClick={() => void ask(() => host.ask("connect", { ask: attempt?.ask ?? "everything" }))}>Try again</Button>
    </Page>
  );
};

/** What became of her request comes by itself, at the top: she may have scrolled down to it, or not see it at all. */
const useShownAnew = ({ title, says, remember }: Report) => {
  const top = useRef<HTMLElement>(null);
  const before = useRef(title);
  const [news, setNews] = useState("");
  useEffect(() => {
    if (before.current === title) return;
    before.current = title;
    top.current?.scrollIntoView({ block: "start" });
    setNews([`${title}.`, says, remember].filter(Boolean).join(" "));
  }, [title]);
  return { top, news };
};

interface DiagnosisGiven {
  report: Report;
  back?: () => void;
  /** What would make it surer, before all that is only likely. */
  first?: ComponentChildren;
  children: ComponentChildren;
}

const Diagnosis = ({ report, back, first, children }: DiagnosisGiven) => {
  const blocked = report.missing.some(({ blocks }) => blocks);
  const { top, news } = useShownAnew(report);
  return (
    <Page top={top} title={report.title} says={report.says} {...(back ? { back } : {})}>
      <p class="unseen" role="status">{news}</p>
      {report.who && (
        <div class="card who-helps">
          <p><b>{report.who}</b> {report.remedy}</p>
          <SureOf cause={report.cause} sure={report.sure} />
        </div>
      )}
      {first}
      <Rights label="Missing rights" rights={report.missing.filter(({ blocks }) => blocks === blocked)} />
      {blocked && <Rights label="Not needed to connect; each unlocks one thing more" shown rights={report.missing.filter(({ blocks }) => !blocks)} />}
      {report.remember && <Note><p><strong>Remember:</strong> {report.remember}</p></Note>}
      {report.checks.length > 0 && <Checks checks={report.checks} />}
      {report.message.text && <AskAdministrator report={report} />}
      {children}
    </Page>
  );
};

/** Chosen from HubSpot's headings, or pasted: either way the service explains it. */
const WhatItSaid = ({ open = false }: { open?: boolean }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [opened, setOpened] = useState(open);
  const tell = (stopped: Stopped) => void ask(() => host.ask("stuck", stopped));
  const choice = (wording: Wording, words: ComponentChildren) => (
    <button type="button" class="choice" disabled={busy} onClick={() => tell({ saw: wording.key })}>{words}</button>
  );
  return (
    <details class="said" open={open} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>What does HubSpot’s page say?</summary>
      {opened && <Wordings shown={choice} />}
      <Pasted busy={busy} explain={(text) => tell({ page_text: text })} />
      <Refusal reason={refused} />
    </details>
  );
};

const Pasted = ({ busy, explain }: { busy: boolean; explain: (text: string) => void }) => {
  const id = useId();
  const [text, setText] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    explain(text);
  };
  return (
    <form onSubmit={submit}>
      <div class="field">
        <label for={id}>Or paste its text</label>
        <textarea id={id} rows={4} maxLength={20_000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      <Button type="submit" busy={busy} disabled={!text.trim()}>Explain</Button>
    </form>
  );
};
