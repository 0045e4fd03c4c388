"""Who hears whom: offers and answers brought from one side to the other, phones or attendants."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from offhook.media import ear as media
from offhook.media.attendants import Attendant
from offhook.media.ear import Deaf, Ear
from offhook.sip import sdp
from offhook.switch.board import Refused
from offhook.switch.session import Session

# Attendants cost about 3 % of a core each.
MOST_EARS = 40

NO_AUDIO = "This exchange is silent: install offhook[audio] for sound with numbers outside."


class End(Protocol):
    """A side that can offer, answer an offer, and be told the answer to its own."""

    async def offer(self) -> str: ...
    async def answer(self, offer: str) -> str: ...
    async def settle(self, answer: str) -> None: ...


class Ears:
    """The exchange's own ends."""

    def __init__(self, deaf: Callable[[Session], None]) -> None:
        """`deaf`: the sound with a phone is lost for good."""
        self._deaf = deaf
        self._open: set[Ear] = set()
        self._closing: set[asyncio.Task[None]] = set()

    def check(self) -> None:
        """Raises `Refused` when nothing could be heard."""
        if not media.is_there():
            raise Refused(488, NO_AUDIO)
        if len(self._open) >= MOST_EARS:
            raise Refused(503, "Too many calls are heard at once.")

    def lend(self, session: Session, attendant: Attendant) -> Ear:
        """A new ear for a phone, in place of the one before."""
        self.check()
        self.take(session)
        ear = self.new(attendant, lambda: session)
        session.ear = ear
        return ear

    def new(self, attendant: Attendant, whose: Callable[[], Session | None]) -> Ear:
        self.check()
        ear = Ear(attendant, lambda: self._gone(ear, whose()))
        self._open.add(ear)
        return ear

    def take(self, session: Session) -> None:
        """The phone hears nobody here any more."""
        ear, session.ear = session.ear, None
        if ear:
            self.close(ear)

    def close(self, ear: Ear) -> None:
        self._open.discard(ear)
        task = asyncio.get_running_loop().create_task(ear.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def stop(self) -> None:
        for ear in list(self._open):
            self.close(ear)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _gone(self, ear: Ear, session: Session | None) -> None:
        if session and session.ear is ear:
            self._deaf(session)


async def tie(offering: End, answering: End) -> None:
    """Let one side offer and the other one answer. Raises `Refused`."""
    try:
        await offering.settle(await answering.answer(await offering.offer()))
    except Deaf as error:
        raise Refused(488, str(error)) from error


async def pass_on(session: Session, ears: Ears) -> None:
    """A phone's new offer within a call goes to whom it hears, and the answer comes back. Raises `Refused`."""
    far, before = session.far, sdp.ufrag(session.said)
    assert session.asked
    if isinstance(far, Session):
        await tie(session, far)
    elif far is None:
        raise Refused(491)
    elif session.ear and before == sdp.ufrag(session.asked.request.body):
        await tie(session, session.ear)
    else:
        await tie(session, ears.lend(session, far))


@asynccontextmanager
async def undisturbed(*sessions: Session) -> AsyncIterator[None]:
    """Nobody else negotiates with these phones meanwhile; always in the same order, so that nobody waits for ever."""
    async with AsyncExitStack() as stack:
        for each in sorted(sessions, key=id):
            await stack.enter_async_context(each.busy)
        yield
