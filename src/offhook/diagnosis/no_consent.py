"""Why a consent did not come back: the diagnosis of *Connect HubSpot* that ended on HubSpot's own page. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis import message, rights
from offhook.diagnosis.catalogue import Kind, PageReading, read_page
from offhook.diagnosis.message import REMEMBER
from offhook.diagnosis.report import Cause, Less, Message, Missing, Report
from offhook.diagnosis.rights import ADD_USERS, FIRST_TIME, Need, Right

CONNECT = "Connect at all"
SEARCH_ONLY = "search-only"

_FROM_PAGE = "HubSpot's own page"


class Capability(Protocol):
    """Something an agent can do with certain scopes; `hubspot.scopes.CAPABILITIES` are such."""

    @property
    def title(self) -> str: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


class _Explanation(Struct, frozen=True):
    title: str
    says: str
    remedy: str = ""


_PERSON = _Explanation(
    "HubSpot did not let you connect",
    "HubSpot's page says that your user may not connect this app. An administrator can change that in a minute.",
)
_NO_ANSWER = _Explanation(
    "HubSpot did not answer",
    "Nothing came back from HubSpot. If its page still waits for you, finish there. If it refuses you, a right is most "
    "likely missing: HubSpot then stops you on its own page and tells Offhook nothing. Copy what the page says into this "
    "panel to learn exactly which right it is.",
)
_EXPLANATIONS: dict[Kind | None, _Explanation] = {
    None: _Explanation(
        "HubSpot did not answer",
        "Offhook does not recognise what HubSpot's page says. Most likely a right is missing.",
    ),
    Kind.RIGHTS_LISTED: _Explanation(
        "HubSpot names the rights that you are missing",
        "HubSpot's page lists what your user lacks. An administrator can switch it on in a minute.",
    ),
    Kind.MAY_NOT_CONNECT: _PERSON,
    Kind.WRONG_ROLE: _PERSON,
    Kind.NO_APPROVER: _Explanation(
        "Nobody in this account can approve the app",
        "This HubSpot account wants apps to be approved first, and HubSpot found nobody who can approve this one.",
        "A Super Admin can approve Offhook under Settings > Integrations > Connected apps, or simply connect Offhook "
        "once; everybody else can connect afterwards.",
    ),
    Kind.NO_DEVELOPER_TOOLS: _Explanation(
        "This page needs developer rights",
        "HubSpot opened a page for developers. Agents do not need it; start again with Connect HubSpot.",
    ),
    Kind.SCOPES_INSUFFICIENT: _Explanation(
        "Offhook's app asks for too little",
        "Its settings in HubSpot require a scope that Offhook does not ask for. No right of yours can change that.",
    ),
    Kind.SCOPES_MISMATCH: _Explanation(
        "Offhook's app is set up differently in HubSpot",
        "The scopes that Offhook asks for are not those of the app's settings. No right of yours can change that.",
    ),
    Kind.SCOPES_NOT_ALLOWED: _Explanation(
        "Offhook's app may not ask for this",
        "The app belongs to a HubSpot account that may not ask for these scopes. No right of yours can change that.",
    ),
    Kind.ACCOUNT_LACKS_FEATURES: _Explanation(
        "This HubSpot account lacks a feature",
        "The subscription of this account does not include something that Offhook's app requires in its settings.",
        "Offhook itself requires only contacts, which every subscription has. Whoever runs Offhook can make the other "
        "scopes optional in the app's settings; otherwise another account or subscription is needed.",
    ),
    Kind.COULD_NOT_COMPLETE: _Explanation(
        "HubSpot could not complete the connection",
        "HubSpot's page gives no reason that Offhook recognises. The sentence under its heading would help: copy the "
        "whole page into this panel.",
    ),
}


class _Question(Struct, frozen=True):
    required: tuple[str, ...]
    optional: tuple[str, ...]
    uses: tuple[Capability, ...]
    users_url: str
    agent: str | None


def why_no_consent(
    ask: str,
    required: Sequence[str],
    optional: Sequence[str],
    page_text: str | None = None,
    agent_hint: str | None = None,
    *,
    capabilities: Iterable[Capability],
    users_url: str,
) -> Report:
    """Explain a consent that never came back.

    Args:
        ask: what was asked for; `search-only` is offered when it was more.
        required, optional: the scopes that were asked. Only required ones can make HubSpot refuse.
        page_text: what HubSpot's page says, if it was read; it turns *may be missing* into *is missing*.
        agent_hint: the agent's HubSpot e-mail address, if it is known already, for the letter.
        capabilities: what the scopes are for.
        users_url: HubSpot's page Users & Teams.
    """
    question = _Question(tuple(required), tuple(optional), tuple(capabilities), users_url, agent_hint)
    reading = read_page(page_text) if page_text else PageReading(None)
    explanation = _EXPLANATIONS[reading.kind] if page_text else _NO_ANSWER
    blocking = _blocking(reading, question)
    unlocking = _without(_modest(question), blocking) if blocking else ()
    return Report(
        cause=reading.cause,
        title=explanation.title,
        says=" ".join(part for part in (explanation.says, explanation.remedy) if part),
        missing=blocking + unlocking,
        remember=REMEMBER if blocking else None,
        message=_message(question, reading.cause, explanation, blocking, unlocking),
        less=_less(ask, reading.cause),
        users_url=users_url,
    )


def _modest(question: _Question) -> tuple[Missing, ...]:
    """What the optional scopes need; nobody should be handed power over other users for the sake of a phone panel."""
    needed = _needed(question.optional, question.uses)
    return tuple(each for each in needed if each.right != ADD_USERS.label)


def missing_for(scopes: Iterable[str], capabilities: Iterable[Capability]) -> tuple[Missing, ...]:
    """The rights that these scopes need of the person who grants them, each once."""
    return _needed(scopes, tuple(capabilities))


def _blocking(reading: PageReading, question: _Question) -> tuple[Missing, ...]:
    if reading.cause in ("app", "account") or reading.kind is Kind.NO_DEVELOPER_TOOLS:
        return ()
    if reading.listed:
        return _proved(reading.listed, question)
    first = _missing(FIRST_TIME, (CONNECT,))
    needed = _needed(question.required, question.uses)
    return (first, *(replace(each, needed_for=(CONNECT, *each.needed_for)) for each in needed))


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


def _less(ask: str, cause: Cause) -> Less | None:
    # What the app or the account gets wrong, it gets wrong for less as well.
    if ask == SEARCH_ONLY or cause in ("app", "account"):
        return None
    return Less(
        SEARCH_ONLY,
        "Go on with search only: Offhook then asks HubSpot for contacts and nothing else, which may need fewer rights. "
        "Calls are not logged until more is granted; nothing is lost meanwhile.",
    )


def _message(
    question: _Question,
    cause: Cause,
    explanation: _Explanation,
    blocking: tuple[Missing, ...],
    unlocking: tuple[Missing, ...],
) -> Message:
    if cause == "app":
        return message.ask_operator(explanation.title, explanation.says, question.required, question.optional)
    if not blocking:
        return message.ask_account(explanation.title, explanation.says, explanation.remedy)
    return message.ask_for_rights(blocking, unlocking, question.users_url, question.agent)
