"""Why a consent did not come back: the diagnosis of *Connect HubSpot* that ended on HubSpot's own page. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis import message, rights
from offhook.diagnosis.catalogue import PageReading, read_page
from offhook.diagnosis.meanings import Kind, Meaning
from offhook.diagnosis.message import REMEMBER
from offhook.diagnosis.report import Less, Message, Missing, Report
from offhook.diagnosis.rights import ADD_USERS, FIRST_TIME, Need, Right
from offhook.diagnosis.silences import NOTHING_KNOWN, Known, meaning_of

CONNECT = "Connect at all"
EVERYTHING, SEARCH_ONLY = "everything", "search-only"

REMEMBER_AGAIN = (
    "The same was missing the last time. If it was switched on since, HubSpot has not noticed yet: log out of HubSpot "
    "and in again, and only then try again."
)
REMEMBER_CHANGED = (
    "You were stopped before. If your rights were changed since, log out of HubSpot and in again: only then they count."
)

_FROM_PAGE = "HubSpot's own page"


class Capability(Protocol):
    """Something an agent can do with certain scopes; `hubspot.scopes.CAPABILITIES` are such."""

    @property
    def title(self) -> str: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


class _Question(Struct, frozen=True):
    required: tuple[str, ...]
    optional: tuple[str, ...]
    uses: tuple[Capability, ...]
    users_url: str
    agent: str | None
    known: Known


def why_no_consent(
    ask: str,
    required: Sequence[str],
    optional: Sequence[str],
    page_text: str | None = None,
    agent_hint: str | None = None,
    *,
    capabilities: Iterable[Capability],
    users_url: str,
    saw: Kind | None = None,
    known: Known = NOTHING_KNOWN,
) -> Report:
    """Explain a consent that never came back.

    Args:
        ask: what was asked for; `search-only` is offered when it was everything.
        required, optional: the scopes that were asked. Only required ones can make HubSpot refuse.
        page_text: what HubSpot's page says, if it was read; it turns *may be missing* into *is missing*.
        agent_hint: the agent's HubSpot e-mail address, if it is known already, for the letter.
        capabilities: what the scopes are for.
        users_url: HubSpot's page Users & Teams.
        saw: what the agent chose from the catalogue, or the extension saw; a page that was read counts more.
        known: what the service knows itself.
    """
    question = _Question(tuple(required), tuple(optional), tuple(capabilities), users_url, agent_hint, known)
    reading = _reading(page_text, saw)
    meaning = meaning_of(reading, known)
    blocking = _blocking(reading, meaning, question)
    unlocking = _without(_modest(question), blocking) if blocking else ()
    return Report(
        cause=meaning.cause,
        title=meaning.title,
        says=meaning.says,
        missing=blocking + unlocking,
        remember=_remember(blocking, known) if blocking else None,
        message=_message(question, meaning, blocking, unlocking),
        less=_less(ask) if meaning.rights else None,
        users_url=users_url,
        sure=meaning.sure,
        who=meaning.who,
        remedy=meaning.remedy,
    )


def _reading(page_text: str | None, saw: Kind | None) -> PageReading | None:
    reading = read_page(page_text) if page_text and page_text.strip() else None
    if saw and (reading is None or reading.kind is None):
        return PageReading(saw)
    return reading


def _remember(blocking: tuple[Missing, ...], known: Known) -> str:
    """A change that HubSpot has not noticed looks like no change; only the last time can tell."""
    if known.before is None:
        return REMEMBER
    proved = {each.right for each in blocking if each.sure == "proved"}
    return REMEMBER_AGAIN if proved & set(known.before) else REMEMBER_CHANGED


def _modest(question: _Question) -> tuple[Missing, ...]:
    """What the optional scopes need; nobody should be handed power over other users for the sake of a phone panel."""
    needed = _needed(question.optional, question.uses)
    return tuple(each for each in needed if each.right != ADD_USERS.label)


def missing_for(scopes: Iterable[str], capabilities: Iterable[Capability]) -> tuple[Missing, ...]:
    """The rights that these scopes need of the person who grants them, each once."""
    return _needed(scopes, tuple(capabilities))


def _blocking(reading: PageReading | None, meaning: Meaning, question: _Question) -> tuple[Missing, ...]:
    if not meaning.rights:
        return ()
    if reading and reading.listed:
        return tuple(replace(each, blocks=True) for each in _proved(reading.listed, question))
    needed = (_missing(FIRST_TIME, ()), *_needed(question.required, question.uses))
    return tuple(replace(each, needed_for=(CONNECT, *each.needed_for), blocks=True) for each in needed)


def _proved(listed: Iterable[str], question: _Question) -> tuple[Missing, ...]:
    """What HubSpot's page lists, in our words where we know them and in HubSpot's where not."""
    found: dict[str, Missing] = {}
    for name in listed:
        right = rights.by_name(name) or Right(name, "On", "")
        missing = Missing(
            right=right.label,
            value=right.value,
            where=right.where,
            needed_for=(CONNECT, *_uses_of(right, question)),
            sure="proved",
            source=_FROM_PAGE if right.label == name else f"{_FROM_PAGE}: {name}",
        )
        found.setdefault(right.label, missing)
    return tuple(found.values())


def _needed(scopes: Iterable[str], uses: tuple[Capability, ...]) -> tuple[Missing, ...]:
    found: dict[str, Missing] = {}
    for scope in scopes:
        for need in rights.needs_of(scope):
            before = found.get(need.right.label)
            titles = _titles((scope,), uses)
            found[need.right.label] = _missing(need, (*(before.needed_for if before else ()), *titles))
    return tuple(found.values())


def _missing(need: Need, needed_for: tuple[str, ...]) -> Missing:
    unique = tuple(dict.fromkeys(needed_for))
    return Missing(need.right.label, need.right.value, need.right.where, unique, need.sure, need.source)


def _uses_of(right: Right, question: _Question) -> tuple[str, ...]:
    asked = question.required + question.optional
    scopes = tuple(scope for scope in asked if any(need.right == right for need in rights.needs_of(scope)))
    return tuple(dict.fromkeys(_titles(scopes, question.uses)))


def _titles(scopes: tuple[str, ...], uses: tuple[Capability, ...]) -> Iterator[str]:
    return (use.title for use in uses if set(scopes) & set(use.scopes))


def _without(rights_: tuple[Missing, ...], others: tuple[Missing, ...]) -> tuple[Missing, ...]:
    named = {each.right for each in others}
    return tuple(each for each in rights_ if each.right not in named)


def _less(ask: str) -> Less | None:
    if ask != EVERYTHING:
        return None
    return Less(
        SEARCH_ONLY,
        "Go on with search only: Offhook then asks HubSpot for contacts and nothing else, which may need fewer rights. "
        "Calls are not logged until more is granted; nothing is lost meanwhile.",
    )


def _message(
    question: _Question, meaning: Meaning, blocking: tuple[Missing, ...], unlocking: tuple[Missing, ...]
) -> Message:
    if blocking:
        return message.ask_for_rights(blocking, unlocking, question.users_url, question.agent)
    if meaning.letter == "operator":
        return message.ask_operator(meaning, question.required, question.optional, question.known.address)
    return message.ask_account(meaning) if meaning.letter == "administrator" else message.NO_LETTER
