import contextlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sip.messages import INVITE, request

from offhook.sip.message import (
    LONGEST_LINE,
    MOST_BYTES,
    MOST_HEADERS,
    Malformed,
    Request,
    Response,
    answer,
    read,
    write,
)

OK = (
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b.c>;tag=1\r\n"
    "To: <sip:d@b.c>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
)


def test_a_request_is_read() -> None:
    invite = request()
    assert (invite.method, invite.uri) == ("INVITE", "sip:202@offhook.invalid")
    assert (invite.call_id, invite.sequence) == ("a84b4c76e66710@k3j2h.invalid", (314159, "INVITE"))
    assert (invite.branch, invite.tag("from"), invite.tag("to")) == ("z9hG4bKnashds8", "1928301774", "")
    assert invite.body == "v=0\r\n"


def test_a_response_is_read() -> None:
    response = read(OK)
    assert isinstance(response, Response)
    assert (response.status, response.reason, response.tag("to")) == (200, "OK", "2")


def test_what_is_written_is_read_again() -> None:
    for text in (INVITE, OK):
        assert read(write(read(text))) == read(write(read(write(read(text)))))
    again = read(write(request()))
    assert (again.body, again.every("contact")) == (request().body, request().every("contact"))


def test_the_length_is_counted_in_bytes() -> None:
    made = Request(request().headers, "grüß ☎", "INVITE", "sip:202@offhook.invalid")
    assert "Content-Length: 10" in write(made)
    assert read(write(made)).body == "grüß ☎"


def test_an_answer_goes_back_the_way_the_request_came() -> None:
    two = INVITE.replace("Max-Forwards", "Via: SIP/2.0/WS second.invalid;branch=z9hG4bK2\r\nMax-Forwards")
    ringing = answer(request(two), 180, tag="ours")
    assert len(ringing.every("via")) == 2
    assert ringing.tag("to") == "ours"
    assert ringing.sequence == (314159, "INVITE")
    assert (
        answer(request(INVITE.replace("To: <sip:202@offhook.invalid>", "To: <sip:2@x.y>;tag=t")), 200, tag="u").tag("to")
        == "t"
    )


# In the spirit of RFC 4475: strange, and right.

STRANGE = {
    "compact names": INVITE.replace("From", "f").replace("To:", "t:").replace("Call-ID", "i").replace("Via", "v"),
    "folded lines": INVITE.replace("CSeq: 314159 INVITE", "CSeq: 314159\r\n  \t INVITE"),
    "blanks before the colon": INVITE.replace("Max-Forwards:", "Max-Forwards  \t :"),
    "names in any case": INVITE.replace("Call-ID", "cALL-iD").replace("From", "FROM"),
    "blank lines before it": "\r\n\r\n" + INVITE,
    "a method nobody knows": INVITE.replace("INVITE", "!interesting-Method0123456789_*+`.%~"),
    "a user that is escaped": INVITE.replace("sip:202@", "sip:sip%3Auser%40example.com@"),
    "a number as address": INVITE.replace("sip:202@offhook.invalid", "tel:+14155550100"),
    "unknown headers, empty ones": INVITE.replace("Max-", "X-Nothing:\r\nX-Else: ;;,,;;,;\r\nMax-"),
    "a quoted name with brackets": INVITE.replace('"Ben"', r'"<B\"en, the \\ Bell>;tag=no"'),
    "no length": INVITE.replace("Content-Length: 5\r\n", ""),
    "more after the body than it says": INVITE + "and so on",
    "two ways back in one line": INVITE.replace("z9hG4bKnashds8", "z9hG4bKnashds8, SIP/2.0/WS b.invalid;branch=z9hG4bK2"),
    "wide words": INVITE.replace('"Ben"', '"Бен ☎"'),
    "the last number there is": INVITE.replace("314159", str(2**31 - 1)),
    "semicolons in the user": INVITE.replace("sip:202@", "sip:202;par=u@"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_strange_but_right_is_read(name: str) -> None:
    message = request(STRANGE[name])
    assert message.body == "v=0\r\n" or name == "no length"
    assert message.tag("from") == "1928301774"
    assert message.branch == "z9hG4bKnashds8"


WRONG = {
    "nothing": "",
    "a ping": "\r\n\r\n",
    "no end of the headers": INVITE.partition("\r\n\r\n")[0],
    "cut in the body": INVITE[:-3],
    "cut in a header": INVITE[:200],
    "a length below nought": INVITE.replace("Content-Length: 5", "Content-Length: -999"),
    "a length that is none": INVITE.replace("Content-Length: 5", "Content-Length: five"),
    "a length of other digits": INVITE.replace("Content-Length: 5", "Content-Length: ٥"),
    "two lengths": INVITE.replace("Content-Length: 5", "Content-Length: 5\r\nl: 0"),
    "two Call-IDs": INVITE.replace("Call-ID: ", "Call-ID: x\r\nCall-ID: "),
    "two Froms": INVITE.replace("From: ", "From: <sip:x@y.z>;tag=3\r\nFrom: "),
    "no Via": INVITE.replace("Via: ", "X-Via: "),
    "a Via of nothing": INVITE.replace("SIP/2.0/WS k3j2h.invalid;branch=z9hG4bKnashds8", ",,,"),
    "a CSeq of another method": INVITE.replace("314159 INVITE", "314159 BYE"),
    "a CSeq that is too large": INVITE.replace("314159", "36893488147419103232"),
    "another version": INVITE.replace("offhook.invalid SIP/2.0", "offhook.invalid SIP/7.0"),
    "blanks in the first line": INVITE.replace(
        "INVITE sip:202@offhook.invalid SIP", "INVITE  sip:202@offhook.invalid  SIP"
    ),
    "an address in brackets": INVITE.replace("INVITE sip:202@offhook.invalid", "INVITE <sip:202@offhook.invalid>"),
    "an address with a blank": INVITE.replace("INVITE sip:202@", "INVITE sip:20 2@"),
    "a quote that is never closed": INVITE.replace('"Ben" <', '"Ben <'),
    "a bracket that is never closed": INVITE.replace("To: <sip:202@offhook.invalid>", "To: <sip:202@offhook.invalid"),
    "a NUL": INVITE.replace("a84b", "a8\0b"),
    "a line that is no header": INVITE.replace("Max-Forwards: 70", "Max-Forwards 70"),
    "only line feeds": INVITE.replace("\r\n", "\n"),
    "a line feed in a value": INVITE.replace("70", "70\nX-Injected: yes"),
    "a Max-Forwards of words": INVITE.replace("70", "a few"),
    "no hop left": INVITE.replace("70", "0"),
    "a status of no kind": OK.replace("200", "4294967301"),
    "a status below 100": OK.replace("200 OK", "099 Low"),
    "a web server's answer": "HTTP/1.1 400 Bad Request\r\n\r\n",
    "too many headers": INVITE.replace("Max-", "X-A: b\r\n" * MOST_HEADERS + "Max-"),
    "a line that is too long": INVITE.replace("Max-", f"X-A: {'b' * LONGEST_LINE}\r\nMax-"),
    "more than a message may have": INVITE + "x" * MOST_BYTES,
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(Malformed) as raised:
        read(WRONG[name])
    assert raised.value.says.endswith(".")
    assert raised.value.status in (400, 483, 505, 513)


def test_whoever_sent_something_wrong_can_be_told_if_it_says_who_that_is() -> None:
    with pytest.raises(Malformed) as raised:
        read(WRONG["another version"])
    assert raised.value.request is not None
    assert write(answer(raised.value.request, raised.value.status)).startswith("SIP/2.0 505 Version Not Supported\r\n")
    with pytest.raises(Malformed) as raised:
        read(WRONG["no Via"])
    assert raised.value.request is None


def test_every_part_of_a_message_is_refused_or_read() -> None:
    raw = INVITE.encode()
    for end in range(len(raw)):
        with pytest.raises(Malformed):
            read(raw[:end])


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_ten_thousand_spoiled_messages_are_read_or_refused(chance: random.Random) -> None:
    """A hundred examples of a hundred; nothing but `Malformed` comes out, and what is read can be written and read."""
    for _ in range(100):
        spoiled = bytearray(chance.choice((INVITE, OK)).encode())
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(spoiled))
            match chance.randrange(5):
                case 0:
                    spoiled[at] = chance.randrange(256)
                case 1:
                    del spoiled[at : at + chance.randint(1, 20)]
                case 2:
                    spoiled[at:at] = spoiled[: chance.randint(1, 60)]
                case 3:
                    spoiled[at:at] = chance.choice((b"\r\n", b'"', b"<", b">", b";tag=", b",", b"\0", b"\\", b"%", b":"))
                case _:
                    spoiled[at:at] = chance.randbytes(3)
            if not spoiled:
                break
        try:
            message = read(bytes(spoiled))
        except Malformed:
            continue
        message.every("contact"), message.tag("to"), message.branch
        assert read(write(message)).body == message.body


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400))
def test_anything_at_all_is_read_or_refused(frame: bytes | str) -> None:
    with contextlib.suppress(Malformed):
        read(frame)


@pytest.mark.parametrize(
    "filling",
    ['"' * 8000, "<" * 8000, ";" * 8000, "," * 8000, '"\\' * 4000, " " * 8000, "a;" * 4000, "SIP / 2.0 / " * 600],
)
def test_the_largest_message_takes_no_more_than_a_moment(filling: str) -> None:
    for header in ("From: ", "Via: ", "Contact: ", "CSeq: "):
        text = INVITE.replace(header, f"{header}{filling}")
        began = time.perf_counter()
        with contextlib.suppress(Malformed):
            message = read(text)
            message.every("contact"), message.tag("from")
        assert time.perf_counter() - began < 0.25
