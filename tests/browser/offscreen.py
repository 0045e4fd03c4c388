"""A look into the extension's offscreen document, where the phone lives: no page, so it is reached through DevTools."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from tests.scenarios.stage import eventually
from websockets.sync.client import ClientConnection, connect

# Before the first call: every connection for sound is remembered.
REMEMBER = """
globalThis.connections ??= (() => {
  const made = [], Real = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real { constructor(...how) { super(...how); made.push(this); } };
  return made;
})(), true
"""
SOUND = """
(async () => {
  const sum = { received: 0, sent: 0, level: 0 };
  for (const each of connections.filter((one) => one.connectionState !== "closed"))
    for (const entry of (await each.getStats()).values()) {
      if (entry.type === "inbound-rtp") { sum.received += entry.packetsReceived; sum.level = Math.max(sum.level, entry.audioLevel ?? 0); }
      if (entry.type === "outbound-rtp") sum.sent += entry.packetsSent;
    }
  return JSON.stringify(sum);
})()
"""


@dataclass(frozen=True)
class Sound:
    """Of all connections that are open: packets since their beginning, and how loud the other side is just now (0 to 1)."""

    received: int
    sent: int
    level: float


class Offscreen:
    """The document itself; gone when the phone is gone."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._ids = socket, itertools.count(1)

    @classmethod
    def of(cls, profile: Path) -> Self:
        """Of the browser that keeps this profile and was started with `--remote-debugging-port=0`."""
        port = (profile / "DevToolsActivePort").read_text().splitlines()[0]
        address = eventually(lambda: _address(port), bool, "the phone's own document")
        return cls(connect(str(address), max_size=None))

    def evaluate(self, script: str) -> Any:
        number = next(self._ids)
        ask = {"expression": script, "awaitPromise": True, "returnByValue": True}
        self._socket.send(json.dumps({"id": number, "method": "Runtime.evaluate", "params": ask}))
        while (answer := json.loads(self._socket.recv(timeout=20))).get("id") != number:
            continue
        result = answer["result"]
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def remember(self) -> None:
        self.evaluate(REMEMBER)

    def sound(self) -> Sound:
        return Sound(**json.loads(self.evaluate(SOUND)))

    def goes_on(self, seconds: float = 15.0) -> Sound:
        """Sound that comes and goes from now on: a second's worth both ways; fails when it does not."""
        before = self.sound()
        return eventually(
            self.sound,
            lambda now: now.received > before.received + 40 and now.sent > before.sent + 40 and now.level > 0,
            "sound both ways",
            seconds,
        )

    def close(self) -> None:
        self._socket.close()


def _address(port: str) -> str | None:
    targets = httpx.get(f"http://127.0.0.1:{port}/json/list", timeout=10).json()
    found = [each["webSocketDebuggerUrl"] for each in targets if each["url"].endswith("/offscreen.html")]
    return str(found[0]) if found else None


