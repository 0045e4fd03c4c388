import pytest

from offhook.errors import WrongLineLogin
from offhook.telephony.exchange import FarEnd, Line, by_number
from offhook.telephony.exchange.lines import CODES, Lines

LINES = Lines({"201": Line("201", "7391", "Ben"), "desk": Line("+1 415 555 0203", "9134"), "door": Line("300", "")})


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("201", "201"),
        (" 201 ", "201"),
        ("+14155550203", "desk"),
        ("1-415-555-0203", "desk"),
        ("desk", "desk"),
        ("415", None),
        ("", None),
        ("nobody", None),
    ],
)
def test_it_finds_a_line_by_its_key_or_any_writing_of_its_number(written: str, key: str | None) -> None:
    assert LINES.find(written) == key


def test_it_gives_the_name_of_the_line_or_else_its_number() -> None:
    assert LINES.log_in("201", "7391") == "Ben"
    assert LINES.log_in("desk", "9134") == "+1 415 555 0203"


@pytest.mark.parametrize(
    ("line", "pin"),
    [("201", "7392"), ("201", ""), ("300", ""), ("door", "0"), ("9", ""), ("9", "7391"), ("2-01", "7391")],
)
def test_it_lets_nobody_in_with_a_wrong_pin_or_at_a_line_without_one(line: str, pin: str) -> None:
    with pytest.raises(WrongLineLogin):
        LINES.log_in(line, pin)


def test_it_never_shows_a_pin() -> None:
    assert "7391" not in repr(Line("201", "7391", "Ben"))


@pytest.mark.parametrize(
    ("number", "does"),
    [
        ("+14155550199", FarEnd.BUSY),
        ("+1 415 555 01 98", FarEnd.SILENT),
        ("+14155550197", FarEnd.FAILS),
        ("+14155550100", FarEnd.ANSWERS),
        ("", FarEnd.ANSWERS),
    ],
)
def test_it_plays_the_far_end_by_the_end_of_the_number(number: str, does: FarEnd) -> None:
    assert by_number(number) is does


@pytest.mark.parametrize("code", list(CODES))
def test_a_code_is_no_line_and_is_answered(code: str) -> None:
    digits = code.removeprefix("*")
    lines = Lines({digits: Line(digits, "1234")})
    assert (lines.find(code), lines.find(digits)) == (None, digits)
    assert by_number(code) is FarEnd.ANSWERS
