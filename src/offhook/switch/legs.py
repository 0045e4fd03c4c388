"""The legs that phones are on or ring for: what the board wants of them, and who hears whom."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog

from offhook.media.attendants import Attendant
from offhook.media.ear import Deaf, Ear
from offhook.sip import sdp
from offhook.sip.dialog import called
from offhook.sip.registrar import Registrar
from offhook.sip.transaction import Link
from offhook.switch.board import Board, Refused
from offhook.switch.exchanged import Ears, tie, undisturbed
from offhook.switch.ringing import ELSEWHERE, Picked, Ringing
from offhook.switch.session import Session

log = structlog.get_logger()

DOMAIN = "offhook.invalid"


class Legs:
    """Sessions and ringing phones by leg, and sessions by dialog."""

    def __init__(self, board: Board, registrar: Registrar) -> None:
        self._board, self._registrar = board, registrar
        self.sessions: dict[str, Session] = {}
        self.dialogs: dict[tuple[str, str], Session] = {}
        self._ringing: dict[str, Ringing] = {}
        self._to_be_lifted: set[str] = set()
        self.ears = Ears(self._deaf)
        self._tasks: set[asyncio.Task[None]] = set()
        # Something is to be remembered.
        self.changed: Callable[[], None] = lambda: None

    def add(self, session: Session) -> None:
        session.reach = self.reach
        self.dialogs[session.dialog.key] = session

    def place(self, session: Session, leg: str) -> None:
        """This session is on this leg from now on."""
        if self.sessions.get(session.leg) is session:
            del self.sessions[session.leg]
        session.leg = leg
        self.sessions[leg] = session
        self.changed()

    def forget(self, session: Session) -> None:
        """It is over."""
        session.over()
        self.ears.take(session)
        self.dialogs.pop(session.dialog.key, None)
        if self.sessions.get(session.leg) is session:
            del self.sessions[session.leg]

    def reach(self, session: Session) -> Link | None:
        """The connection on which the session's phone is now."""
        if not session.link.is_open:
            session.link = self._registrar.link_to(session.dialog.target, session.line) or session.link
        return session.link if session.link.is_open else None

    # What the board wants.

    def came(self, line: str) -> None:
        """A phone of the line registered: it rings, and after a restart hears again who was there."""
        for leg in self._board.ringing(line):
            self.ring(leg, line)
        back = [each for each in self.sessions.values() if each.line == line and each.far is None and self.reach(each)]
        self.reconnect(each.leg for each in back)

    def is_ringing(self, leg: str) -> bool:
        """Whether phones ring for it."""
        ringing = self._ringing.get(leg)
        return bool(ringing and ringing.has_phones)

    def ring(self, leg: str, line: str) -> None:
        """Ring the line's phones; those that came meanwhile, too."""
        phones = self._registrar.phones(line)
        if leg in self._ringing:
            for phone in phones:
                self._ringing[leg].add(phone)
        elif phones and leg not in self.sessions and leg not in self._to_be_lifted:
            self._to_be_lifted.add(leg)
            self.run(self._ring(leg, line))

    def picked_up(self, leg: str) -> None:
        """A phone that waits for its answer gets it, unless that comes from another phone."""
        session = self.sessions.get(leg)
        if session and session.asked and not session.is_up and session.far is None:
            self._begin(session)

    def end(self, leg: str, status: int, *, elsewhere: bool = False) -> None:
        """Nobody is on the leg any more. `status`: what a phone is told that still waits for an answer."""
        ringing = self._ringing.pop(leg, None)
        if ringing:
            ringing.cancel(*((ELSEWHERE,) if elsewhere else ()))
        session = self.sessions.pop(leg, None)
        if session:
            self.changed()
            self.ears.take(session)
            # Not before it was told what became of its REFER.
            asyncio.get_running_loop().call_soon(self._end, session, status)

    def _end(self, session: Session, status: int) -> None:
        session.end(status)
        self.dialogs.pop(session.dialog.key, None)

    def direct(self, leg: str, *, held: bool, muted: bool) -> None:
        """The way of a phone's sound was changed elsewhere, not by the phone."""
        session = self.sessions.get(leg)
        if session and session.is_up and (session.is_held, session.is_muted) != (held, muted):
            session.is_held, session.is_muted = held, muted
            self.run(self._negotiated(session, session.direct()))

    def reconnect(self, legs: Iterable[str]) -> None:
        """Phones whose other side is another one now hear that one."""
        for leg in legs:
            session = self.sessions.get(leg)
            if session and session.is_up and self._is_other(session.far, self._far(session)):
                self._begin(session)

    def _is_other(self, far: Session | Attendant | None, wanted: Session | Attendant | None) -> bool:
        return wanted is not None and wanted is not far

    def _far(self, session: Session) -> Session | Attendant | None:
        """Who is to be heard: None when that is not known before another phone is lifted."""
        other = self._board.other(session.leg)
        if other is None or not (other in self.sessions or other in self._to_be_lifted):
            return self._board.attendant(session.leg)
        far = self.sessions.get(other)
        return far if far and far.is_up else None

    # Negotiated.

    def _begin(self, session: Session) -> None:
        far = session.far = self._far(session)
        if isinstance(far, Session):
            far.far = session
        self.run(self._negotiated(session, self._connect(session)))

    async def _negotiated(self, session: Session, work: Coroutine[Any, Any, None]) -> None:
        """What cannot be agreed on ends the call: nobody would hear anything."""
        try:
            await work
        except (Refused, Deaf) as error:
            log.info("A phone and its other side found no sound", action="sip.deaf", line=session.line, why=str(error))
            self._board.hung_up(session.leg, lost=True)
            if not session.is_over:
                self.end(session.leg, 480)
        self.changed()

    async def _connect(self, session: Session) -> None:
        """The phone that came last offers: those before it answer, as a restart of what they had."""
        far = session.far
        if isinstance(far, Session):
            async with undisturbed(session, far):
                await tie(session, far)
            self.ears.take(session)
            self.ears.take(far)
        elif far:
            is_new = session.asked is not None
            async with undisturbed(session):
                ear = self.ears.lend(session, far)
                await (tie(session, ear) if session.has_offer else tie(ear, session))
            if is_new:
                session.expect_acknowledgement(lambda: self._deaf(session))

    # Ringing.

    async def _ring(self, leg: str, line: str) -> None:
        """Until somebody answers, or nobody will."""
        waiting = self.sessions.get(self._board.other(leg) or "")
        session = None
        try:
            ear, offer = await self._first_offer(leg, waiting)
            picked = await self._picked(leg, line, offer)
            if picked:
                session = self._lifted(leg, line, picked)
            elif ear:
                self.ears.close(ear)
        except Refused:
            pass  # no sound here: the line rings in the panel, as without a phone
        finally:
            self._to_be_lifted.discard(leg)
        if session:
            await self._negotiated(session, self._answer(session, offer, waiting, ear))

    async def _first_offer(self, leg: str, waiting: Session | None) -> tuple[Ear | None, str]:
        """Of the phone that waits, of an attendant; none yet when the other phone is in the call already."""
        if waiting:
            return None, waiting.asked.request.body if waiting.asked else sdp.placeholder(waiting.said)
        ear = self.ears.new(self._board.attendant(leg), lambda: self.sessions.get(leg))
        return ear, await ear.offer()

    async def _picked(self, leg: str, line: str, offer: str) -> Picked | None:
        """The first phone that answers."""
        if leg not in self._board.ringing(line):
            return None
        ringing = self._ringing[leg] = Ringing(line, self._board.caller(leg), offer, DOMAIN)
        self.ring(leg, line)
        try:
            return await ringing.picked
        except asyncio.CancelledError:
            return None
        except Refused as refused:
            self._ringing.pop(leg, None)
            self._board.refused(leg, refused.status)
            return None
        finally:
            if self._ringing.get(leg) is ringing:
                del self._ringing[leg]

    def _lifted(self, leg: str, line: str, picked: Picked) -> Session:
        phone, invite, response = picked
        session = Session(line, phone.link, called(invite, response))
        session.said, session.owed = response.body, invite
        self.add(session)
        self.place(session, leg)
        return session

    async def _answer(self, session: Session, offer: str, waiting: Session | None, ear: Ear | None) -> None:
        session.lifted(offer)
        if ear:
            session.ear, session.far = ear, ear.attendant
            self._board.answered(session.leg)
            await ear.settle(session.said)
        elif waiting and waiting.asked:
            session.far, waiting.far = waiting, session
            self._board.answered(session.leg)
            await waiting.settle(session.said)
            waiting.expect_acknowledgement(lambda: self._deaf(waiting))
        else:
            self._board.answered(session.leg)  # whereupon it hears whoever is there now

    # Ends.

    def _deaf(self, session: Session) -> None:
        """No sound can come any more."""
        log.info("The sound of a call was lost", action="sip.deaf", line=session.line, call=session.call)
        self._board.hung_up(session.leg, lost=True)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("A phone could not be served", action="sip.failed", error=type(error).__name__)

    async def stop(self) -> None:
        for ringing in self._ringing.values():
            ringing.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.ears.stop()
