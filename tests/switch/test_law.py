"""The law of the switch: whatever phones and panels do, in whatever order, sessions are those of living legs only."""

import asyncio
import random
from contextlib import suppress

import pytest
from structlog.testing import capture_logs
from tests.switch.conftest import PINS, Switched
from tests.switch.phone import Phone, sdp

from offhook.errors import OffhookError
from offhook.sip.message import Message, Request, Response
from offhook.switch.switch import Switch
from offhook.telephony.phone_system import Action


class Person:
    """A phone whose owner does anything at all; what the exchange asks of it is mostly granted."""

    def __init__(self, chance: random.Random, switched: Switched, line: str) -> None:
        self.chance, self.switched, self.line = chance, switched, line
        self.phone = Phone(line, PINS[line], f"p{line}").plug_in(switched.exchange.connect_phone)
        self.phone.register()
        self.read = len(self.phone.heard)
        self.calls: list[Message] = []  # what a call is known by: our answered INVITE, or theirs that we answered
        self.rings: list[Request] = []
        self.wants = ""

    def listens(self) -> None:
        """Take in what came; answer what needs no thought; dial whom she wanted to ask once the caller is held."""
        if self.wants and self.switched.states(self.line) in (["held"], ["held", "held"]):
            self.phone.dial(self.wants)
            self.wants = ""
        while self.read < len(self.phone.heard):
            message = self.phone.heard[self.read]
            self.read += 1
            if isinstance(message, Response):
                if message.sequence[1] == "INVITE" and 200 <= message.status < 300:
                    self.phone.acknowledge(message)
                    if not any(each.call_id == message.call_id for each in self.calls):
                        self.calls.append(message)
            elif message.method == "INVITE" and message.tag("to"):
                status = self.chance.choice((200, 200, 200, 200, 488, 491))
                self.phone.answer(message, status, sdp(self.line) if status == 200 else "")
            elif message.method == "INVITE":
                self.rings.append(message)
            elif message.method in ("BYE", "CANCEL", "NOTIFY", "INFO"):
                self.phone.answer(message, 200)
                if message.method != "NOTIFY" and message.method != "INFO":
                    self.calls = [each for each in self.calls if each.call_id != message.call_id]
                    self.rings = [each for each in self.rings if each.call_id != message.call_id]

    def does(self) -> None:
        what = self.chance.choice(
            ["dial", "refuse", "bye", "drop", "refer", *["lift"] * 6, *["hold"] * 3, *["attended"] * 3, *["consult"] * 2]
        )
        if what == "dial":
            self.phone.dial(self.chance.choice(("201", "202", "203", "999")))
        elif what in ("lift", "refuse") and self.rings:
            ringing = self.rings.pop()
            status = 200 if what == "lift" else self.chance.choice((486, 603, 480, 500))
            self.phone.answer(ringing, status, sdp(self.line) if status == 200 else "")
            if status == 200:
                self.calls.append(ringing)
        elif what == "drop" and self.phone.connection:
            self.phone.connection.closed()
            self.phone.plug_in(self.switched.exchange.connect_phone).register()
        elif what == "consult" and self.calls:
            self.phone.within(self.calls[-1], "INVITE", body=sdp(self.line, "sendonly"))
            self.wants = self.chance.choice(("201", "202", "203"))
        elif self.calls:
            self._within(what, self.chance.choice(self.calls))

    def _within(self, what: str, call: Message) -> None:
        if what == "bye":
            self.phone.within(call, "BYE")
            self.calls = [each for each in self.calls if each is not call]
        elif what == "hold":
            self.phone.within(call, "INVITE", body=sdp(self.line, self.chance.choice(("sendonly", "sendrecv"))))
        elif what == "refer":
            self.phone.within(
                call, "REFER", ("refer-to", f"<sip:{self.chance.choice(('202', '203', '1'))}@offhook.invalid>")
            )
        elif what == "attended":
            other = self.calls[-1] if call is not self.calls[-1] else self.calls[0]
            tags = f"%3Bto-tag%3D{other.tag('to') or 'lifted'}%3Bfrom-tag%3D{other.tag('from')}"
            to = f"<sip:x@offhook.invalid?Replaces={other.call_id.replace('@', '%40')}{tags}>"
            self.phone.within(call, "REFER", ("refer-to", to))


async def settled(people: list[Person]) -> None:
    """Until nobody has anything to answer."""
    for _ in range(12):
        await asyncio.sleep(0)
        for each in people:
            each.listens()


async def panel_does(chance: random.Random, switched: Switched) -> None:
    calls = list(switched.exchange.calls.values())
    if calls:
        call = chance.choice(calls)
        action = chance.choice(list(Action))
        with suppress(OffhookError):
            await switched.exchange.control(call.id, chance.choice(call.legs).line, action, chance.choice(("202", "203")))


def switch_of(switched: Switched) -> Switch:
    return switched.exchange.phones._switch


def check(switched: Switched) -> None:
    living = {leg.id for call in switched.exchange.calls.values() for leg in call.legs if not leg.ending}
    legs = switch_of(switched).legs
    assert set(legs.sessions) <= living
    assert set(legs._ringing) <= living
    assert all(session.leg == leg for leg, session in legs.sessions.items())
    assert {each for each in legs.sessions.values() if each.is_over} == set()
    for leg, session in legs.sessions.items():
        other = legs.sessions.get(switched.exchange.phones.other(leg) or "")
        if session.is_up and other and other.is_up:
            assert (session.far, other.far) == (other, session)


@pytest.mark.parametrize("seed", range(60))
async def test_whatever_happens_sessions_are_those_of_living_legs(
    switched: Switched, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("offhook.media.ear.is_there", lambda: False)
    chance = random.Random(seed)
    people = [Person(chance, switched, line) for line in PINS]
    with capture_logs() as logs:
        for _ in range(200):
            if chance.random() < 0.08:
                await panel_does(chance, switched)
            elif chance.random() < 0.03:
                await switched.exchange.ring("+1 415 555 0100", chance.choice(list(PINS)))
            else:
                chance.choice(people).does()
            await settled(people)
            check(switched)
        for call in list(switched.exchange.calls):
            if call in switched.exchange.calls:
                await switched.exchange.caller_hangs_up(call)
        await settled(people)
    legs = switch_of(switched).legs
    assert (legs.sessions, legs.dialogs, legs._ringing, legs._to_be_lifted) == ({}, {}, {}, set())
    assert [each for each in logs if each["action"] == "sip.failed"] == []
