"""A phone that speaks SIP without a network, and says what it is told to: for tests of the switch."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from offhook.sip.digest import authorization
from offhook.sip.message import Malformed, Message, Request, Response, answer, read, write
from offhook.switch.connection import Connection

SDP = (
    "v=0\r\no=- {number} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:{name}\r\na=setup:actpass\r\na={way}\r\n"
)
numbers = count(1)


def sdp(name: str, way: str = "sendrecv") -> str:
    return SDP.format(number=next(numbers), name=name, way=way)


def heard(text: str) -> Message:
    """What was said; an answer to nonsense repeats it."""
    try:
        return read(text)
    except Malformed:
        return Response((), "", int(text.split()[1]), text)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - turns of the loop, no time
            await asyncio.sleep(0)


@dataclass
class Phone:
    """`heard`: all messages, oldest first. `line`: also its contact's user."""

    line: str
    password: str
    name: str = ""
    heard: list[Message] = field(default_factory=list)
    closed: list[tuple[int, str]] = field(default_factory=list)
    sequence: int = 0
    connection: Connection | None = None

    def plug_in(self, connect: Callable[..., Connection | None]) -> "Phone":
        self.connection = connect(lambda text: self.heard.append(heard(text)), lambda *why: self.closed.append(why))
        assert self.connection
        return self

    def say(self, message: Message | str | bytes) -> None:
        assert self.connection
        self.connection.receive(message if isinstance(message, str | bytes) else write(message))

    @property
    def contact(self) -> str:
        return f"<sip:{self.line}@{self.name or self.line}.invalid;transport=ws>"

    def request(
        self,
        method: str,
        uri: str,
        *more: tuple[str, str],
        call_id: str = "",
        to: str = "",
        tag: str = "tagged",
        body: str = "",
    ) -> Request:
        self.sequence += 1
        own = f"<sip:{self.line}@offhook.invalid>"
        headers = (
            ("via", f"SIP/2.0/WS p.invalid;branch=z9hG4bK{self.name}{self.line}{self.sequence}{method}"),
            ("max-forwards", "70"),
            ("from", f"{own};tag={tag}"),
            ("to", to or own),
            ("call-id", call_id or f"{self.name}{self.line}-{self.sequence}"),
            ("cseq", f"{self.sequence} {method}"),
            ("contact", self.contact),
            *((("content-type", "application/sdp"),) if body and "content-type" not in dict(more) else ()),
            *more,
        )
        return Request(headers, body, method, uri)

    def ask(self, method: str, uri: str = "sip:offhook.invalid", *more: tuple[str, str], **other: str) -> Request:
        request = self.request(method, uri, *more, **other)
        self.say(request)
        return request

    def register(self, expires: int = 120) -> Response:
        """By digest, as a phone does it; gives the last answer."""
        call_id = f"reg-{self.name}{self.line}"
        first = self.ask("REGISTER", "sip:offhook.invalid", ("expires", str(expires)), call_id=call_id)
        proven = self.proven(self.answers(first)[-1].first("www-authenticate"), expires, call_id)
        self.say(proven)
        return self.answers(proven)[-1]

    def proven(self, challenge: str, expires: int = 120, call_id: str = "reg") -> Request:
        """A REGISTER that answers a challenge."""
        again = self.request("REGISTER", "sip:offhook.invalid", ("expires", str(expires)), call_id=call_id)
        headers = (*again.headers, authorization(again, challenge, self.line, self.password))
        return Request(headers, "", again.method, again.uri)

    def answers(self, request: Request) -> list[Response]:
        return [
            each
            for each in self.heard
            if isinstance(each, Response) and each.call_id == request.call_id and each.sequence == request.sequence
        ]

    def statuses(self, request: Request) -> list[int]:
        return [each.status for each in self.answers(request)]

    def asked(self, method: str) -> list[Request]:
        return [each for each in self.heard if isinstance(each, Request) and each.method == method]

    def dial(self, target: str, body: str = "") -> Request:
        to = f"<sip:{target}@offhook.invalid>"
        return self.ask("INVITE", f"sip:{target}@offhook.invalid", to=to, body=body or sdp(self.line))

    def within(self, about: Message, method: str, *more: tuple[str, str], body: str = "") -> Request:
        """A request within a call: `about` is the answer to our INVITE, or their INVITE as we answered it."""
        theirs = isinstance(about, Request)
        to = about.first("from") if theirs else about.first("to")
        tag = "lifted" if theirs else "tagged"
        return self.ask(method, "sip:exchange@offhook.invalid", *more, call_id=about.call_id, to=to, tag=tag, body=body)

    def acknowledge(self, response: Response, body: str = "") -> None:
        self.within(response, "ACK", body=body)

    def answer(self, request: Request, status: int, body: str = "") -> None:
        more = (("contact", self.contact), *((("content-type", "application/sdp"),) if body else ()))
        self.say(answer(request, status, *more, tag="lifted", body=body))

    async def rings(self, times: int = 1) -> Request:
        """The INVITE, the `times`-th, as soon as it is there."""
        await until(lambda: len(self.asked("INVITE")) >= times)
        return self.asked("INVITE")[times - 1]
