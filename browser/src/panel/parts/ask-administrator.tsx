/** The message for the administrator: sent with one press, by e-mail, or by hand. And one's own rights, looked up. */

import { useId, useRef, useState } from "preact/hooks";
import { when } from "../../shared/duration";
import { Button, Field, Link, Note, Refusal } from "../../shared/parts/controls";
import { copyFrom } from "../../shared/parts/copy";
import type { Helped, Report } from "../../shared/values";
import { useAsking, useSurface, useView } from "../context";

/** What an administrator of the HubSpot account cannot change, whoever runs Offhook must. */
const NOT_HERS = new Set<Report["cause"]>(["app", "service"]);

export const AskAdministrator = ({ report }: { report: Report }) => {
  const { attempt, signed_in } = useView();
  const [now, setNow] = useState<(Helped & { at: number }) | null>(null);
  const helped = attempt?.helped ?? now;
  const message = helped?.message ?? { ...report.message, mailto: draft(report.message) };
  return (
    <div class="card message">
      <Message message={message} users_url={report.users_url} />
      {!NOT_HERS.has(report.cause) && <Ask helped={helped} heard={setNow} nameless={!signed_in} />}
    </div>
  );
};

const Message = ({ message, users_url }: { message: Helped["message"]; users_url: string }) => {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyFrom(field.current, message.text));
  return (
    <>
      <div class="field">
        <label for={id}>Message for your administrator</label>
        <textarea id={id} ref={field} readOnly rows={6} value={message.text} />
      </div>
      <div class="buttons">
        <Button kind="plain" onClick={() => void copy()}>{copied ? "Copied" : "Copy message"}</Button>
        <Link to={message.mailto}>E-mail it</Link>
        <Link to={users_url} icon>Open Users &amp; Teams</Link>
      </div>
      <p class="unseen" role="status">{copied ? "The message is copied" : ""}</p>
    </>
  );
};

interface AskGiven {
  helped: (Helped & { at: number }) | null;
  heard(helped: Helped & { at: number }): void;
  /** Nobody knows who she is: then she may say it. */
  nameless: boolean;
}

const Ask = ({ helped, heard, nameless }: AskGiven) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [email, setEmail] = useState("");
  const press = () => void ask(() => host.ask("ask-administrator", { email: email.trim() || null }))
    .then((answer) => answer && heard({ ...answer, at: Date.now() }));
  return (
    <>
      {nameless && (
        <Field
          label="Your e-mail address in HubSpot" type="email" autocomplete="email" maxLength={254} value={email}
          hint="So that your administrator sees who asks, and to check your rights. You may leave it empty." onInput={(event) => setEmail(event.currentTarget.value)}
        />
      )}
      {helped && <WhatBecame helped={helped} />}
      <Button kind={helped ? "quiet" : "primary"} wide busy={busy} onClick={press}>{helped ? "Ask again" : "Ask the administrator"}</Button>
      <Refusal reason={refused} />
      {nameless && <OwnRights email={email.trim()} />}
    </>
  );
};

const WhatBecame = ({ helped }: { helped: Helped & { at: number } }) => (
  <div role="status">
    <Note tone={helped.asked ? "good" : "warning"}>
      <p>{helped.asked && <strong>Asked at {when(new Date(helped.at).toISOString(), Date.now())}. </strong>}{helped.told.join(" ")}</p>
    </Note>
  </div>
);

const OwnRights = ({ email }: { email: string }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [answer, setAnswer] = useState<Report | null>(null);
  const look = () => void ask(() => host.ask("check-my-rights", { email })).then((found) => setAnswer(found ?? null));
  return (
    <>
      <Button kind="quiet" wide busy={busy} disabled={!email.includes("@")} onClick={look}>Check my own rights</Button>
      {answer && <div role="status"><Note><p><strong>{answer.title}.</strong> {answer.says}</p></Note></div>}
      <Refusal reason={refused} />
    </>
  );
};

const MOST = 1_800;

/** As the service makes it: whole characters of the address, and no more than every mail program takes. */
const draft = ({ subject, text }: { subject: string; text: string }): string => {
  let body = "";
  for (const char of text) {
    const next = body + encodeURIComponent(char);
    if (next.length > MOST) break;
    body = next;
  }
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${body}`;
};
