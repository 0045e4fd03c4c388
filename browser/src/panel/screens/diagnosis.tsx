/** Everything between the agent and a logged call, for who is signed in. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Report } from "../../shared/values";
import { Button, Note, Page, Refusal } from "../../shared/parts/controls";
import { copyFrom } from "../../shared/parts/copy";
import { useAsking, useSurface, useView } from "../context";
import { lookAtMicrophone } from "../microphone";
import { asText, firstTrouble, WHO } from "../../shared/report";
import { microphone, version, withOwn } from "../own-checks";
import { AskAdministrator } from "../parts/ask-administrator";
import { Checks } from "../../shared/parts/checks";
import { Rights } from "../../shared/parts/rights";

export const DiagnosisScreen = () => {
  const { host, happen } = useSurface();
  const { panel } = useView();
  const { busy, refused, ask } = useAsking();
  const [report, setReport] = useState<Report | null>(null);
  const look = () => void ask(async () => {
    const [found, heard] = await Promise.all([host.ask("diagnose", null), lookAtMicrophone()]);
    setReport(withOwn(found, [microphone(heard), version(host.version, panel?.version ?? "")]));
  });
  useEffect(look, []);
  const back = () => happen({ is: "go", to: "hubspot" });
  const again = <Refusal reason={refused}><Button onClick={look}>Try again</Button></Refusal>;
  if (!report) return <Page title="What is missing" back={back}>{refused ? again : <p role="status">Looking…</p>}</Page>;
  return (
    <Page title={report.title} says={report.says} back={back}>
      <First report={report} />
      <Checks checks={report.checks} />
      {report.missing.length > 0 && <h3>Rights that may be missing</h3>}
      <Rights label="Rights that may be missing" rights={report.missing} />
      {report.missing.length > 0 && report.remember && <Note><p><strong>Remember:</strong> {report.remember}</p></Note>}
      {report.message.text && <AskAdministrator report={report} />}
      {refused && again}
      <div class="buttons">
        <Button kind="primary" busy={busy} onClick={look}>Look again</Button>
        <Copy text={asText(report)} />
      </div>
    </Page>
  );
};

/** What to do about the cause, and who can. */
const First = ({ report }: { report: Report }) => {
  const first = firstTrouble(report.checks);
  if (!first?.remedy) return null;
  return (
    <div class="card who-helps">
      <p>{first.remedy}</p>
      {first.who && <p class="muted">Can change it: <b>{WHO[first.who]}</b></p>}
      {report.sure === "likely" && <p class="sure likely">The cause is likely, not certain</p>}
    </div>
  );
};

const Copy = ({ text }: { text: string }) => {
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyFrom(field.current, text));
  return (
    <>
      <Button kind="plain" onClick={() => void copy()}>{copied ? "Copied" : "Copy as text"}</Button>
      <textarea ref={field} class="unseen" readOnly tabIndex={-1} aria-hidden="true" value={text} />
      <p class="unseen" role="status">{copied ? "The report is copied" : ""}</p>
    </>
  );
};
