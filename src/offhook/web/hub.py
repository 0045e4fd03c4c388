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

# In place of a frame: the panel's sign-in is over. None: the service goes away, or the panel is too slow.
SIGNED_OUT = b""

Queue = asyncio.Queue[bytes | None]

_encode = msgspec.json.Encoder().encode


class Listener(Struct):
    """One open panel. `missed` is None when its cursor is of another run or too old."""

    queue: Queue
    missed: tuple[bytes, ...] | None


class Hub:
    """All agents' streams on this node."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._count: defaultdict[str, int] = defaultdict(int)
        self._kept: defaultdict[str, deque[tuple[int, bytes]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._queues: defaultdict[str, dict[Queue, str]] = defaultdict(dict)

    def tell(self, agent_id: str, frame: Frame) -> None:
        """Send a frame to every panel of an agent. Never waits."""
        self._count[agent_id] += 1
        number = self._count[agent_id]
        text = self.framed(agent_id, frame)
        self._kept[agent_id].append((number, text))
        for queue in tuple(self._queues[agent_id]):
            self._put(agent_id, queue, text)

    def sign_out(self, agent_id: str, frame: Frame, sign_in: str | None = None) -> None:
        """Send a last frame to the agent's panels, or to those of one sign-in only, and end their streams.

        It is not kept: a panel that comes back has signed in anew, and is not to be signed out by an old frame.
        """
        for queue, its in tuple(self._queues[agent_id].items()):
            if sign_in in (None, its):
                self._put(agent_id, queue, self.framed(agent_id, frame))
                self._put(agent_id, queue, SIGNED_OUT)
                self._queues[agent_id].pop(queue, None)

    def framed(self, agent_id: str, frame: Frame) -> bytes:
        """A frame as it goes over the wire, with the agent's cursor as it is now."""
        return b'{"cursor":"%s.%d",%s' % (self._run.encode(), self._count[agent_id], _encode(frame)[1:])

    @contextmanager
    def listen(self, agent_id: str, after: str | None, sign_in: str = "") -> Iterator[Listener]:
        """Hear an agent's frames from now on; what came after a cursor is in `missed`. `sign_in`: any name of hers."""
        queue: Queue = asyncio.Queue(QUEUE)
        self._queues[agent_id][queue] = sign_in
        try:
            yield Listener(queue, self._after(agent_id, after))
        finally:
            self._queues[agent_id].pop(queue, None)

    def listening(self) -> int:
        """How many panels are open, for the metrics."""
        return sum(len(queues) for queues in self._queues.values())

    def close(self) -> None:
        """End every stream; panels come back when the service does."""
        for agent_id, queues in self._queues.items():
            for queue in tuple(queues):
                self._cut(agent_id, queue)

    def _put(self, agent_id: str, queue: Queue, text: bytes) -> None:
        try:
            queue.put_nowait(text)
        except asyncio.QueueFull:
            self._cut(agent_id, queue)

    def _cut(self, agent_id: str, queue: Queue) -> None:
        self._queues[agent_id].pop(queue, None)
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
