"""What the switch asks of who keeps the calls; a leg is known by its name only."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from offhook.media.attendants import Attendant


class Refused(Exception):
    """No, and why: a status of SIP, and a sentence for the phone's Warning."""

    def __init__(self, status: int, says: str = "") -> None:
        super().__init__(f"{status} {says}")
        self.status, self.says = status, says


class Caller(Struct, frozen=True):
    """Who calls, as the phone shows it, and the id of the call."""

    number: str
    name: str
    call: str


class Board(Protocol):
    """Who keeps the calls. What it is told has happened, or it raises `Refused`; it returns at once."""

    def passwords(self, line: str) -> tuple[Sequence[str], Sequence[str]]:
        """Those of a line that cannot be guessed, and those that can."""

    def dial(self, line: str, target: str, place: Callable[[str], None]) -> None:
        """A phone calls a number, a line or a code. `place` is told its leg before anything comes of it."""

    def answered(self, leg: str) -> None: ...

    def refused(self, leg: str, status: int) -> None:
        """No phone of the leg's line wants it, or can."""

    def hung_up(self, leg: str, *, lost: bool = False) -> None:
        """`lost`: nobody hung up, but no phone is there any more."""

    def holds(self, leg: str, *, held: bool) -> None: ...

    def transfers(self, leg: str, target: str) -> None: ...

    def joins(self, leg: str, with_leg: str) -> None:
        """The other sides of two calls of one phone talk to each other from now on; this phone leaves both."""

    def caller(self, leg: str) -> Caller: ...

    def other(self, leg: str) -> str | None:
        """The leg at the other end of the call; None when no line of ours is there."""

    def attendant(self, leg: str) -> Attendant:
        """Who plays the other end; the same one as long as the same one is there."""

    def ringing(self, line: str) -> Sequence[str]:
        """The legs that ring on a line now."""
