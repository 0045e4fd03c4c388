/** What the agent ought to know although it does not stand in the way. */

import { useSurface, useView } from "../context";
import type { Screen } from "../state";
import { NeedsMicrophone } from "./phone";
import { ToDial } from "./to-dial";
import { Button, IconButton } from "../../shared/parts/controls";

export const Banners = ({ screen }: { screen: Screen["is"] }) => (
  <><ToDial /><Notice /><PhoneTrouble />{screen === "home" && <NeedsMicrophone />}{screen === "home" && <><GrantTrouble /><LentToMe /><Lent /></>}</>
);

const Notice = () => {
  const { host, state } = useSurface();
  const notice = state.view?.notice;
  if (!notice) return null;
  return (
    <div class="note bad with-button" role="alert">
      <p><strong>{notice.says}</strong> {notice.remedy}</p>
      <IconButton icon="close" label="Dismiss" onClick={() => void host.ask("dismiss-notice", null)} />
    </div>
  );
};

/** Why this browser’s phone cannot be called, or what became of a call. */
const PhoneTrouble = () => {
  const { host, state } = useSurface();
  const reason = state.view?.phone.reason;
  if (!reason || !state.view?.panel) return null;
  return (
    <div class="note bad with-button" role="alert">
      <p><strong>{reason.says}</strong> {reason.remedy}</p>
      <IconButton icon="close" label="Dismiss" onClick={() => void host.ask("dismiss-notice", null)} />
    </div>
  );
};

const GrantTrouble = () => {
  const { happen } = useSurface();
  const grant = useView().panel?.grant;
  if (!grant || grant.state === "active") return null;
  return (
    <div class="note warning with-button">
      <p><strong>{grant.state === "off" ? "HubSpot is switched off." : "HubSpot is no longer connected."}</strong> Calls are kept.</p>
      <Button kind="quiet" onClick={() => happen({ is: "go", to: "hubspot" })}>Show</Button>
    </div>
  );
};

/** What the agent herself was lent, or must log in again for. */
const LentToMe = () => {
  const mine = (useView().panel?.reminders ?? []).filter((reminder) => reminder.mine);
  return <>{mine.map((reminder) => <div key={reminder.id} class="note warning"><p>{reminder.says}</p></div>)}</>;
};

const Lent = () => {
  const { happen } = useSurface();
  const panel = useView().panel;
  const lent = (panel?.reminders ?? []).filter((reminder) => !reminder.mine);
  const [first] = lent;
  if (!first || !panel?.agent.administrator) return null;
  const others = lent.length - 1;
  return (
    <div class="note warning with-button">
      <p><strong>{first.agent}</strong> still holds rights that were only lent{others > 0 && ` (and ${others} more)`}.</p>
      <Button kind="quiet" onClick={() => happen({ is: "go", to: "administration" })}>Show</Button>
    </div>
  );
};
