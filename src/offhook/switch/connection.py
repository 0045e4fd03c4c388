"""One phone's WebSocket (RFC 7118): a frame is a message. What comes in is bounded in size, in number and in nonsense."""

import asyncio
from collections.abc import Callable

import structlog

from offhook.sip.message import Malformed, Message, Request, answer, read, write
from offhook.sip.transaction import Asked, Link, new_tag

log = structlog.get_logger()

# A phone says a few things a minute; one with many candidates and keys some tens a second for a moment.
A_SECOND, AT_ONCE = 50.0, 300.0
MOST_NONSENSE = 100
# RFC 5626 3.5.1: what keeps the way open, and the answer to it.
_PING, _PONG = "\r\n\r\n", "\r\n"

TOO_MUCH, NONSENSE = 1008, 1002

Close = Callable[[int, str], None]


class Connection:
    """Whoever carries the frames calls `receive` and, once, `closed`; `send` and `close` return at once."""

    def __init__(
        self,
        send: Callable[[str], None],
        close: Close,
        asked: Callable[[Asked], None],
        acknowledged: Callable[[Request], None],
        gone: Callable[["Connection"], None],
    ) -> None:
        self._send, self._close, self._asked, self._gone = send, close, asked, gone
        self.link = Link(self._out, self._ask, acknowledged)
        self._budget, self._at = AT_ONCE, self._now()
        self._nonsense = 0

    def receive(self, frame: str | bytes) -> None:
        """A frame came. Never raises."""
        if not self.link.is_open or not self._has_budget():
            return
        if len(frame) <= len(_PING) and not frame.strip():
            if len(frame) == len(_PING):
                self._send(_PONG)
            return
        try:
            self.link.receive(read(frame))
        except Malformed as nonsense:
            self._answer(nonsense)

    def closed(self) -> None:
        """The WebSocket is gone."""
        if self.link.is_open:
            self.link.close()
            self._gone(self)

    def hang_up(self, code: int, says: str) -> None:
        self._close(code, says)
        self.closed()

    def _ask(self, asked: Asked) -> None:
        try:
            self._asked(asked)
        except Exception as error:
            # Only its kind: its words may hold a number.
            log.error("A phone's request failed", action="sip.failed", error=type(error).__name__)
            asked.answer(500)

    def _out(self, message: Message) -> None:
        if self.link.is_open:
            self._send(write(message))

    def _answer(self, nonsense: Malformed) -> None:
        self._nonsense += 1
        request = nonsense.request
        if self._nonsense > MOST_NONSENSE:
            self.hang_up(NONSENSE, "This is no SIP.")
        elif request and request.method != "ACK":
            self._out(answer(request, nonsense.status, tag=new_tag()))

    def _has_budget(self) -> bool:
        now = self._now()
        self._budget = min(AT_ONCE, self._budget + (now - self._at) * A_SECOND) - 1
        self._at = now
        if self._budget >= 0:
            return True
        self.hang_up(TOO_MUCH, "These are too many messages.")
        return False

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
