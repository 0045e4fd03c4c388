"""A look into the extension's offscreen document, where the phone lives: no page, so it is reached through DevTools."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
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
      if (entry.type === "inbound-rtp") {
        sum.received += entry.packetsReceived;
        sum.level = Math.max(sum.level, entry.audioLevel ?? 0);
      }
      if (entry.type === "outbound-rtp") sum.sent += entry.packetsSent;
    }
  return JSON.stringify(sum);
})()
"""


# Of what kind this side's end of the way is that sound takes.
WAY = """
(async () => {
  for (const each of connections.filter((one) => one.connectionState === "connected")) {
    const all = await each.getStats(), entries = [...all.values()];
    const chosen = all.get(entries.find((one) => one.type === "transport")?.selectedCandidatePairId);
    return all.get(chosen?.localCandidateId)?.candidateType ?? "none";
  }
  return "none";
})()
"""


@dataclass(frozen=True)
class Sound:
    """Of all connections that are open: packets since they began, and how loud the other side is just now (0 to 1)."""

    received: int
    sent: int
    level: float


class Offscreen:
    """The document itself; gone when the phone is gone."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._ids = socket, itertools.count(1)

    @classmethod
    @contextmanager
    def of(cls, profile: Path) -> Iterator[Self]:
        """Of the browser that keeps this profile and was started with `--remote-debugging-port=0`.

        Connections that are made from then on are remembered.
        """
        address = eventually(lambda: _addresses(profile), bool, "the phone's own document")[0]
        with connect(address, max_size=None) as socket:
            inside = cls(socket)
            inside.evaluate(REMEMBER)
            yield inside

    def evaluate(self, script: str) -> Any:
        result = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def heap(self) -> float:
        """Bytes that are still held after a garbage collection."""
        self._ask("HeapProfiler.collectGarbage")
        held = self._ask("Runtime.getHeapUsage")
        return float(held["usedSize"] + held.get("embedderHeapUsedSize", 0))

    def _ask(self, method: str, **more: Any) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": more}))
        while (answer := json.loads(self._socket.recv(timeout=20))).get("id") != number:
            continue
        return answer["result"]

    def sound(self) -> Sound:
        return Sound(**json.loads(self.evaluate(SOUND)))

    def way(self) -> str:
        """`host`, `srflx`, `prflx` or `relay` (W3C's webrtc-stats); `none` while there is none."""
        return str(self.evaluate(WAY))

    def goes_on(self, seconds: float = 15.0) -> Sound:
        """Sound that comes and goes from now on: a second's worth both ways; fails when it does not."""
        before = self.sound()
        return eventually(
            self.sound,
            lambda now: now.received > before.received + 40 and now.sent > before.sent + 40 and now.level > 0,
            "sound both ways",
            seconds,
        )


def put_to_sleep(profile: Path) -> None:
    """Ends the extension's worker, as the browser does when nothing has happened for a while."""
    for worker in (each for each in _targets(profile) if each["type"] == "service_worker"):
        httpx.get(f"{_devtools(profile)}/json/close/{worker['id']}", timeout=10).raise_for_status()


def _addresses(profile: Path) -> list[str]:
    return [str(each["webSocketDebuggerUrl"]) for each in _targets(profile) if each["url"].endswith("/offscreen.html")]


def _targets(profile: Path) -> list[dict[str, Any]]:
    return list(httpx.get(f"{_devtools(profile)}/json/list", timeout=10).json())


def _devtools(profile: Path) -> str:
    return f"http://127.0.0.1:{(profile / 'DevToolsActivePort').read_text().splitlines()[0]}"
