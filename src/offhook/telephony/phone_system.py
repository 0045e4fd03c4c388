"""What Offhook asks of any phone system, and what it hears from one.

Everything that happens comes as a *delivery*: bytes that the system proves and then reads into call events. What an agent
asks (`dial`, `control`) only asks; what comes of it arrives as deliveries too, so there is one story of a call.

A new phone system is a folder beside this file with a class of this shape, a table *their word → ours*, and a test class
that inherits `tests.contracts.phone_system.PhoneSystemContract`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from offhook.calls.events import CallEvent
from offhook.calls.phone_number import PhoneNumber
from offhook.calls.sighting import Sighting
from offhook.telephony.recording import Part, Recording


class Action(StrEnum):
    """What an agent can ask for on a call that exists."""

    ANSWER = "answer"
    DECLINE = "decline"
    HANG_UP = "hang-up"
    HOLD = "hold"
    RESUME = "resume"
    MUTE = "mute"
    UNMUTE = "unmute"
    TRANSFER = "transfer"


class Capability(StrEnum):
    """What a phone system can do; one that is missing is not shown to the agent."""

    DIAL = "dial"
    ANSWER = "answer"
    DECLINE = "decline"
    HANG_UP = "hang-up"
    HOLD = "hold"  # and resume
    MUTE = "mute"  # and unmute
    TRANSFER = "transfer"


CAPABILITY_FOR: dict[Action, Capability] = {
    Action.ANSWER: Capability.ANSWER,
    Action.DECLINE: Capability.DECLINE,
    Action.HANG_UP: Capability.HANG_UP,
    Action.HOLD: Capability.HOLD,
    Action.RESUME: Capability.HOLD,
    Action.MUTE: Capability.MUTE,
    Action.UNMUTE: Capability.MUTE,
    Action.TRANSFER: Capability.TRANSFER,
}


class LineLogin(StrEnum):
    """What an agent types to say which line is hers."""

    LINE = "line"
    LINE_AND_SECRET = "line-and-secret"  # noqa: S105


class Proven(Struct, frozen=True):
    """A delivery that really comes from this system. `key` is the same when the same thing is delivered twice."""

    key: str


class Reading(Struct, frozen=True):
    """What a delivery says: call events in the order in which they stand, and what was not understood (for people).

    `withdrawn`: whoever told of the call takes it back, it may never have been one; it is logged only if another place
    tells of it, too. `seen`: given by a phone system that sees a call from several places under different ids, for the
    one call that these events are of; a call that another place told of already is then the same call. It counts in this
    order.
    """

    events: tuple[CallEvent, ...] = ()
    unrecognised: str | None = None
    seen: tuple[Sighting, ...] = ()
    withdrawn: bool = False


# Hands a delivery to the inbox; returns when it is kept durably. Arguments: key, body.
Deliver = Callable[[str, bytes], Awaitable[None]]


class Bookmarks(Protocol):
    """Where a phone system that has to be asked keeps how far it has read. Durable; the text is its own."""

    async def read(self, name: str) -> str | None: ...

    async def keep(self, name: str, place: str) -> None: ...


class PhoneSystem(Protocol):
    """A phone system. `key` names it in settings and addresses, `title` and `says` for people."""

    key: str
    title: str
    says: str
    line_login: LineLogin
    capabilities: frozenset[Capability]

    async def start(self, deliver: Deliver) -> None:
        """Begin to listen, if it has to. Deliveries that it makes itself go to `deliver`."""

    async def stop(self) -> None:
        """Stop listening. Calls go on where the system has a life of its own."""

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        """Prove a delivery that came over HTTP; header names are in lower case.

        Raises:
            UnprovenDelivery: unsigned, wrongly signed, or too old.
            MalformedDelivery: cannot be read at all.
        """

    def read(self, body: bytes) -> Reading:
        """Translate a proven delivery. Pure; never raises for a body that `prove` let through."""

    async def log_in(self, line: str, secret: str) -> str:
        """Check an agent's line login and give the line's name for people.

        Raises:
            WrongLineLogin: no such line, or the secret is wrong.
        """

    async def log_out(self, line: str) -> None:
        """The agent left the line; harmless when she was not there."""

    async def dial(self, line: str, number: PhoneNumber) -> str:
        """Call a number from a line; gives the phone system's id of the new call.

        Raises:
            Unsupported, PhoneSystemUnavailable, WrongState: the line is not logged in or is busy.
        """

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        """Do something to the line's leg of a call. `to`: where to transfer, a line or a number.

        Raises:
            Unsupported, PhoneSystemUnavailable, WrongState: the leg is not in a state for it.
        """


class PhoneConnection(Protocol):
    """A phone's WebSocket, as the phone system hears it. Neither method raises or waits."""

    def receive(self, frame: str | bytes) -> None: ...

    def closed(self) -> None:
        """It is gone, whoever closed it."""


@runtime_checkable
class TakesPhones(Protocol):
    """A phone system with which phones register through the service, by SIP over WebSocket (RFC 7118)."""

    def connect_phone(self, send: Callable[[str], None], close: Callable[[int, str], None]) -> PhoneConnection | None:
        """A phone came; None when there are too many. `close`: a code of WebSocket's and a sentence."""


@runtime_checkable
class Rings(Protocol):
    """A phone system that can play a caller, for trying everything out."""

    async def ring(self, caller: str, line: str, name: str = "") -> str:
        """Somebody calls a line; gives the call's id. Raises NotFound when there is no such line."""

    async def caller_hangs_up(self, call: str) -> None:
        """The caller gives up or hangs up. Raises WrongState when the call is over."""


class IceServer(Struct, frozen=True, omit_defaults=True):
    """A STUN or TURN server, as browsers take it."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""

    def __repr__(self) -> str:
        return f"IceServer({self.urls})"


class Softphone(Struct, frozen=True):
    """With what a browser registers for a line, by SIP over WebSocket (RFC 7118).

    `relays`: the service does not see the calls by itself; the softphone tells of them at `POST /api/relay`.
    """

    server: str
    uri: str
    username: str
    password: str
    realm: str
    ice_servers: tuple[IceServer, ...] = ()
    codecs: tuple[str, ...] = ("opus", "pcmu", "pcma")
    outbound_proxy: str = ""
    register_seconds: int = 120
    relays: bool = False

    def __repr__(self) -> str:
        return f"Softphone({self.uri})"  # never the password


@runtime_checkable
class HasSoftphone(Protocol):
    """A phone system on which a browser can be the telephone."""

    async def softphone(self, line: str) -> Softphone:
        """How the agent's browser registers for her line.

        Raises:
            WrongState: nobody is logged in to the line, as far as the phone system knows; log in again.
        """


@runtime_checkable
class Relayed(Protocol):
    """A phone system whose calls the agent's own browser tells of: it has the telephone, or frames the vendor's."""

    def relayed(self, line: str, said: bytes, now: datetime) -> tuple[str, bytes]:
        """One thing that the browser of the agent on this line said (a JSON object), as key and body of a delivery.

        The key is the same when the same is said twice; `read` takes the body.

        Raises:
            MalformedDelivery: it cannot be read.
        """


class Step(Struct, frozen=True):
    """One step on the way to the phone system; what comes after one that failed was not tried.

    `says`: what was found, a sentence. `remedy`: what to do, when it failed. `ok`: None when it could not be asked.
    """

    name: str
    ok: bool | None
    says: str
    remedy: str | None = None


@runtime_checkable
class SelfTesting(Protocol):
    """A phone system that can say at which step the way to it ends."""

    async def self_test(self, line: str | None) -> tuple[Step, ...]:
        """Go the way of a phone on this line, as far as it leads; without a line as far as it can. Never raises."""


class OwnApp(Struct, frozen=True):
    """An app of the phone system's on the agent's computer, which dials where the service cannot.

    `link`: the address that makes it dial, with `{number}` (E.164); `link_as`: the same as one of the numbers in
    `caller_ids`, with `{caller_id}`; `frame`: the address of the vendor's softphone to be framed by the panel. What is
    empty there is not.
    """

    link: str
    link_as: str = ""
    caller_ids: tuple[str, ...] = ()
    frame: str = ""


@runtime_checkable
class HasOwnApp(Protocol):
    """A phone system on which agents dial with its own app: the panel opens a link, or asks the vendor's frame."""

    own_app: OwnApp


class LineOffer(Struct, frozen=True):
    """A line that an agent can choose instead of typing it."""

    number: str
    name: str


@runtime_checkable
class OffersLines(Protocol):
    """A phone system that knows whose its lines are."""

    async def lines_of(self, name: str) -> tuple[LineOffer, ...]:
        """The lines of a person of this name; none when nobody is known by it, or the phone system does not answer."""


@runtime_checkable
class HasRecordings(Protocol):
    """A phone system that keeps recordings behind a login of its own: the service fetches them, and hands them on.

    Where anybody can open the address of a recording, as the webhook's, there is nothing to do.
    """

    def recording_at(self, url: str) -> str | None:
        """The phone system's name of the recording that `RecordingReady` told of, with an ending as a file's: `7.mp3`.

        None when this is no address that asks for the login.
        """

    def recording(self, name: str, part: Part | None) -> AbstractAsyncContextManager[Recording]:
        """The recording, or a part, as long as one is in it; nothing is held in memory.

        Raises, on entering:
            RecordingGone, NoSuchPart, PhoneSystemRejected, PhoneSystemUnavailable.
        """


def lines_named(name: str, known: Mapping[str, str]) -> tuple[LineOffer, ...]:
    """Of lines with the names of their people, those of this one; of one name there may be several."""
    wanted = " ".join(name.casefold().split())
    same = [(line, who) for line, who in known.items() if " ".join(who.casefold().split()) == wanted]
    return tuple(LineOffer(line, who) for line, who in sorted(same) if wanted)


class StatusChoice(Struct, frozen=True):
    """A status that an agent can take. `title`: the phone system's word, for people."""

    key: str
    title: str


class Status(Struct, frozen=True):
    """What an agent does, as her phone system has it; it alone decides which calls she is offered.

    `says`: its word. `takes_calls`: calls are offered to her now. `chosen`: which of the choices it is, or empty.
    `choices`: what she can change it to now; where there are none, `why` says what stands in the way.
    """

    says: str
    takes_calls: bool
    chosen: str = ""
    choices: tuple[StatusChoice, ...] = ()
    why: str = ""


@runtime_checkable
class HasStatus(Protocol):
    """A phone system that has a status of each agent's and offers calls by it: the panel shows and changes that one."""

    def watch_statuses(self, changed: Callable[[str], None]) -> None:
        """`changed(line)`: what `status` says of it is not what it said before. Asked for once, before `start`."""

    def status(self, line: str) -> Status | None:
        """As far as is known; never waits. None: there is none, or it is not known yet and was asked for."""

    async def set_status(self, line: str, key: str) -> None:
        """Take one of the choices; returns when the phone system has done it.

        Raises:
            WrongState, PhoneSystemRightMissing, PhoneSystemUnavailable, Unsupported.
        """


class WrapUpCode(Struct, frozen=True):
    """What may have become of a call, in the phone system's own list."""

    id: str
    title: str


@runtime_checkable
class TakesCodes(Protocol):
    """A phone system that wants to be told, in codes of its own, what became of a call. What is told elsewhere comes as
    `CodesChosen`, like everything about a call. No `codes`: it is not told of any."""

    codes: tuple[WrapUpCode, ...]
    most_codes: int

    async def set_codes(self, call: str, line: str, codes: Sequence[str]) -> None:
        """Set the codes (ids) of the agent's part of a call, in place of those it had.

        Raises:
            WrongState, PhoneSystemRightMissing, PhoneSystemUnavailable.
        """
