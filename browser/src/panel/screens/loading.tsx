import { useEffect, useState } from "preact/hooks";
import { Button, Plain } from "../../shared/parts/controls";

const LONG_MS = 8_000;

export const Loading = () => {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const waiting = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(waiting);
  }, []);
  return (
    <Plain icon="offhook" title="Loading Offhook…" live>
      {long && (
        <>
          <p class="muted">This takes longer than it should.</p>
          <Button onClick={() => location.reload()}>Load again</Button>
        </>
      )}
    </Plain>
  );
};
