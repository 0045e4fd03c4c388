"""Frames on their way to panels: each agent's in order, the last ones kept for panels that come back.

A cursor names one frame of one run of the service. After a restart, or when too much was missed, `listen` says so and the
panel gets the whole truth instead.
"""

import asyncio
import secrets
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

from offhook.desktop.panel import Frame

KEPT = 200
# A panel that does not read for so many frames is cut off; it comes back with its cursor.
QUEUE = 500

_encode = msgspec.json.Encoder().encode


class Listener(Struct):
    """One open panel. `missed` is None when its cursor is of another run or too old."""

    queue: "asyncio.Queue[bytes | None]"
    missed: tuple[bytes, ...] | None


class Hub:
    """All agents' streams on this node."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._count: defaultdict[str, int] = defaultdict(int)
        self._kept: defaultdict[str, deque[tuple[int, bytes]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._queues: defaultdict[str, set[asyncio.Queue[bytes | None]]] = defaultdict(set)

    def tell(self, agent_id: str, frame: Frame) -> None:
        """Send a frame to every panel of an agent. Never waits."""
        self._count[agent_id] += 1
        number = self._count[agent_id]
        text = self.framed(agent_id, frame)
        self._kept[agent_id].append((number, text))
        for queue in tuple(self._queues[agent_id]):
            self._put(agent_id, queue, text)

    def framed(self, agent_id: str, frame: Frame) -> bytes:
        """A frame as it goes over the wire, with the agent's cursor as it is now."""
        return b'{"cursor":"%s.%d",%s' % (self._run.encode(), self._count[agent_id], _encode(frame)[1:])

    @contextmanager
    def listen(self, agent_id: str, after: str | None) -> Iterator[Listener]:
        """Hear an agent's frames from now on; what came after a cursor is in `missed`."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)
        self._queues[agent_id].add(queue)
        try:
            yield Listener(queue, self._after(agent_id, after))
        finally:
            self._queues[agent_id].discard(queue)

    def listening(self) -> int:
        """How many panels are open, for the metrics."""
        return sum(len(queues) for queues in self._queues.values())

    def close(self) -> None:
        """End every stream; panels come back when the service does."""
        for agent_id, queues in self._queues.items():
            for queue in tuple(queues):
                self._cut(agent_id, queue)

    def _put(self, agent_id: str, queue: "asyncio.Queue[bytes | None]", text: bytes) -> None:
        try:
            queue.put_nowait(text)
        except asyncio.QueueFull:
            self._cut(agent_id, queue)

    def _cut(self, agent_id: str, queue: "asyncio.Queue[bytes | None]") -> None:
        self._queues[agent_id].discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    def _after(self, agent_id: str, cursor: str | None) -> tuple[bytes, ...] | None:
        run, _, number = (cursor or "").partition(".")
        if run != self._run or not number.isdecimal():
            return None
        seen, kept = int(number), self._kept[agent_id]
        if seen > self._count[agent_id] or (kept and seen < kept[0][0] - 1):
            return None
        return tuple(text for each, text in kept if each > seen)
