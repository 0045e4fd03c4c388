/** Whatever failed inside, there is something to read and to press. */

import { Component, type ComponentChildren } from "preact";

interface Props {
  children: ComponentChildren;
  /** What is shown instead; `says` is for whoever looks into it. */
  broken: (says: string) => ComponentChildren;
}

export class Boundary extends Component<Props, { broken: string | null }> {
  override state = { broken: null };

  static override getDerivedStateFromError(error: unknown): { broken: string } {
    return { broken: String(error).slice(0, 500) };
  }

  override componentDidCatch(error: unknown): void {
    console.error("Offhook broke", error);
  }

  override render() {
    const { broken } = this.state;
    return broken === null ? this.props.children : this.props.broken(broken);
  }
}
