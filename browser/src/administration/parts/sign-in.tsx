/** Signing in by HubSpot's consent, and how an attempt stands. */

import { Button, Link, Note, Plain, Refusal } from "../../shared/parts/controls";
import type { SignInAsk } from "../../shared/values";
import { useAsking, useSurface } from "../context";

export const SignIn = () => {
  const { host, state } = useSurface();
  const { busy, refused, ask } = useAsking();
  return (
    <main class="whole">
      <Plain icon="offhook" title="Administration">
        <p>
          Who is connected to HubSpot, who is not and why, and what Offhook may do in your account. HubSpot tells Offhook who
          you are; administrators are its Super Admins, and those whom whoever runs Offhook has named.
        </p>
        {state.signed_out_because && <Note tone="warning"><p>{state.signed_out_because.says}</p></Note>}
        {!state.attempt && <Button kind="primary" busy={busy} onClick={() => void ask(() => host.connect("everything"))}>Sign in with HubSpot</Button>}
        <Refusal reason={refused} />
        <Attempt />
      </Plain>
    </main>
  );
};

/** A consent that is under way or came to nothing; nothing when there is none. */
export const Attempt = () => {
  const { host, state: { attempt } } = useSurface();
  const { busy, refused, ask } = useAsking();
  if (!attempt) return null;
  const again = (what: SignInAsk) => <Button kind="primary" busy={busy} onClick={() => void ask(() => host.connect(what))}>Try again</Button>;
  const leave = (words: string) => <Button kind="quiet" onClick={() => void host.desk.giveUp()}>{words}</Button>;
  if (attempt.state === "waiting") {
    return (
      <div class="note" role="status">
        <p><strong>HubSpot asks you in another tab.</strong> Choose your account there and grant access; this page goes on by itself.</p>
        <div class="buttons">
          <Link to={attempt.consent_url} icon>Open HubSpot’s page again</Link>
          <Button kind="quiet" busy={busy} onClick={() => void ask(() => host.desk.stuck({}))}>HubSpot stopped me</Button>
          {leave("Cancel")}
        </div>
        <Refusal reason={refused} />
      </div>
    );
  }
  const { diagnosis, problem } = attempt;
  const blocking = diagnosis?.missing.filter(({ blocks }) => blocks) ?? [];
  return (
    <Note tone="bad" alert>
      <p><strong>{problem?.says ?? diagnosis?.title ?? "HubSpot did not say yes."}</strong></p>
      {problem?.remedy && <p>{problem.remedy}</p>}
      {diagnosis && <p>{diagnosis.says}</p>}
      {blocking.length > 0 && (
        <>
          <p>{diagnosis?.sure === "certain" ? "Missing:" : "May be missing:"}</p>
          <ul class="bullets">{blocking.map(({ right, value }) => <li key={right}>{right}{value && `: ${value}`}</li>)}</ul>
        </>
      )}
      {diagnosis && <p><a class="link" href="/panel/">Say what HubSpot’s page says, in the panel</a></p>}
      <div class="buttons">
        {again(attempt.ask)}
        <Link to={attempt.consent_url} icon>Open HubSpot’s page again</Link>
        {leave("Leave it")}
      </div>
      <Refusal reason={refused} />
    </Note>
  );
};
