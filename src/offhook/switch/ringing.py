"""A line that rings: an INVITE to each of its phones, until one answers, all refuse, or the caller has gone."""

import asyncio
from functools import partial

from offhook.sip import sdp
from offhook.sip.address import user_part, written
from offhook.sip.dialog import CONTACT, VIA, called
from offhook.sip.message import Request, Response
from offhook.sip.registrar import Phone
from offhook.sip.transaction import Asking, new_branch, new_tag
from offhook.switch.board import Caller, Refused
from offhook.switch.session import ALLOW, CALL

# RFC 3326: with these a phone does not count the call as missed.
ELSEWHERE = ("reason", 'SIP;cause=200;text="Call completed elsewhere"')
# When no phone answers, the worst of these is what the line says; 600 and more counts at once (RFC 3261 16.7).
_SAYS_MOST = (486, 480, 408)

Picked = tuple[Phone, Request, Response]


class Ringing:
    """`picked` becomes the phone that answered, our INVITE and its answer; or raises `Refused`."""

    def __init__(self, line: str, caller: Caller, offer: str, domain: str) -> None:
        """`offer`: empty when the phone is to offer."""
        self._line, self._caller, self._offer, self._domain = line, caller, offer, domain
        self.picked: asyncio.Future[Picked] = asyncio.get_running_loop().create_future()
        self._forks: dict[str, Asking] = {}
        self._refusals: list[int] = []

    def add(self, phone: Phone) -> None:
        """Ring a phone, too; one that rings already is left alone."""
        if phone.contact in self._forks or self.picked.done():
            return
        invite = self._invite(phone)
        self._forks[phone.contact] = phone.link.ask(invite, partial(self._heard, phone, invite))

    @property
    def has_phones(self) -> bool:
        return bool(self._forks)

    def cancel(self, *why: tuple[str, str]) -> None:
        """Stop ringing."""
        for asking in self._forks.values():
            asking.cancel(*why)
        if not self.picked.done():
            self.picked.cancel()

    def _heard(self, phone: Phone, invite: Request, response: Response) -> None:
        if response.status < 200:
            return
        asking = self._forks.get(phone.contact)
        if response.status < 300:
            self._answered(phone, invite, response)
        elif not self.picked.done() and asking and asking.request is invite:
            self._refused(phone, response.status)

    def _answered(self, phone: Phone, invite: Request, response: Response) -> None:
        if self.picked.done():
            self._too_late(phone, invite, response)
            return
        self.picked.set_result((phone, invite, response))
        del self._forks[phone.contact]
        self.cancel(ELSEWHERE)

    def _too_late(self, phone: Phone, invite: Request, response: Response) -> None:
        """Two phones were lifted in the same moment; the second is hung up."""
        dialog = called(invite, response)
        phone.link.send(dialog.ack(invite, new_branch()))
        phone.link.ask(dialog.request("BYE", new_branch(), ELSEWHERE), lambda response: None)

    def _refused(self, phone: Phone, status: int) -> None:
        del self._forks[phone.contact]
        self._refusals.append(status)
        if status >= 600:
            self.picked.set_exception(Refused(status))
            self.cancel()
        elif not self._forks:
            worst = (each for each in _SAYS_MOST if each in self._refusals)
            self.picked.set_exception(Refused(next(worst, status)))

    def _invite(self, phone: Phone) -> Request:
        caller = self._caller
        whose = written(f"sip:{user_part(caller.number)}@{self._domain}", caller.name, tag=new_tag())
        headers = (
            ("via", VIA.format(new_branch())),
            ("max-forwards", "70"),
            ("from", whose),
            ("to", f"<sip:{user_part(self._line)}@{self._domain}>"),
            ("call-id", f"{new_tag()}@{self._domain}"),
            ("cseq", "1 INVITE"),
            ("contact", CONTACT),
            (CALL, caller.call),
            ALLOW,
            *((sdp.TYPE,) if self._offer else ()),
        )
        return Request(headers, self._offer, "INVITE", phone.contact)
