/** The last screen: whatever failed above, there is something to read and to press. */

import type { ComponentChildren } from "preact";
import { Boundary as Around } from "../../shared/parts/boundary";
import { Button, Plain } from "../../shared/parts/controls";

export const Boundary = ({ children, close }: { children: ComponentChildren; close?: (() => void) | undefined }) => (
  <Around broken={(says) => <Broken says={says} close={close} />}>{children}</Around>
);

const Broken = ({ says, close }: { says: string; close?: (() => void) | undefined }) => (
  <main class="panel alone">
    <Plain icon="warning" title="The panel broke">
      <p>Your calls and notes are safe: they are kept outside the panel.</p>
      <div class="buttons">
        <Button kind="primary" onClick={() => location.reload()}>Load again</Button>
        {close && <Button onClick={close}>Close panel</Button>}
      </div>
      <details><summary>For your administrator</summary><code>{says}</code></details>
    </Plain>
  </main>
);
