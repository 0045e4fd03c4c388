/** The whole diagnosis of somebody: the same report as on her own panel. */

import { useState } from "preact/hooks";
import { Button, Note, Refusal } from "../../shared/parts/controls";
import { Checks } from "../../shared/parts/checks";
import type { Report } from "../../shared/values";
import { useAdministration, useAsking } from "../context";
import { Opened } from "./shown";

export const WholeDiagnosis = ({ userId, name }: { userId: string; name: string }) => {
  const administration = useAdministration();
  const { busy, refused, ask } = useAsking();
  const [report, setReport] = useState<Report | null>(null);
  const look = () => void ask(async () => setReport(await administration.diagnosis(userId)));
  return (
    <>
      {report && <Shown key={report.title} report={report} name={name} />}
      <Button busy={busy} onClick={look}>{report ? "Look again" : "Look at everything"}</Button>
      <Refusal reason={refused} />
    </>
  );
};

const Shown = ({ report, name }: { report: Report; name: string }) => (
  <div class="whole-diagnosis" role="group" aria-label={`Diagnosis of ${name}`}>
    <Opened>As {name}’s own panel says it</Opened>
    <Note>
      <p><strong>{report.title}.</strong> {report.says}</p>
      {report.who && <p><b>{report.who}</b> {report.remedy}</p>}
    </Note>
    <Checks checks={report.checks} agent={name} />
  </div>
);
