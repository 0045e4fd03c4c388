import type { SignInAsk } from "../../shared/values";
import { useAsking, useSurface, useView } from "../context";
import { Button, Note, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";

const RIGHTS: { title: string; why: string; always: boolean }[] = [
  { title: "Read contacts", why: "to show who is calling, and to search", always: true },
  { title: "Write contacts", why: "to put calls on the timeline and create contacts", always: false },
  { title: "Read companies and owners", why: "to show the company, and to log calls as yours", always: false },
];

export const Connect = () => {
  const { host, happen } = useSurface();
  const { signed_out_because } = useView();
  const { busy, refused, ask } = useAsking();
  const connect = (what: SignInAsk) => void ask(() => host.ask("connect", { ask: what }));
  return (
    <section class="page connect">
      <div class="medal"><Icon is="offhook" size={34} /></div>
      <h2 tabIndex={-1}>Your phone, in HubSpot</h2>
      <p class="lead">
        HubSpot opens in a new tab and asks which account you mean and whether Offhook may act for you. Then you are back here.
      </p>
      {signed_out_because && (
        <Note tone="warning" alert><p><strong>{signed_out_because.says}</strong></p>{signed_out_because.remedy && <p>{signed_out_because.remedy}</p>}</Note>
      )}
      <Button kind="primary" wide busy={busy} onClick={() => connect("everything")}>Connect HubSpot</Button>
      <Refusal reason={refused} />
      <div class="card asks">
        <h3>What Offhook asks for</h3>
        <ul>
          {RIGHTS.map(({ title, why, always }) => (
            <li key={title}>
              <Icon is={always ? "check" : "plus"} size={17} />
              <span><b>{title}</b> <span class="tag">{always ? "needed" : "optional"}</span><br /><span class="muted">{why}</span></span>
            </li>
          ))}
        </ul>
        <Button kind="quiet" onClick={() => connect("search-only")}>Ask for searching only</Button>
      </div>
      <Button kind="quiet" wide onClick={() => happen({ is: "go", to: "help" })}>When HubSpot says no</Button>
    </section>
  );
};
