import { useAsking, useSurface, useView } from "../context";
import { Button, Link, Note, Page, Refusal } from "../../shared/parts/controls";

export const Waiting = () => {
  const { host } = useSurface();
  const { attempt, signed_in } = useView();
  const { busy, refused, ask } = useAsking();
  if (!attempt) return null;
  return (
    <section class="plain-page">
      <div class="spinner" aria-hidden="true" />
      <div role="status" aria-label="Waiting for HubSpot"><h2 tabIndex={-1}>Waiting for HubSpot…</h2></div>
      <p>Choose your account in the other tab and press <b>Grant access</b>. This panel goes on by itself.</p>
      <Link to={attempt.consent_url} icon>Open HubSpot’s page again</Link>
      <div class="buttons column">
        <Button kind="plain" wide busy={busy} onClick={() => void ask(() => host.ask("stuck", {}))}>HubSpot stopped me</Button>
        <Button kind="quiet" wide onClick={() => void ask(() => host.ask("connect", { ask: attempt.ask }))}>Start again</Button>
        {signed_in && <Button kind="quiet" wide onClick={() => void ask(() => host.ask("give-up", null))}>Leave it as it is</Button>}
      </div>
      <Refusal reason={refused} />
    </section>
  );
};

export const Failed = () => {
  const { host } = useSurface();
  const { attempt } = useView();
  const { busy, refused, ask } = useAsking();
  if (!attempt) return null;
  return (
    <Page title="HubSpot is not connected">
      <Note tone="warning" alert>
        <p><strong>{attempt.problem?.says ?? "HubSpot did not let Offhook connect."}</strong></p>
        {attempt.problem && <p>{attempt.problem.remedy ?? (attempt.problem.retryable ? "Try again in a minute." : "")}</p>}
      </Note>
      <div class="buttons column">
        <Button kind="primary" wide busy={busy} onClick={() => void ask(() => host.ask("connect", { ask: attempt.ask }))}>Try again</Button>
        <Button kind="quiet" wide onClick={() => void ask(() => host.ask("give-up", null))}>Not now</Button>
      </div>
      <Refusal reason={refused} />
    </Page>
  );
};
