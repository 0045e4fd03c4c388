"""Bytes: whole, cut anywhere, too long, of another alphabet, or of nobody's making."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.telephony.asterisk.lines import Lines
from offhook.telephony.asterisk.wire import MAX_LINE, MAX_MESSAGE, Framing, action

ONE = b"Event: Newstate\r\nChannel: PJSIP/201-1\r\n\r\n"
TWO = b"Event: Hangup\r\nCause-txt: a: b\r\n\r\n"
BOTH = [{"Event": "Newstate", "Channel": "PJSIP/201-1"}, {"Event": "Hangup", "Cause-txt": "a: b"}]


@given(st.lists(st.integers(0, len(ONE + TWO)), max_size=10))
def test_messages_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    data, framing, at = ONE + TWO, Framing(), 0
    found = []
    for cut in [*sorted(cuts), len(data)]:
        found += list(framing.feed(data[at:cut]))
        at = cut
    assert found == BOTH


def test_the_greeting_is_no_message() -> None:
    assert list(Framing().feed(b"Asterisk Call Manager/7.0.3\r\n" + ONE)) == BOTH[:1]


@pytest.mark.parametrize("name", ["Jürgen", "Ωmega"])
def test_names_are_read_in_utf_8(name: str) -> None:
    [message] = Framing().feed(f"CallerIDName: {name}\r\n\r\n".encode())
    assert message["CallerIDName"] == name


def test_a_name_that_is_no_utf_8_is_read_as_latin_1() -> None:
    [message] = Framing().feed("CallerIDName: Jürgen\r\n\r\n".encode("latin-1"))
    assert message["CallerIDName"] == "Jürgen"


@pytest.mark.parametrize("chunk", [1000, 65_536, 3_000_000])
def test_a_line_of_a_megabyte_is_left_out_and_the_next_message_is_heard(chunk: int) -> None:
    data = b"Event: Newstate\r\nCallerIDName: " + b"x" * 1_000_000 + b"\r\nUniqueid: 1\r\n\r\n" + TWO
    framing, found = Framing(), []
    for at in range(0, len(data), chunk):
        found += list(framing.feed(data[at : at + chunk]))
        assert len(framing._rest) <= MAX_LINE
    assert (found, framing.dropped) == (BOTH[1:], 1)


def test_a_message_of_very_many_lines_is_left_out_and_not_kept_meanwhile() -> None:
    framing = Framing()
    for _ in range(100):
        assert list(framing.feed(b"ChanVariable: x=y\r\n" * 1000)) == []
        assert sum(map(len, framing._lines)) <= MAX_MESSAGE
    assert list(framing.feed(b"\r\n" + TWO)) == BOTH[1:]
    assert framing.dropped == 1


@given(st.lists(st.binary(max_size=300)))
def test_whatever_comes_raises_nothing(chunks: list[bytes]) -> None:
    framing = Framing()
    for chunk in chunks:
        for message in framing.feed(chunk):
            assert all(text.isprintable() or "\n" not in text for text in message.values())


def test_no_value_of_a_request_brings_in_a_line_of_its_own() -> None:
    sent = action("Originate", {"Exten": "1\r\nApplication: System\r\nData: rm", "CallerID": ""})
    assert sent == b"Action: Originate\r\nExten: 1Application: SystemData: rm\r\n\r\n"


@pytest.mark.parametrize(
    ("channel", "line"),
    [
        ("PJSIP/201-0000001a", "201"),
        ("PJSIP/trunk-0000001a", ""),
        ("PJSIP/4930123-0000001a", ""),
        ("SIP/201-0000001a", ""),
        ("Local/201@from-internal-0000001a;1", ""),
        ("PJSIP/2-0000001a", ""),
        ("PJSIP/201", "201"),
        ("", ""),
    ],
)
def test_a_channel_of_a_line_is_told_from_others(channel: str, line: str) -> None:
    assert Lines(trunks=("4930*",)).of(channel) == line


def test_lines_may_have_other_names_and_other_channels() -> None:
    lines = Lines(("SIP/{line}", "Agent/{line}"), (), ("ben", "cleo-2"))
    channels = ("SIP/ben-0001f0a2", "Agent/cleo-2-0001f0a2", "SIP/201-0001f0a2")
    assert [lines.of(each) for each in channels] == ["ben", "cleo-2", ""]
    assert lines.channel("ben") == "SIP/ben"
