"""Which channels are lines: `PJSIP/201-0000001a` is line 201, a trunk or a Local channel is none. Pure."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

# Asterisk tells channels of one endpoint apart by a counter at the end.
_COUNTER = re.compile(r"-[0-9a-f]{4,}(;[12])?$", re.IGNORECASE)
_NAME = r"(?P<line>[^/@;]+)"


class Lines:
    """`patterns`: how the channels of lines are called, each with `{line}`; the first is the one that is dialled.

    `allowed`: the only lines there are; when empty, every name of two to ten digits is one. `trunks`: names, also with
    `*`, that are never lines.
    """

    def __init__(
        self, patterns: Sequence[str] = ("PJSIP/{line}",), trunks: Sequence[str] = (), allowed: Sequence[str] = ()
    ) -> None:
        self._first, self._trunks, self._allowed = patterns[0], trunks, frozenset(allowed)
        self._patterns = [re.compile(re.escape(each).replace(r"\{line\}", _NAME)) for each in patterns]

    def of(self, channel: str) -> str:
        """The line that a channel belongs to, or nothing."""
        name = _COUNTER.sub("", channel)
        found = (match["line"] for each in self._patterns if (match := each.fullmatch(name)))
        return next((line for line in found if self.has(line)), "")

    def has(self, line: str) -> bool:
        if any(fnmatchcase(line, each) for each in self._trunks):
            return False
        return line in self._allowed if self._allowed else re.fullmatch("[0-9]{2,10}", line) is not None

    def channel(self, line: str) -> str:
        """What Asterisk has to call so that this line's phone rings."""
        return self._first.replace("{line}", line)
