"""The ordered lists of checks: of an agent, and of the installation; and the report that comes of them. Pure.

From the ground up: the service and its address, the app, the account, the person, the grant, HubSpot's live answers, the
line, the microphone, deliveries, the clock, the panel. The first that fails names the cause; what comes after it may only
be its consequence.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import get_args

from msgspec import Struct

from offhook.diagnosis import of_account, of_desk, of_grant, of_service
from offhook.diagnosis.check import Finding
from offhook.diagnosis.message import NO_LETTER, REMEMBER
from offhook.diagnosis.no_consent import missing_for
from offhook.diagnosis.of_account import Asked
from offhook.diagnosis.of_desk import PhoneSystemSeen
from offhook.diagnosis.of_grant import Capability
from offhook.diagnosis.of_service import Service
from offhook.diagnosis.report import Message, Missing, Part, Report
from offhook.diagnosis.rights import ADD_USERS
from offhook.grants.grant import Grant, GrantState

ORDER: tuple[str, ...] = get_args(Part)
NO_TROUBLE = "No trouble found"


class Kinds(Struct, frozen=True):
    """What can be granted at all. `scopes`: everything that Offhook ever asks for; `required` is among them."""

    required: tuple[str, ...]
    scopes: tuple[str, ...]
    capabilities: tuple[Capability, ...]


class Subject(Struct, frozen=True):
    """Whom a report is about, as known here. `line`: the number of the line she is logged in to.

    `without`: keys of capabilities that the account's administrators have switched off. `proved`: the rights that
    HubSpot's page named at her last try, `tried_at`, if that came to nothing.
    """

    name: str
    email: str
    grant: Grant | None
    account_grant: Grant | None = None
    without: tuple[str, ...] = ()
    phone_system: PhoneSystemSeen | None = None
    line: str | None = None
    proved: tuple[Missing, ...] = ()
    tried_at: datetime | None = None


def for_agent(
    service: Service, subject: Subject, kinds: Kinds, asked: Asked, live: Sequence[Finding], users_url: str
) -> Report:
    """Everything between this person and a logged call.

    `asked`: what HubSpot says of the account and the person; `live`: what it and others answered just now.
    """
    missing = _missing(subject, kinds)
    granted = of_grant.scopes(subject.grant, kinds.required, kinds.capabilities, subject.without) if subject.grant else ()
    findings = (
        *of_service.at_rest(service, kinds.scopes),
        *of_account.of_account(asked, subject.grant, subject.account_grant),
        *of_account.of_person(asked, subject.email, missing, tried_at=subject.tried_at, connected=_connected(subject)),
        of_grant.connection(subject.grant),
        *granted,
        *of_desk.line(subject.phone_system, subject.line),
        *of_desk.only_panel(),
        *live,
    )
    return report(findings, missing, users_url, subject.name)


def of_installation(service: Service, kinds: Kinds, live: Sequence[Finding], users_url: str) -> Report:
    """The same from the operator's side, before anybody is looked at."""
    return report((*of_service.at_rest(service, kinds.scopes), *live), (), users_url, None)


def _missing(subject: Subject, kinds: Kinds) -> tuple[Missing, ...]:
    """The rights that may be missing for what was not granted and is wanted; proved ones as HubSpot's page had them."""
    proved = {each.right: each for each in subject.proved}
    supposed = {each.right: each for each in _supposed(subject, kinds)}
    return tuple((supposed | proved).values())


def _connected(subject: Subject) -> bool:
    return subject.grant is not None and subject.grant.state is not GrantState.BROKEN


def _supposed(subject: Subject, kinds: Kinds) -> tuple[Missing, ...]:
    if subject.grant is None:
        return ()
    wanted = (scope for each in kinds.capabilities if each.key not in subject.without for scope in each.scopes)
    lacking = subject.grant.lacks(tuple(dict.fromkeys((*kinds.required, *wanted))))
    # Nobody should be handed power over other users for the sake of a phone panel.
    return tuple(each for each in missing_for(lacking, kinds.capabilities) if each.right != ADD_USERS.label)


# What comes of it.


def report(findings: Iterable[Finding], missing: tuple[Missing, ...], users_url: str, agent: str | None) -> Report:
    """Findings in any order, as the report that people read. `agent`: her name, for the letter."""
    ordered = sorted(findings, key=lambda each: ORDER.index(each.check.part))
    troubles = [each for each in ordered if each.check.state != "pass" and not each.check.minor]
    # Of equals, `min` takes the first: the one nearest the ground.
    first = min(troubles, key=lambda each: each.check.state != "fail", default=None)
    return Report(
        cause=first.cause if first else "unknown",
        title=_title(first),
        says=first.check.says if first else _all_well(ordered),
        missing=missing,
        remember=REMEMBER if missing else None,
        message=_message(troubles, missing, users_url, agent),
        less=None,
        users_url=users_url,
        checks=tuple(each.check for each in ordered),
        sure=first.sure if first else "unknown",
    )


def _title(first: Finding | None) -> str:
    if first is None:
        return NO_TROUBLE
    return f"{first.check.name}: {'could not be asked' if first.check.state == 'could-not-ask' else 'needs attention'}"


def _all_well(findings: Sequence[Finding]) -> str:
    off = [each.check.name for each in findings if each.check.state == "fail"]
    left_out = f" Off: {', '.join(off)}." if off else ""
    return f"Everything that is needed is in order.{left_out}"


def _message(troubles: Sequence[Finding], missing: tuple[Missing, ...], users_url: str, agent: str | None) -> Message:
    """The list as a letter, for whoever can help; none when there is nothing to change."""
    if not (troubles or missing):
        return NO_LETTER
    lines = [
        f"- {each.check.name}: {each.check.says}{f' {each.check.remedy}' if each.check.remedy else ''}"
        for each in troubles
    ]
    switches = [f"- {each.right}: {each.value} ({each.where})" for each in missing]
    parts = [
        "Hello,",
        f"Offhook's diagnosis{f' for {agent}' if agent else ''} {'found this' if lines else 'found no trouble'}.",
        *(["\n".join(lines)] if lines else []),
        *([f"The rights that may be missing in HubSpot ({users_url}):\n" + "\n".join(switches)] if switches else []),
        "Thank you!",
    ]
    return Message("Offhook's diagnosis", "\n\n".join(parts))
