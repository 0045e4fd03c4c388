"""A request and its answers (RFC 3261 17), over a connection that loses nothing: no timer sends anything again.

    we ask      asked ──▶ rings (1xx) ──▶ answered        nobody answers: 408 after `patience`, made here
    they ask    heard ──▶ rings (1xx) ──▶ answered ──▶ acknowledged, or given up after `patience` (timer H)

What the timers of RFC 3261 are here: B and F are `patience`; A, E and G do not run over a reliable transport, and D, I, J
and K are nought there.
"""

import asyncio
import secrets
from collections.abc import Callable

from offhook.sip.address import read_via
from offhook.sip.message import BRANCH, Message, Request, Response, answer

PATIENCE = 32.0
# Of one connection, in each direction. A phone has a handful.
MOST = 100

Key = tuple[str, ...]


def new_tag() -> str:
    return secrets.token_hex(8)


def new_branch() -> str:
    return f"{BRANCH}{secrets.token_hex(10)}"


class Asked:
    """A request that came in and waits for its answer."""

    def __init__(self, link: "Link", request: Request, key: Key) -> None:
        self.link, self.request, self.key = link, request, key
        self.tag = request.tag("to") or new_tag()
        self.last: Response | None = None
        self.canceled: Callable[[], None] = lambda: None

    @property
    def is_answered(self) -> bool:
        return self.last is not None and self.last.status >= 200

    def answer(self, status: int, *more: tuple[str, str], body: str = "") -> None:
        """Send an answer; whatever comes after a final one is left out."""
        if self.is_answered:
            return
        tag = "" if status == 100 else self.tag
        self.last = answer(self.request, status, *more, tag=tag, body=body)
        self.link.send(self.last)
        if status >= 200:
            self.link.answered(self, stays=self.request.method == "INVITE" and status >= 300)


class Asking:
    """A request of ours under way."""

    def __init__(self, link: "Link", request: Request, heard: Callable[[Response], None]) -> None:
        self.link, self.request, self.heard = link, request, heard
        self.rings = self.is_over = self.is_canceled = self._give_up = False

    def hear(self, response: Response) -> None:
        self.rings = True
        if response.status >= 200:
            self.is_over = True
            if self.request.method == "INVITE" and response.status >= 300:
                self.link.send(_acknowledgement(self.request, response))
        if self._give_up and response.status < 200:
            self.cancel()
        self.heard(response)

    def cancel(self, *more: tuple[str, str]) -> None:
        """Give up an INVITE. A CANCEL must not come before anything was heard (RFC 3261 9.1); then it waits for that."""
        if self.is_over or self.is_canceled:
            return
        if not self.rings:
            self._give_up = True
            return
        self._give_up, self.is_canceled = False, True
        kept = [pair for pair in self.request.headers if pair[0] in ("via", "from", "to", "call-id", "max-forwards")]
        sequence = ("cseq", f"{self.request.sequence[0]} CANCEL")
        cancel = Request((*kept, sequence, *more), "", "CANCEL", self.request.uri)
        self.link.ask(cancel, lambda response: None)
        self.link.limit(self)


class Link:
    """One connection with a phone: what it asks, what it is asked, and which answer belongs to which."""

    def __init__(
        self,
        send: Callable[[Message], None],
        asked: Callable[[Asked], None],
        acknowledged: Callable[[Request], None] = lambda request: None,
        repeated: Callable[[Response], None] = lambda response: None,
        *,
        patience: float = PATIENCE,
    ) -> None:
        """`acknowledged`: an ACK for a 2xx came; `repeated`: an answer came again whose request is over."""
        self.send = send
        self._asked, self._acknowledged, self._repeated = asked, acknowledged, repeated
        self._patience = patience
        self._theirs: dict[Key, Asked] = {}
        self._ours: dict[Key, Asking] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}
        self.is_open = True

    @property
    def busy(self) -> int:
        """How many requests are under way, both ways."""
        return len(self._theirs) + len(self._ours)

    # In.

    def receive(self, message: Message) -> None:
        if isinstance(message, Response):
            self._hear(message)
        elif message.method == "ACK":
            self._acknowledge(message)
        elif message.method == "CANCEL":
            self._cancel(message)
        else:
            self._begin(message)

    def _hear(self, response: Response) -> None:
        asking = self._ours.get((response.branch, response.sequence[1]))
        if asking is None:
            self._repeated(response)
            return
        if response.status >= 200 or (asking.request.method == "INVITE" and not asking.is_canceled):
            self._stop((response.branch, response.sequence[1]))
        if response.status >= 200:
            del self._ours[response.branch, response.sequence[1]]
        asking.hear(response)

    def _acknowledge(self, ack: Request) -> None:
        key = _key(ack, "INVITE")
        theirs = self._theirs.get(key)
        if theirs and theirs.is_answered:
            self._forget(key)
        elif theirs is None:
            self._acknowledged(ack)

    def _cancel(self, cancel: Request) -> None:
        theirs = self._theirs.get(_key(cancel, "INVITE"))
        self.send(answer(cancel, 200 if theirs else 481, tag=theirs.tag if theirs else new_tag()))
        if theirs and not theirs.is_answered:
            theirs.answer(487)
            theirs.canceled()

    def _begin(self, request: Request) -> None:
        key = _key(request, request.method)
        known = self._theirs.get(key)
        if known:
            if known.last:
                self.send(known.last)
            return
        if len(self._theirs) >= MOST:
            self.send(answer(request, 503, ("retry-after", "30"), tag=new_tag()))
            return
        asked = self._theirs[key] = Asked(self, request, key)
        if request.method == "INVITE":
            asked.answer(100)
        self._asked(asked)

    # Out.

    def ask(self, request: Request, heard: Callable[[Response], None]) -> Asking:
        """Send a request; `heard` gets every answer, and a 408 when none comes or the connection ends."""
        asking = Asking(self, request, heard)
        key = (request.branch, request.method)
        if not self.is_open or len(self._ours) >= MOST:
            asyncio.get_running_loop().call_soon(asking.hear, answer(request, 503, tag=new_tag()))
            return asking
        self._ours[key] = asking
        self._after(key, lambda: self._nobody_answered(key))
        self.send(request)
        return asking

    def limit(self, asking: Asking) -> None:
        """Even an INVITE that rings is over after a while, from now on."""
        key = (asking.request.branch, asking.request.method)
        if key in self._ours:
            self._after(key, lambda: self._nobody_answered(key))

    def answered(self, asked: Asked, *, stays: bool) -> None:
        """A final answer was sent. One that must be acknowledged stays to be found by its ACK."""
        if stays and self.is_open:
            self._after(asked.key, lambda: self._forget(asked.key))
        else:
            self._forget(asked.key)

    def close(self) -> None:
        """The connection is gone; whatever was asked gets no answer any more."""
        self.is_open = False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        ours, theirs = list(self._ours.values()), list(self._theirs.values())
        self._ours.clear()
        self._theirs.clear()
        for asking in ours:
            asking.is_over = True
            asking.heard(answer(asking.request, 408, tag=new_tag()))
        for asked in theirs:
            if not asked.is_answered:
                asked.canceled()

    def _nobody_answered(self, key: Key) -> None:
        asking = self._ours.pop(key, None)
        self._timers.pop(key, None)
        if asking:
            asking.is_over = True
            asking.heard(answer(asking.request, 408, tag=new_tag()))

    def _forget(self, key: Key) -> None:
        self._theirs.pop(key, None)
        self._stop(key)

    def _after(self, key: Key, do: Callable[[], None]) -> None:
        self._stop(key)
        self._timers[key] = asyncio.get_running_loop().call_later(self._patience, do)

    def _stop(self, key: Key) -> None:
        if key in self._timers:
            self._timers.pop(key).cancel()


def _key(request: Request, method: str) -> Key:
    via = read_via(request.every("via")[0])
    assert via is not None  # `read` lets nothing else through
    if via.branch.startswith(BRANCH):
        return via.branch, via.sent_by, method
    return via.branch, via.sent_by, method, request.call_id, str(request.sequence[0])


def _acknowledgement(request: Request, response: Response) -> Request:
    """The ACK of a refused INVITE (RFC 3261 17.1.1.3)."""
    kept = [pair for pair in request.headers if pair[0] in ("via", "from", "call-id", "max-forwards", "route")]
    to, sequence = ("to", response.first("to")), ("cseq", f"{request.sequence[0]} ACK")
    return Request((*kept, to, sequence), "", "ACK", request.uri)
