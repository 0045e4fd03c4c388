"""What phones never say, and attackers do. The exchange goes on serving, and forgets them."""

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.switch.conftest import PINS, Switched
from tests.switch.phone import Phone, sdp, until
from tests.switch.served import Served, served
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from offhook.sip.digest import authorization
from offhook.sip.message import Request, Response, read, write
from offhook.switch.connection import AT_ONCE, MOST_NONSENSE
from offhook.switch.switch import MOST_OF_A_LINE

Phones = Callable[..., Phone]

GOOD = (
    "OPTIONS sip:offhook.invalid SIP/2.0\r\nVia: SIP/2.0/WS p.invalid;branch=z9hG4bK{0}\r\n"
    "From: <sip:201@offhook.invalid>;tag=1\r\nTo: <sip:201@offhook.invalid>\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\n\r\n"
)

# In the manner of RFC 4475, and none of its text: what is odd and right, with the status that it must get…
ODD_BUT_RIGHT = {
    "folded, compact and in capitals": (
        "OPTIONS sip:offhook.invalid SIP/2.0\r\nv: SIP / 2.0 / WS\r\n p.invalid ; branch = z9hG4bKa\r\n"
        'f: "A \\"quoted\\" name" <sip:201@offhook.invalid>;tag=1\r\nT:\t<sip:201@offhook.invalid>\r\nI: a\r\n'
        "CSEQ:   0001\t OPTIONS\r\nMAX-FORWARDS : 70\r\nX-Nobody-Knows: ;;,,;;,;\r\nL: 0\r\n\r\n",
        200,
    ),
    "an escaped user": (GOOD.format("b").replace("<sip:201@", "<sip:%32%30%31@"), 200),
    "no hops left are needed": (GOOD.format("c").replace("Max-Forwards: 70", "Max-Forwards: 0"), 200),
    "a method of the future": (GOOD.format("d").replace("OPTIONS", "!future~1'%"), 405),
    "a demand that nobody can meet": (GOOD.format("e").replace("Max-F", "Require: nothing-known\r\nMax-F"), 420),
    "an address of another kind": (GOOD.format("f").replace("OPTIONS sip:offhook.invalid", "OPTIONS tel:+1415"), 200),
}
# … and what is wrong: refused with this status, or with none where nobody could be answered.
WRONG = {
    "a version of the future": (GOOD.format("g").replace(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia"), 505),
    "another method counted": (GOOD.format("h").replace("1 OPTIONS", "1 INVITE"), 400),
    "a count beyond 31 bits": (GOOD.format("i").replace("1 OPTIONS", "36893488147419103232 OPTIONS"), 400),
    "two lengths": (GOOD.format("j").replace("Max-F", "Content-Length: 0\r\nl: 4\r\nMax-F"), 400),
    "a length below nought": (GOOD.format("k").replace("Max-F", "Content-Length: -5\r\nMax-F"), 400),
    "a length beyond the end": (GOOD.format("l").replace("Max-F", "Content-Length: 9999\r\nMax-F"), 400),
    "two names of one call": (GOOD.format("m").replace("Max-F", "Call-ID: other\r\nMax-F"), 400),
    "a quote without end": (GOOD.format("n").replace("To: <", 'To: "Ben <'), 400),
    "brackets without end": (GOOD.format("o").replace("invalid>\r\nCall", "invalid\r\nCall"), 400),
    "no sender": (GOOD.format("p").replace("From: <sip:201@offhook.invalid>;tag=1\r\n", ""), None),
    "a NUL": (GOOD.format("q").replace("Max-F", "X: a\0b\r\nMax-F"), None),
    "no end": (GOOD.format("r").rstrip("\r\n"), None),
    "an answer of the sixth kind": ("SIP/2.0 666 Beast\r\n" + GOOD.format("s").partition("\r\n")[2], None),
    "an answer that nobody asked for": ("SIP/2.0 200 OK\r\n" + GOOD.format("t").partition("\r\n")[2], None),
    "a hundred and thirty headers": (GOOD.format("u").replace("Max-F", "X: y\r\n" * 130 + "Max-F"), None),
    "forty kilobytes": (GOOD.format("v") + "x" * 40_000, None),
}


@pytest.mark.parametrize("name", [*ODD_BUT_RIGHT, *WRONG])
async def test_torture(switched: Switched, phone: Phones, name: str) -> None:
    ben = phone("201")
    before = len(ben.heard)
    text, status = (ODD_BUT_RIGHT | WRONG)[name]
    ben.say(text)
    said = [each.status for each in ben.heard[before:] if isinstance(each, Response)]
    assert said == ([] if status is None else [status])
    assert ben.statuses(ben.ask("OPTIONS")) == [200]


# Passwords.


async def test_a_proof_counts_once(switched: Switched) -> None:
    ben = Phone("201", PINS["201"]).plug_in(switched.exchange.connect_phone)
    challenge = ben.answers(ben.ask("REGISTER", call_id="r"))[-1].first("www-authenticate")
    proven = ben.proven(challenge, call_id="r")
    ben.say(proven)
    assert ben.answers(proven)[-1].status == 200
    thief = Phone("201", "").plug_in(switched.exchange.connect_phone)
    again = thief.request("REGISTER", "sip:offhook.invalid", call_id="other")
    thief.say(Request((*again.headers, ("authorization", proven.first("authorization"))), "", again.method, again.uri))
    assert thief.answers(again)[-1].status == 401
    assert "stale=true" in thief.answers(again)[-1].first("www-authenticate")


async def test_guessing_a_pin_ends_and_the_agents_own_phone_still_registers(switched: Switched) -> None:
    for _ in range(15):
        assert Phone("201", "0000", "thief").plug_in(switched.exchange.connect_phone).register().status == 403
    assert Phone("201", PINS["201"], "thief").plug_in(switched.exchange.connect_phone).register().status == 403


async def test_the_agents_own_phone_still_registers_while_somebody_guesses(switched: Switched) -> None:
    for _ in range(15):
        Phone("201", "0000", "thief").plug_in(switched.exchange.connect_phone).register()
    given = await switched.exchange.softphone("201")
    assert Phone("201", given.password).plug_in(switched.exchange.connect_phone).register().status == 200


async def test_nobody_registers_for_another_line(switched: Switched) -> None:
    ben = Phone("201", PINS["201"]).plug_in(switched.exchange.connect_phone)
    challenge = ben.answers(ben.ask("REGISTER", call_id="r"))[-1].first("www-authenticate")
    hers = ben.request("REGISTER", "sip:offhook.invalid", call_id="r", to="<sip:202@offhook.invalid>")
    ben.say(Request((*hers.headers, authorization(hers, challenge, "201", PINS["201"])), "", hers.method, hers.uri))
    assert ben.answers(hers)[-1].status == 403


# Floods.


async def test_a_storm_of_registrations_leaves_few_phones(switched: Switched) -> None:
    for number in range(300):
        assert Phone("201", PINS["201"], f"p{number}").plug_in(switched.exchange.connect_phone).register().status == 200
    assert len(switched.exchange.phones._switch.registrar.phones("201")) == 10


async def test_a_phone_that_says_too_much_is_closed(switched: Switched) -> None:
    ben = Phone("201", PINS["201"]).plug_in(switched.exchange.connect_phone)
    number = 0
    while not ben.closed and number < 20 * AT_ONCE:
        ben.say(GOOD.format(number))
        number += 1
    assert [code for code, _ in ben.closed] == [1008]
    assert len(ben.heard) == number - 1 >= AT_ONCE


async def test_a_phone_that_talks_nonsense_is_closed(switched: Switched) -> None:
    ben = Phone("201", PINS["201"]).plug_in(switched.exchange.connect_phone)
    for _ in range(MOST_NONSENSE + 1):
        ben.say("GET / HTTP/1.1\r\n\r\n")
    assert [code for code, _ in ben.closed] == [1002]


async def test_a_line_has_a_handful_of_calls(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    for _ in range(MOST_OF_A_LINE):
        await switched.exchange.ring("anonymous", "201")
    cleo.dial("201")
    dialled = [ben.dial("203") for _ in range(20)]
    await until(lambda: ben.statuses(dialled[-1])[-1] == 486)
    assert len(switched.exchange.phones._switch.legs.sessions) <= 2 * MOST_OF_A_LINE


# Ten thousand.


def spoiled(chance: random.Random, good: list[bytes]) -> bytes:
    """A message that was cut, doubled, mixed with another one, or has other bytes here and there."""
    text = bytearray(chance.choice(good))
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        at = chance.randrange(len(text) or 1)
        kind = chance.randrange(7)
        if kind == 0:
            text[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del text[at : at + chance.randrange(60)]
        elif kind == 2:
            text[at:at] = chance.choice(
                (b"\0", b"\r\n", b"%00", b";" * 200, b"9" * 40, "\u202e".encode(), b"<sip:", b'"')
            )
        elif kind == 3:
            other = chance.choice(good)
            text[at:] = other[chance.randrange(len(other)) :]
        elif kind == 4:
            text[at:at] = text[at : at + chance.randrange(200)]
        elif kind == 5:
            lines = bytes(text).split(b"\r\n")
            chance.shuffle(lines)
            text = bytearray(b"\r\n".join(lines))
        else:
            text = text[: chance.randrange(len(text) + 1)]
    return bytes(text)


def good_messages(chance: random.Random) -> Iterator[bytes]:
    for number in range(40):
        ben = Phone("201", PINS["201"], f"n{number}")
        invite = ben.request(
            "INVITE", f"sip:{chance.choice(('202', '*43', '*97', '+14155550100'))}@offhook.invalid", body=sdp("x")
        )
        yield write(invite).encode()
        for method in ("REGISTER", "ACK", "BYE", "CANCEL", "REFER", "INFO", "UPDATE", "OPTIONS", "NOTIFY", "MESSAGE"):
            more = (("refer-to", "<sip:202@offhook.invalid?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"),)
            yield write(ben.request(method, "sip:exchange@offhook.invalid", *more, call_id=invite.call_id)).encode()
        yield write(Response(invite.headers, sdp("y"), chance.choice((180, 200, 401, 486, 491)), "Whatever")).encode()


async def registered(server: Served, line: str) -> ClientConnection:
    """A connection on which a phone is registered."""
    phone = Phone(line, f"{line}0", f"f{random.random()}")
    socket = await connect(server.sip, subprotocols=["sip"])
    await socket.send(write(phone.request("REGISTER", "sip:offhook.invalid", call_id="reg")))
    answer = read(await socket.recv())
    await socket.send(write(phone.proven(answer.first("www-authenticate"), call_id="reg")))
    answer = read(await socket.recv())
    assert isinstance(answer, Response)
    assert answer.status == 200
    return socket


async def poured(server: Served, messages: list[bytes]) -> int:
    """All of them, over as many connections as it takes, since each is closed after a while."""
    sent = 0
    while messages:
        socket = await registered(server, "201")
        try:
            while messages:
                await socket.send(messages[-1])
                messages.pop()
                sent += 1
                if sent % 50 == 0:
                    await asyncio.wait_for(socket.ping(), 5)
        except ConnectionClosed:
            continue
        finally:
            await socket.close()
    return sent


def resident() -> int:
    """Bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


async def test_ten_thousand_spoiled_messages_over_the_websocket_change_nothing(tmp_path: Path) -> None:
    chance = random.Random(4475)
    good = list(good_messages(chance))
    with capture_logs() as logs:
        await _ten_thousand(chance, good, tmp_path)
    assert [each for each in logs if each["action"] == "sip.failed"] == []


async def _ten_thousand(chance: random.Random, good: list[bytes], folder: Path) -> None:
    async with served(folder) as server:
        await poured(server, [spoiled(chance, good) for _ in range(2_000)])
        before = resident()
        assert await poured(server, [spoiled(chance, good) for _ in range(8_000)]) == 8_000
        assert resident() - before < 60_000_000
        legs = server.exchange.phones._switch.legs
        legs_left = len(legs.sessions) + len(legs.dialogs) + len(legs._ringing)
        assert legs_left <= 3 * MOST_OF_A_LINE
        cleo = await registered(server, "202")
        call = await server.exchange.ring("+1 415 555 0100", "202")
        async with asyncio.timeout(10):
            while b"X-Offhook-Call: " + call.encode() not in (await cleo.recv(decode=False)):
                pass
        await cleo.close()
