"""One phone's part in one call: a SIP dialog, and the SDP of both sides as this phone knows it.

Who calls whom is the same here: a session *offers*, or it *answers* an offer and is *settled*. Its phone's INVITE that
waits for an answer is an offer; so is what it says to an INVITE of ours that came without one.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from offhook.media.attendants import Attendant
from offhook.media.ear import Ear
from offhook.sip import sdp
from offhook.sip.dialog import CONTACT, Dialog
from offhook.sip.message import Request, Response
from offhook.sip.transaction import PATIENCE, Asked, Link, new_branch
from offhook.switch.board import Refused

# The header by which the phone's call and the panel's are one.
CALL = "x-offhook-call"
# Answers to a phone whose INVITE waits.
ALLOW = ("allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY")
_TRIES = 6


class Session:
    """`leg` and `line` name it; `far` is who it hears: another session, an attendant, or nobody yet."""

    def __init__(self, line: str, link: Link, dialog: Dialog) -> None:
        self.leg, self.line, self.link, self.dialog = "", line, link, dialog
        # The connection on which the phone is now: phones come back on another one.
        self.reach: Callable[[Session], Link | None] = lambda session: session.link
        self.asked: Asked | None = None
        self.owed: Request | None = None
        self.far: Session | Attendant | None = None
        self.ear: Ear | None = None
        self.said = self.given = ""
        self.is_held = self.is_muted = self.is_up = self.is_over = False
        self.busy = asyncio.Lock()
        self.lost: asyncio.TimerHandle | None = None
        self.unacknowledged: asyncio.TimerHandle | None = None

    @property
    def call(self) -> str:
        return self.leg.rpartition(".")[0]

    # Offers and answers.

    async def offer(self) -> str:
        """What the phone offers: in its INVITE that waits, in its answer to one of ours, else it is asked for it."""
        if self.asked:
            self.said = self.asked.request.body
        elif not self.owed:
            await self._invite("")
        return self.said

    @property
    def has_offer(self) -> bool:
        """Whether an offer of its own waits for an answer."""
        return bool(self.asked or self.owed)

    async def answer(self, offer: str) -> str:
        """What the phone answers to an offer."""
        await self._invite(offer)
        self.lifted(offer)
        return self.said

    def lifted(self, offer: str) -> None:
        """The phone answered `offer`, which is acknowledged."""
        self.given, self.is_up = offer, True
        self._acknowledge("")

    async def settle(self, answer: str) -> None:
        """The answer to what the phone offered."""
        self.given, self.is_up = answer, True
        if self.asked:
            asked, self.asked = self.asked, None
            asked.answer(200, ("contact", CONTACT), (CALL, self.call), ALLOW, sdp.TYPE, body=answer)
        else:
            self._acknowledge(answer)

    async def direct(self) -> None:
        """Tell the phone which way its sound goes: as it is held and muted from elsewhere."""
        way = "inactive" if self.is_held else "sendonly" if self.is_muted else "sendrecv"
        async with self.busy:
            await self.answer(sdp.offered_again(self.given, way))

    async def _invite(self, body: str) -> Response:
        for _ in range(_TRIES):
            response = await self._ask("INVITE", (CALL, self.call), *((sdp.TYPE,) if body else ()), body=body)
            if response.status != 491:
                break
            await asyncio.sleep(0.1 + secrets.randbelow(1000) / 1000)  # both asked at once (RFC 3261 14.1)
        if response.status >= 300:
            raise Refused(response.status)
        self.dialog.retarget(response)
        self.said = response.body
        return response

    async def _ask(self, method: str, *more: tuple[str, str], body: str = "") -> Response:
        link = self.reach(self)
        if link is None or self.is_over:
            raise Refused(480)
        request = self.dialog.request(method, new_branch(), *more, body=body)
        if method == "INVITE":
            self.owed = request
        heard: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def hear(response: Response) -> None:
            if response.status >= 200 and not heard.done():
                heard.set_result(response)

        link.ask(request, hear)
        return await heard

    def _acknowledge(self, body: str) -> None:
        link = self.reach(self)
        if self.owed and link:
            link.send(self.dialog.ack(self.owed, new_branch(), body))
        self.owed = None

    # Said once, without waiting.

    def tell(self, method: str, *more: tuple[str, str], body: str = "") -> None:
        """A request whose answer changes nothing."""
        link = self.reach(self)
        if link and not self.is_over:
            link.ask(self.dialog.request(method, new_branch(), *more, body=body), lambda response: None)

    def end(self, status: int) -> None:
        """Refuse the phone's INVITE, or hang up. Once."""
        if self.is_over:
            return
        if self.asked and not self.is_up:
            self.asked.answer(status)
        else:
            if self.asked:
                self.asked.answer(487)
            if self.owed:
                self._acknowledge("")
            self.tell("BYE")
        self.over()

    def over(self) -> None:
        """Nothing more is said or heard."""
        self.is_over, self.is_up = True, False
        self.quiet()

    def quiet(self) -> None:
        """Wait for nothing any more."""
        for timer in (self.lost, self.unacknowledged):
            if timer:
                timer.cancel()

    def expect_acknowledgement(self, otherwise: Callable[[], Any]) -> None:
        """A phone that never acknowledges is not there (RFC 3261 13.3.1.4)."""
        self.unacknowledged = asyncio.get_running_loop().call_later(PATIENCE, otherwise)

    def is_acknowledged(self) -> None:
        if self.unacknowledged:
            self.unacknowledged.cancel()
