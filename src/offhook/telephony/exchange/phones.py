"""The exchange's phones: what the switch tells becomes happenings, and happenings become what phones do."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from offhook.calls.call import LegState
from offhook.calls.events import Direction, EndReason
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.errors import InvalidNumber, OffhookError, WrongState
from offhook.media.attendants import Announcement, Attendant, Caller, Echo, Voicemail
from offhook.switch import board
from offhook.switch.board import Refused
from offhook.switch.connection import Close, Connection
from offhook.switch.legs import DOMAIN
from offhook.switch.switch import REALM, Switch
from offhook.telephony.exchange import rules
from offhook.telephony.exchange.lines import CODES, Lines
from offhook.telephony.exchange.passwords import Passwords
from offhook.telephony.exchange.state import Calls, Stage, leg_id, living, peer_of, stage
from offhook.telephony.exchange.wire import Happening, Word
from offhook.telephony.phone_system import Action, Softphone

# What a phone is told that waits for an answer when its leg ends.
_STATUS = {
    EndReason.BUSY: 486,
    EndReason.DECLINED: 603,
    EndReason.FAILED: 500,
    EndReason.CANCELED: 487,
    EndReason.HUNG_UP: 487,
}
_NO_ANSWER = 480
# Why a leg ends that its phones refused; with any other answer the line goes on ringing in the panel.
_REFUSALS = {486: EndReason.BUSY, 600: EndReason.BUSY, 603: EndReason.DECLINED, 480: EndReason.NO_ANSWER}


class Floor(Protocol):
    """The exchange, as its phones need it."""

    @property
    def calls(self) -> Calls: ...
    def happens(self, drafts: rules.Drafts) -> object: ...
    def line_to(self, to: str) -> str | None: ...


class Phones:
    """A `Board` for the switch."""

    def __init__(
        self,
        floor: Floor,
        lines: Lines,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        region: str,
        folder: Path | None,
        key: bytes,
    ) -> None:
        """`folder`: for voicemail, and for what a restart must not forget; without one neither is kept."""
        self._floor, self._lines, self._now, self._new_id, self._region = floor, lines, now, new_id, region
        self._folder = folder
        self._passwords = Passwords(key, folder / "exchange-lines.json" if folder else None)
        self._attendants: dict[str, tuple[str, Attendant]] = {}
        self._switch = Switch(self, lambda: now().timestamp(), folder / "exchange-phones.json" if folder else None)

    # For the service.

    def connect(self, send: Callable[[str], None], close: Close) -> Connection | None:
        """A phone's WebSocket; None when there are too many."""
        return self._switch.connect(send, close)

    def softphone(self, line: str, server: str) -> Softphone:
        """Each line has a password of its own until it is logged out; the PIN, which can be guessed, stays here."""
        return Softphone(server, f"sip:{line}@{DOMAIN}", line, self._passwords.give(line), REALM)

    def forget(self, line: str) -> None:
        self._passwords.forget(line)
        self._switch.forget(line)

    def allow(self, call: str, line: str, action: Action) -> None:
        """A phone that rings is lifted where it lies. Raises `WrongState`."""
        ringing = (leg for leg in self.ringing(line) if _call_of(leg) == call)
        if action is Action.ANSWER and any(self._switch.legs.is_ringing(leg) for leg in ringing):
            raise WrongState(f"The phone of line {line} rings: answer there, so that you are heard.")

    def start(self) -> None:
        legs = (leg for call in self._floor.calls.values() for leg in living(call))
        self._switch.start({leg.id for leg in legs if leg.state is not LegState.ALERTING})

    async def stop(self) -> None:
        await self._switch.stop()

    # What the switch tells.

    def passwords(self, line: str) -> tuple[Sequence[str], Sequence[str]]:
        pin = self._lines.pin(line)
        return self._passwords.known(line), [pin] if pin else []

    def dial(self, line: str, target: str, place: Callable[[str], None]) -> None:
        to = self._lines.find(target)
        number = target if target in CODES else parse(target, self._region)
        if to is None:
            self._switch.legs.ears.check()
            if not isinstance(number, PhoneNumber | str):
                raise Refused(404, "No line, code or number is written so.")
        call = self._new_id()
        place(leg_id(call, 1))
        written = number.e164 if isinstance(number, PhoneNumber) else target
        self._do(lambda: rules.dials(self._floor.calls, call, line, written, to), otherwise=486)

    def answered(self, leg: str) -> None:
        self._wish(leg, Action.ANSWER)

    def refused(self, leg: str, status: int) -> None:
        reason = _REFUSALS.get(status)
        call, line = _call_of(leg), self._line_of(leg)
        if reason and line:
            self._do(lambda: rules.refused(self._floor.calls, call, line, reason))

    def hung_up(self, leg: str, *, lost: bool = False) -> None:
        with suppress(Refused):
            self._wish(leg, Action.HANG_UP)

    def holds(self, leg: str, *, held: bool) -> None:
        """What a phone says of its own sound is so, also that it talks to two: it lets three talk."""
        self._wish(leg, Action.HOLD if held else Action.RESUME, alone=False)

    def transfers(self, leg: str, target: str) -> None:
        self._wish(leg, Action.TRANSFER, target)

    def joins(self, leg: str, with_leg: str) -> None:
        call, second, line = _call_of(leg), _call_of(with_leg), self._line_of(leg) or ""
        waiting = self._floor.calls.get(second)
        if waiting and any(stage(waiting, each) is Stage.DIALING for each in living(waiting)):
            self._wish(with_leg, Action.HANG_UP)  # she did not wait for the answer: then it is a blind one
            self._wish(leg, Action.TRANSFER, waiting.party.number)
            return
        moved = self.other(with_leg)
        session = self._switch.legs.sessions.get(moved) if moved else None

        def drafts() -> rules.Drafts:
            made = rules.joined(self._floor.calls, call, second, line)
            if session and made[0].type == Word.RING:
                self._switch.legs.place(session, made[0].leg)
            return made

        self._do(drafts)

    def caller(self, leg: str) -> board.Caller:
        call = self._floor.calls.get(_call_of(leg))
        party = call.party if call else None
        return board.Caller(party.number if party else "", party.name if party else "", _call_of(leg))

    def other(self, leg: str) -> str | None:
        peer = self._floor.calls.get(peer_of(_call_of(leg)))
        legs = living(peer) if peer else ()
        return legs[-1].id if legs else None

    def attendant(self, leg: str) -> Attendant:
        call = _call_of(leg)
        role = self._role(call)
        if self._attendants.get(call, ("",))[0] != role:
            self._put_away(call)
            self._attendants[call] = (role, self._new_attendant(role, call))
        return self._attendants[call][1]

    def ringing(self, line: str) -> list[str]:
        calls = self._floor.calls.values()
        legs = ((call, leg) for call in calls for leg in living(call) if leg.line == line)
        return [leg.id for call, leg in legs if stage(call, leg) is Stage.RINGING]

    def _line_of(self, leg: str) -> str | None:
        call = self._floor.calls.get(_call_of(leg))
        return next((each.line for each in living(call) if each.id == leg), None) if call else None

    def _wish(self, leg: str, action: Action, to: str = "", *, alone: bool = True) -> None:
        line = self._line_of(leg) or ""

        def drafts() -> rules.Drafts:
            target = self._floor.line_to(to) if action is Action.TRANSFER else None
            return rules.asked(self._floor.calls, _call_of(leg), line, action, target, alone=alone)

        self._do(drafts)

    def _do(self, drafts: Callable[[], rules.Drafts], otherwise: int = 403) -> None:
        try:
            self._floor.happens(drafts())
        except InvalidNumber as error:
            raise Refused(404, error.says) from error
        except WrongState as error:
            raise Refused(otherwise, error.says) from error
        except OffhookError as error:
            raise Refused(503, error.says) from error

    # Who plays the other end.

    def _role(self, call_id: str) -> str:
        call = self._floor.calls.get(call_id)
        if call is None or peer_of(call_id) in self._floor.calls:
            return "nobody"  # a line whose agent answered in the panel, without a phone
        if call.direction is Direction.OUTBOUND and call.party.number in CODES:
            return CODES[call.party.number]
        return "announcement" if self._lines.find(call.party.number) else "caller"

    def _new_attendant(self, role: str, call: str) -> Attendant:
        made: dict[str, Callable[[], Attendant]] = {
            "echo": Echo,
            "announcement": Announcement,
            "caller": lambda: Caller(sum(call.encode()) % 50),
        }
        if self._folder and role == "voicemail":
            return Voicemail(self._folder / "voicemail", self._now(), call)
        return made.get(role, Attendant)()

    def _put_away(self, call: str) -> None:
        _, attendant = self._attendants.pop(call, ("", None))
        if attendant:
            attendant.close()

    # What becomes of happenings.

    def follow(self, happened: Iterable[Happening]) -> None:
        """Phones ring, are connected, held and hung up as the calls are now."""
        happened = tuple(happened)
        for each in happened:
            self._follow(each)
        calls = dict.fromkeys(call for each in happened for call in (each.call, peer_of(each.call)))
        for call in calls:
            known = self._floor.calls.get(call)
            if known:
                self._switch.legs.reconnect(leg.id for leg in living(known))
            else:
                self._put_away(call)

    def _follow(self, happening: Happening) -> None:
        legs, leg = self._switch.legs, happening.leg
        if happening.type == Word.RING and leg in self.ringing(happening.line):
            legs.ring(leg, happening.line)
        elif happening.type == Word.PICK_UP:
            legs.picked_up(leg)
        elif happening.type == Word.END:
            elsewhere = happening.reason == EndReason.ELSEWHERE
            legs.end(leg, _STATUS.get(happening.reason, _NO_ANSWER), elsewhere=elsewhere)
        elif happening.type in (Word.HOLD, Word.UNHOLD, Word.MUTE, Word.UNMUTE):
            self._direct(happening)

    def _direct(self, happening: Happening) -> None:
        call = self._floor.calls.get(happening.call)
        for leg in living(call) if call else ():
            if leg.id == happening.leg:
                self._switch.legs.direct(leg.id, held=leg.state is LegState.HELD, muted=leg.muted)


def _call_of(leg: str) -> str:
    return leg.rpartition(".")[0]
