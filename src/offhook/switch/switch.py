"""Requests of phones, and what the board wants of them. All state is in memory: phones come back and say who they are."""

import asyncio
import re
from collections.abc import Callable, Collection
from pathlib import Path

import structlog

from offhook.media import ear as media
from offhook.sip import sdp
from offhook.sip.address import read_address, read_uri
from offhook.sip.dialog import CONTACT, calling, tag_of
from offhook.sip.digest import Digest
from offhook.sip.message import Request
from offhook.sip.registrar import Registrar
from offhook.sip.transaction import Asked, Link
from offhook.switch.board import Board, Refused
from offhook.switch.connection import Close, Connection
from offhook.switch.exchanged import pass_on, undisturbed
from offhook.switch.legs import DOMAIN, Legs
from offhook.switch.memory import keep, remembered, restored
from offhook.switch.references import how_it_went, read_reference
from offhook.switch.session import ALLOW, CALL, Session

log = structlog.get_logger()

REALM = "offhook"
MOST_CONNECTIONS, MOST_OF_A_LINE = 1_000, 8
# A connection that nobody registers on is closed; a call whose phone is gone ends. Seconds.
KNOCKS_FOR, AWAY_FOR = 60.0, 45.0
# What changes is written down after so many seconds, once for all.
KEEPS_AFTER = 0.3


class Switch:
    """Legs, by their names, and the phones on them."""

    def __init__(self, board: Board, now: Callable[[], float], memory: Path | None = None) -> None:
        """`now`: seconds, of any beginning. `memory`: a file for what a restart must not forget."""
        self._board, self._memory, self._away_for = board, memory, AWAY_FOR
        self._to_keep: asyncio.TimerHandle | None = None
        self.registrar = Registrar(board.passwords, Digest(REALM), now)
        self.legs = Legs(board, self.registrar)
        self.legs.changed = self._changed
        self._connections: set[Connection] = set()
        self._is_warm = False
        self._requests: dict[str, Callable[[Asked], None]] = {
            "REGISTER": self._register,
            "INVITE": self._invite,
            "BYE": self._bye,
            "REFER": self._refer,
            "INFO": self._info,
            "UPDATE": self._update,
            "OPTIONS": lambda asked: asked.answer(200, ALLOW),
            "NOTIFY": lambda asked: asked.answer(200 if self._of(asked) else 481),
        }

    # Connections.

    def connect(self, send: Callable[[str], None], close: Close) -> Connection | None:
        """A new WebSocket; None when there are too many."""
        if len(self._connections) >= MOST_CONNECTIONS:
            return None
        connection = Connection(send, close, self.asked, self._acknowledged, self._gone)
        self._connections.add(connection)
        asyncio.get_running_loop().call_later(KNOCKS_FOR, self._who_is_it, connection)
        return connection

    def _who_is_it(self, connection: Connection) -> None:
        if connection.link.is_open and self.registrar.line_of(connection.link) is None:
            connection.hang_up(1008, "Nobody registered.")

    def _gone(self, connection: Connection) -> None:
        self._connections.discard(connection)
        for session in list(self.legs.sessions.values()):
            if session.link is connection.link and not session.is_over:
                self._await(session)

    def _await(self, session: Session) -> None:
        session.lost = asyncio.get_running_loop().call_later(self._away_for, self._still_away, session)

    def _still_away(self, session: Session) -> None:
        if self.legs.reach(session) is None and not session.is_over:
            log.info("A phone did not come back to its call", action="sip.lost", line=session.line, call=session.call)
            self._board.hung_up(session.leg, lost=True)

    # What phones ask.

    def asked(self, asked: Asked) -> None:
        """A request that is no ACK and no CANCEL."""
        request = asked.request
        unknown = request.every("require")
        if request.method not in self._requests:
            asked.answer(405, ALLOW)
        elif unknown and request.method != "REGISTER":
            asked.answer(420, ("unsupported", ", ".join(unknown)))
        else:
            self._requests[request.method](asked)

    def _register(self, asked: Asked) -> None:
        line = self.registrar.register(asked)
        if line is None:
            return
        if not self._is_warm:
            self._is_warm = True
            self.legs.run(asyncio.to_thread(media.warm_up))
        self.legs.came(line)

    def _of(self, asked: Asked) -> Session | None:
        """The session that a request within a call belongs to; knowing its tags is not enough, the phone must be its."""
        session = self.legs.dialogs.get((asked.request.call_id, asked.request.tag("to")))
        if session is None or session.is_over or tag_of(session.dialog.remote) != asked.request.tag("from"):
            return None
        if asked.link is not session.link:
            if not self._is_on(asked.link, session.line):
                return None
            session.link = asked.link
        return session

    def _is_on(self, link: Link, line: str) -> bool:
        return any(phone.link is link for phone in self.registrar.phones(line))

    def _in_order(self, asked: Asked) -> Session | None:
        """As `_of`; what cannot be followed is answered here."""
        session = self._of(asked)
        if session is None:
            asked.answer(481)
        elif not session.dialog.is_in_order(asked.request):
            asked.answer(500)
        else:
            return session
        return None

    def _invite(self, asked: Asked) -> None:
        if asked.request.tag("to"):
            self._invite_again(asked)
            return
        line = self._whose(asked)
        target = read_uri(asked.request.uri)
        if line is None:
            return
        if not sdp.has_audio(asked.request.body):
            asked.answer(488, _warning("There is no audio in the offer."))
        elif target is None or not target.user:
            asked.answer(404)
        elif sum(each.line == line for each in self.legs.sessions.values()) >= MOST_OF_A_LINE:
            asked.answer(486)
        else:
            self._dial(asked, line, target.user)

    def _whose(self, asked: Asked) -> str | None:
        """The line that calls: registered on this connection, or proven anew."""
        address = read_address(asked.request.first("from"))
        uri = read_uri(address.uri) if address else None
        said = uri.user if uri else ""
        if self._is_on(asked.link, said):
            return said
        line = self.registrar.proves(asked)
        if line is not None and line != said:
            asked.answer(403)
            return None
        return line

    def _dial(self, asked: Asked, line: str, target: str) -> None:
        session = Session(line, asked.link, calling(asked.request, asked.tag))
        session.asked = asked
        self.legs.add(session)
        try:
            self._board.dial(line, target, lambda leg: self.legs.place(session, leg))
        except Refused as refused:
            self.legs.forget(session)
            asked.answer(refused.status, *((_warning(refused.says),) if refused.says else ()))
            return
        asked.canceled = lambda: self._board.hung_up(session.leg)
        if not asked.is_answered:
            asked.answer(180, ("contact", CONTACT), (CALL, session.call), ALLOW)

    def _invite_again(self, asked: Asked) -> None:
        session = self._in_order(asked)
        if session is None:
            return
        far = session.far if isinstance(session.far, Session) else session
        if not session.is_up or session.busy.locked() or far.busy.locked():
            asked.answer(491)
        elif not sdp.has_audio(asked.request.body):
            asked.answer(488, _warning("There is no audio in the offer."))
        else:
            session.dialog.retarget(asked.request)
            session.asked = asked
            self.legs.run(self._renegotiate(session, {session, far}))

    async def _renegotiate(self, session: Session, both: set[Session]) -> None:
        asked = session.asked
        assert asked
        try:
            async with undisturbed(*both):
                self._hold(session, held=sdp.is_hold(asked.request.body))
                await pass_on(session, self.legs.ears)
        except Refused as refused:
            session.asked = None
            asked.answer(refused.status if refused.status >= 400 else 488)

    def _hold(self, session: Session, *, held: bool) -> None:
        before, session.is_held = session.is_held, held
        try:
            if before != held:
                self._board.holds(session.leg, held=held)
        except Refused:
            session.is_held = before
            raise

    def _bye(self, asked: Asked) -> None:
        session = self._in_order(asked)
        if session:
            asked.answer(200)
            session.over()
            self._board.hung_up(session.leg)

    def _refer(self, asked: Asked) -> None:
        session = self._in_order(asked)
        if session is None:
            return
        reference = read_reference(asked.request)
        if reference is None or not session.is_up:
            asked.answer(400 if reference is None else 491)
            return
        asked.answer(202, ("contact", CONTACT))
        status = self._follow(session, reference.user, reference.replaces)
        more, body = how_it_went(asked.request, status)
        session.tell("NOTIFY", *more, body=body)

    def _follow(self, session: Session, user: str, replaces: tuple[str, ...]) -> int:
        """Do what a REFER asks; the status of what came of it. The phone is hung up after it has been told that."""
        try:
            if not replaces:
                self._board.transfers(session.leg, user)
                return 200
            found = (self.legs.dialogs.get((replaces[0], tag)) for tag in replaces[1:])
            other = next((each for each in found if each), None)
            if other is None or other.line != session.line or other.is_over or other is session:
                return 481
            self._board.joins(session.leg, other.leg)
        except Refused as refused:
            return refused.status
        return 200

    def _info(self, asked: Asked) -> None:
        session = self._in_order(asked)
        if session is None:
            return
        kind, body = asked.request.first("content-type"), asked.request.body
        asked.answer(200)
        if isinstance(session.far, Session):
            session.far.tell("INFO", *((("content-type", kind),) if kind else ()), body=body)
        elif session.far:
            session.far.press(_key(kind, body))

    def _update(self, asked: Asked) -> None:
        """Only to say that it is there (RFC 4028); another SDP goes by INVITE."""
        session = self._in_order(asked)
        if session:
            expires = asked.request.first("session-expires")
            asked.answer(488 if asked.request.body else 200, *((("session-expires", expires),) if expires else ()))

    def _acknowledged(self, ack: Request) -> None:
        session = self.legs.dialogs.get((ack.call_id, ack.tag("to")))
        if session:
            session.is_acknowledged()

    # Restarts.

    def start(self, living: Collection[str]) -> None:
        """Take up the sessions of these legs, as they are remembered. Their phones will come back, or the calls end."""
        kept = [each for each in remembered(self._memory) if each.leg in living] if self._memory else []
        for each in kept:
            session = restored(each)
            self.legs.add(session)
            self.legs.place(session, each.leg)
            self._await(session)
        for each in kept:
            self.legs.sessions[each.leg].far = self.legs.sessions.get(each.far)

    def _changed(self) -> None:
        if self._memory and self._to_keep is None:
            self._to_keep = asyncio.get_running_loop().call_later(KEEPS_AFTER, self._keep)

    def _keep(self) -> None:
        if self._to_keep:
            self._to_keep.cancel()
            self._to_keep = None
        if self._memory:
            keep(self._memory, self.legs.sessions.values())

    # Ends.

    def forget(self, line: str) -> None:
        """Its phones are strangers again."""
        self.registrar.forget(line)

    async def stop(self) -> None:
        """Phones see their connection closed, and come back to whoever serves next."""
        self._keep()
        for session in self.legs.sessions.values():
            session.quiet()
        for connection in list(self._connections):
            connection.hang_up(1001, "Come back in a moment.")
        await self.legs.stop()


def _warning(says: str) -> tuple[str, str]:
    return "warning", f'399 {DOMAIN} "{says}"'


def _key(kind: str, body: str) -> str:
    """The key that an INFO tells of; empty when it tells none."""
    if kind.lower().startswith("application/dtmf-relay"):
        found = re.search(r"^Signal\s*=\s*([0-9A-D*#])\s*$", body, re.MULTILINE | re.IGNORECASE)
        return found[1].upper() if found else ""
    return body.strip()[:1].upper() if kind.lower().startswith("application/dtmf") else ""
