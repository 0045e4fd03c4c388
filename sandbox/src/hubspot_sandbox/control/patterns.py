"""Patterns of paths, as faults and the journal take them.

/crm/objects/2026-09/contacts      exactly this path
/crm/*/contacts                    `*` stands for any characters within one segment, also none
/crm/**/calls                      `**` stands for any number of segments, also none
"""

from collections.abc import Sequence

LONGEST = 300


def check_pattern(pattern: str) -> None:
    """:raises ValueError: not a pattern, with a sentence that says why"""
    if not pattern.startswith("/") or not pattern.isprintable():
        raise ValueError(f"pattern {pattern[:LONGEST]!r} is not a path that begins with /")
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern has at most {LONGEST} characters")
    if any("**" in segment and segment != "**" for segment in pattern.split("/")):
        raise ValueError(f"in pattern {pattern!r} ** must stand alone between two slashes")


def matches(pattern: str, path: str) -> bool:
    """Whether the pattern stands for the whole path, as the caller wrote it."""
    return _match(pattern.split("/"), path.split("/"), "**", deep=True)


def _match(wanted: Sequence[str], found: Sequence[str], star: str, *, deep: bool) -> bool:
    """A star takes as little as it can, and more when the rest does not fit; only the last star is tried again.

    Segments of a path when `deep`, characters of a segment otherwise; takes `len(wanted) * len(found)` steps at most.
    """
    place = at = 0
    last, tried = -1, 0
    while at < len(found):
        if place < len(wanted) and wanted[place] == star:
            last, tried, place = place, at, place + 1
        elif place < len(wanted) and _same(wanted[place], found[at], deep):
            place, at = place + 1, at + 1
        elif last >= 0:
            tried += 1
            place, at = last + 1, tried
        else:
            return False
    return all(each == star for each in wanted[place:])


def _same(wanted: str, found: str, deep: bool) -> bool:
    return wanted == found or (deep and "*" in wanted and _match(wanted, found, "*", deep=False))
