"""HubSpot's own texts and what they mean. Pure; nothing that a page may say makes it fail.

The wordings were collected from HubSpot's documentation, from issues and from forums; each row names where it was read.
HubSpot changes them now and then, so they are compared without regard to case, spacing and kinds of quotes.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from offhook.diagnosis import rights
from offhook.diagnosis.report import Cause

# At most this much of a page is looked at, in characters; longer lines and longer lists are no lists of rights.
LONGEST_PAGE = 20_000
LONGEST_LABEL = 80
MOST_LISTED = 60


class Kind(StrEnum):
    """What HubSpot's page says."""

    RIGHTS_LISTED = "rights-listed"
    MAY_NOT_CONNECT = "may-not-connect"
    WRONG_ROLE = "wrong-role"
    NO_APPROVER = "no-approver"
    NO_DEVELOPER_TOOLS = "no-developer-tools"
    SCOPES_INSUFFICIENT = "scopes-insufficient"
    SCOPES_MISMATCH = "scopes-mismatch"
    SCOPES_NOT_ALLOWED = "scopes-not-allowed"
    ACCOUNT_LACKS_FEATURES = "account-lacks-features"
    COULD_NOT_COMPLETE = "could-not-complete"


class Wording(Struct, frozen=True):
    """One text of HubSpot's. `sure`: official, or seen often enough that it means nothing else."""

    text: str
    kind: Kind
    cause: Cause
    sure: bool
    source: str


_CONNECT_ERRORS = "https://knowledge.hubspot.com/integrations/resolve-a-request-for-integration-permissions-error"
_ESTUARY = "https://github.com/estuary/connectors/issues/5069"
_VOBIZ = "https://github.com/vobiz-ai/Vobiz-HubSpot-Calling"
_UMBRACO = "https://github.com/umbraco/Umbraco.Cms.Integrations/issues/93"
_N8N = "https://github.com/n8n-io/n8n/issues/2782"
_EIGHT_BY_EIGHT = (
    "https://support.8x8.com/Integrations/hubspot/8x8_Hubspot_Integration_You_dont_have_permission_to_connect_this_"
    "integration"
)

# The first that stands on the page counts, so what says more stands before the heading that it appears under.
WORDINGS = (
    Wording("the provided scopes are insufficient", Kind.SCOPES_INSUFFICIENT, "app", sure=True, source=_CONNECT_ERRORS),
    Wording("insufficient scopes were provided", Kind.SCOPES_INSUFFICIENT, "app", sure=True, source=_UMBRACO),
    Wording(
        "mismatch between the scopes in the install url", Kind.SCOPES_MISMATCH, "app", sure=True, source=_CONNECT_ERRORS
    ),
    Wording(
        "doesn't have permissions to request the set of scopes", Kind.SCOPES_NOT_ALLOWED, "app", sure=True, source=_N8N
    ),
    Wording(
        "doesn't have access to some hubspot features", Kind.ACCOUNT_LACKS_FEATURES, "account", sure=True, source=_UMBRACO
    ),
    Wording("there was a problem fetching approvers", Kind.NO_APPROVER, "account", sure=False, source=_VOBIZ),
    Wording("doesn't have access to developer tools", Kind.NO_DEVELOPER_TOOLS, "person", sure=False, source=_VOBIZ),
    Wording("you don't have the right permissions to install", Kind.RIGHTS_LISTED, "person", sure=True, source=_ESTUARY),
    Wording("you do not have the correct role to grant", Kind.WRONG_ROLE, "person", sure=True, source=_CONNECT_ERRORS),
    Wording("you don't have permission to connect this app", Kind.MAY_NOT_CONNECT, "person", sure=True, source=_VOBIZ),
    Wording(
        "you don't have permission to connect this integration",
        Kind.MAY_NOT_CONNECT,
        "person",
        sure=True,
        source=_EIGHT_BY_EIGHT,
    ),
    Wording("couldn't complete the connection", Kind.COULD_NOT_COMPLETE, "unknown", sure=False, source=_CONNECT_ERRORS),
)


class PageReading(Struct, frozen=True):
    """What was understood of a page. `listed`: the rights it names, as HubSpot wrote them, each once."""

    kind: Kind | None
    listed: tuple[str, ...] = ()
    cause: Cause = "unknown"
    sure: bool = False


def read_page(text: str) -> PageReading:
    """Understand what HubSpot's page says; a page that says nothing known has no kind. Never raises."""
    page = _straight(text[:LONGEST_PAGE])
    flat = " ".join(page.casefold().split())
    wording = next((each for each in WORDINGS if each.text in flat), None)
    listed = tuple(dict.fromkeys(_listed(page)))[:MOST_LISTED]
    if wording is None:
        # Somebody pasted the list alone: it counts when we know at least one of its names.
        known = any(rights.by_name(label) for label in listed)
        return PageReading(Kind.RIGHTS_LISTED, listed, "person") if known else PageReading(None)
    if wording.cause != "person":
        return PageReading(wording.kind, (), wording.cause, wording.sure)
    return PageReading(wording.kind, listed, wording.cause, wording.sure)


_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "›": ">", "→": ">"})
_NUMBERED = re.compile(r"(?:^|\s)\d{1,2}[.)]\s+(.+?)(?=\s+\d{1,2}[.)]\s|$)")
_BULLET = re.compile(r"^[•·*–-]\s*")
# `Forms > Publish` and `tickets-writer`: nothing else on such a page looks like these.
_LABEL = re.compile(r"[\w &/]+ > [\w &/]+|[a-z]+(?:-[a-z]+)+")


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
