/** The last screen: whatever failed above, there is something to read and to press. */

import { Component, type ComponentChildren } from "preact";
import { Button, Plain } from "../../shared/parts/controls";

interface Props {
  children: ComponentChildren;
  close?: (() => void) | undefined;
}

export class Boundary extends Component<Props, { broken: string | null }> {
  override state = { broken: null };

  static override getDerivedStateFromError(error: unknown): { broken: string } {
    return { broken: String(error).slice(0, 500) };
  }

  override componentDidCatch(error: unknown): void {
    console.error("Offhook’s panel broke", error);
  }

  override render() {
    const { broken } = this.state;
    return broken === null ? this.props.children : <Broken says={broken} close={this.props.close} />;
  }
}

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
