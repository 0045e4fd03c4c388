import { useEffect, useState } from "preact/hooks";
import { useAsking, useSurface, useView } from "../context";
import { Button, Plain } from "../../shared/parts/controls";

export const Offline = () => {
  const { host, happen } = useSurface();
  const { address, why_offline } = useView();
  const { busy, ask } = useAsking();
  const allowed = useAllowed(address);
  const tryAgain = () => void ask(() => host.ask("try-now", null));
  const allow = () => void ask(async () => allowed.set(await host.permit(address))).then(tryAgain);
  return (
    <Plain icon="warning" title="Offhook’s service cannot be reached">
      <p>{why_offline?.says ?? "There is no answer."}</p>
      <dl class="facts"><dt>Address</dt><dd><code>{address}</code></dd></dl>
      <p class="muted">{why_offline?.remedy ?? "Check that the service is running and that this address is right."} The panel goes on trying by itself.</p>
      <div class="buttons">
        {!allowed.is && <Button kind="primary" onClick={allow}>Allow this address</Button>}
        <Button kind={allowed.is ? "primary" : "plain"} busy={busy} onClick={tryAgain}>Try again</Button>
        {host.kind === "extension" && <Button onClick={() => happen({ is: "go", to: "advanced" })}>Change address</Button>}
      </div>
    </Plain>
  );
};

/** A browser that has not been told it may talk to an address says nothing more than "failed". */
const useAllowed = (address: string) => {
  const { host } = useSurface();
  const [is, set] = useState(true);
  useEffect(() => void host.permitted(address).then(set), [address]);
  return { is, set };
};
