"""HubSpot's pages, understood: which of its texts a page has, and which rights it lists. Pure; nothing makes it fail.

HubSpot changes its texts now and then, so they are compared without regard to case, spacing and kinds of quotes.
"""

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from offhook.diagnosis import rights
from offhook.diagnosis.meanings import MEANINGS, Kind, Meaning
from offhook.diagnosis.report import Cause, HowSure
from offhook.diagnosis.wordings import WORDINGS, Wording

# At most this much of a page is looked at, in characters; longer lines and longer lists are no lists of rights.
LONGEST_PAGE = 20_000
LONGEST_LABEL = 80
MOST_LISTED = 60


class PageReading(Struct, frozen=True):
    """What was understood of a page. `listed`: the rights it names, as HubSpot wrote them; `scopes`: those it names."""

    kind: Kind | None
    listed: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def cause(self) -> Cause:
        return MEANINGS[self.kind].cause if self.kind else "unknown"


def read_page(text: str) -> PageReading:
    """Understand what HubSpot's page says; a page that says nothing known has no kind. Never raises."""
    page = _straight(text[:LONGEST_PAGE])
    flat = " ".join(page.casefold().split())
    wording = next((each for each in WORDINGS if _has(flat, each)), None)
    listed = tuple(dict.fromkeys(_listed(page)))[:MOST_LISTED]
    if wording is None:
        # Somebody pasted the list alone: it counts when we know at least one of its names.
        known = any(rights.by_name(label) for label in listed)
        return PageReading(Kind.RIGHTS_LISTED, listed) if known else PageReading(None)
    scopes = _scopes(flat)
    return PageReading(wording.kind, listed if MEANINGS[wording.kind].rights else (), scopes)


def _has(flat: str, wording: Wording) -> bool:
    at = 0
    for fragment in wording.fragments:
        found = flat.find(fragment, at)
        if found < 0:
            return False
        at = found + len(fragment)
    return True


# The catalogue, to be chosen from.


class Entry(Struct, frozen=True):
    """One thing that HubSpot shows, and what it means. `key` is what the panel says that she saw."""

    key: str
    shown: str
    cause: Cause
    sure: HowSure
    title: str
    says: str
    who: str
    remedy: str
    seen: str
    source: str


class Heading(Struct, frozen=True):
    """A heading of HubSpot's pages, and what may stand under it."""

    heading: str
    entries: tuple[Entry, ...]


def headings() -> tuple[Heading, ...]:
    """Everything that HubSpot shows, under the headings of its pages: those that say no before those that only ask."""
    order = dict.fromkeys(each.heading for each in sorted(WORDINGS, key=lambda each: _PLACE.get(each.kind, 1)))
    return tuple(Heading(heading, tuple(_under(heading))) for heading in order)


def _under(heading: str) -> Iterator[Entry]:
    """What may stand under a heading; first the heading alone."""
    wordings = sorted((each for each in WORDINGS if each.heading == heading), key=lambda each: each.shown != heading)
    return (_entry(each, MEANINGS[each.kind]) for each in wordings)


_PLACE = {Kind.RIGHTS_LISTED: 0, Kind.MAY_NOT_CONNECT: 0}


def _entry(wording: Wording, meaning: Meaning) -> Entry:
    return Entry(
        key=wording.kind.value,
        shown=wording.shown,
        cause=meaning.cause,
        sure=meaning.sure,
        title=meaning.title,
        says=meaning.says,
        who=meaning.who,
        remedy=meaning.remedy,
        seen=wording.seen,
        source=wording.source,
    )


# How a page is read.

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "›": ">", "→": ">"})
_NUMBERED = re.compile(r"(?:^|\s)\d{1,2}[.)]\s+(.+?)(?=\s+\d{1,2}[.)]\s|$)")
_BULLET = re.compile(r"^[•·*–-]\s*")
# `Forms > Publish` and `tickets-writer`: nothing else on such a page looks like these.
_LABEL = re.compile(r"[\w &/]+ > [\w &/]+|[a-z]+(?:-[a-z]+)+")
_BRACKETED = re.compile(r"scopes \[([a-z0-9._, -]{1,2000})\]")


def _scopes(flat: str) -> tuple[str, ...]:
    """The scopes that a page names: `… the required scopes [content, tickets]`."""
    found = _BRACKETED.search(flat)
    return tuple(name.strip() for name in found[1].split(",") if name.strip()) if found else ()


def _straight(text: str) -> str:
    """One writing for what looks the same: spaces, quotes, full-width letters; without control characters."""
    normal = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    lines = re.split(r"[\r\n\u2028\u2029\v\f]", normal)
    return "\n".join(" ".join("".join(char if char.isprintable() else " " for char in line).split()) for line in lines)


def _listed(page: str) -> Iterator[str]:
    """The numbered labels; without numbers (a browser leaves them out), the blocks of lines that hold a known one."""
    lines = page.split("\n")
    numbered = [label for line in lines for label in _NUMBERED.findall(line)]
    labels = numbered or [line for block in _blocks(lines) if any(map(_is_label, block)) for line in block]
    return (label for label in map(_bare, labels) if _may_be_label(label))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*lines, ""]:
        if line and "permission" not in line.casefold():
            block.append(line)
        elif block:
            yield block
            block = []


def _bare(line: str) -> str:
    return _BULLET.sub("", line).strip()


def _is_label(line: str) -> bool:
    bare = _bare(line)
    return rights.by_name(bare) is not None or _LABEL.fullmatch(bare) is not None


def _may_be_label(text: str) -> bool:
    """Short, and no sentence: unknown labels are shown as HubSpot wrote them."""
    return 0 < len(text) <= LONGEST_LABEL and not text.endswith((".", "?", "!", ":")) and "@" not in text
