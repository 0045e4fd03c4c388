import type { LiveSocket, LiveTools } from "../../src/shared/live";

/** A WebSocket that does what the test says. */
export class FakeSocket implements LiveSocket {
  onopen: LiveSocket["onopen"] = null;
  onmessage: LiveSocket["onmessage"] = null;
  onclose: LiveSocket["onclose"] = null;
  sent: unknown[] = [];
  closed = false;

  constructor(readonly address: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  opens(): this {
    this.onopen?.();
    return this;
  }

  says(frame: unknown): this {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
    return this;
  }

  closes(code = 1006): void {
    this.onclose?.({ code });
  }
}

export class FakeSockets implements LiveTools {
  all: FakeSocket[] = [];
  open = (address: string): FakeSocket => {
    const socket = new FakeSocket(address);
    this.all.push(socket);
    return socket;
  };
  random = (): number => 1;

  get last(): FakeSocket {
    const socket = this.all.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }
}
