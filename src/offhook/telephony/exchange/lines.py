"""The exchange's lines, and the far end of numbers outside it, which is played."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from offhook.errors import WrongLineLogin


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number as people dial it, the PIN of its login (a line with an empty one cannot be used), its name."""

    number: str
    pin: str = field(repr=False)
    name: str = ""


class FarEnd(StrEnum):
    """What the other side of a call that we make, or a line that rings, does about it."""

    ANSWERS = "answers"
    BUSY = "busy"
    FAILS = "fails"
    SILENT = "silent"  # it rings until the time is up


Plays = Callable[[str], FarEnd]

# What a phone may dial besides lines and numbers, and who is at the other end.
CODES = {"*43": "echo", "*44": "announcement", "*45": "caller", "*97": "voicemail"}

_DEMO_ENDINGS = {"99": FarEnd.BUSY, "98": FarEnd.SILENT, "97": FarEnd.FAILS}


def by_number(number: str) -> FarEnd:
    """The demo's far end: a number that ends in 99 is busy, 98 never answers, 97 fails; codes and all others answer."""
    if number in CODES:
        return FarEnd.ANSWERS
    return _DEMO_ENDINGS.get(_digits(number)[-2:], FarEnd.ANSWERS)


class Lines:
    """The lines by key; found by their key or their number, however it is written."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self._lines = dict(lines)
        self._keys = {_digits(line.number) or line.number: key for key, line in lines.items()}
        self._keys |= {key: key for key in lines}

    def find(self, text: str) -> str | None:
        """The line's key, or None when there is no such line."""
        if text in CODES:
            return None
        return self._keys.get(text.strip()) or self._keys.get(_digits(text) or " ")

    def pin(self, key: str) -> str:
        """Empty for no such line."""
        return self._lines[key].pin if key in self._lines else ""

    @property
    def numbers(self) -> str:
        """All lines, for people."""
        return ", ".join(sorted(self._lines)) or "no lines"

    def log_in(self, text: str, pin: str) -> str:
        """Check a login and give the line's name; which part of it was wrong, or has no PIN, is not said.

        Only the key itself will do: it is what deliveries call the line, and another writing of it would never ring.
        """
        key = text if text in self._lines else None
        expected = self.pin(key or "")
        same = secrets.compare_digest(pin.encode(errors="replace"), expected.encode(errors="replace"))
        if key is None or not expected or not same:
            raise WrongLineLogin
        return self._lines[key].name or self._lines[key].number


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
