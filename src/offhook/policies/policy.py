"""An account's policy, an agent's preferences, and what counts of both. Pure.

An administrator's choice is a default that agents may change for themselves, or it is locked.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from offhook.errors import InvalidInput, NotAllowed

Value = TypeVar("Value")


class Visibility(StrEnum):
    """Whose contacts an agent sees here. HubSpot's token sees all of an account, whatever the person's own rights."""

    EVERYONE = "everyone"
    OWN = "own"
    """Her own and those that belong to nobody."""
    TEAM = "team"
    """The same and those of her HubSpot teams."""


class Pop(StrEnum):
    """When the caller's record is opened in HubSpot, if it is exactly one."""

    RINGING = "ringing"
    ANSWERED = "answered"
    NEVER = "never"


class Numbers(StrEnum):
    """On which pages phone numbers can be clicked."""

    OFF = "off"
    HUBSPOT = "hubspot"
    SITES = "sites"
    """HubSpot's and the sites that an agent allowed in her browser."""


class Choice(Struct, Generic[Value], frozen=True):
    """A value, and whether agents may choose another for themselves."""

    value: Value
    locked: bool = False


class Policy(Struct, frozen=True):
    """What holds in one account.

    `without`: keys of capabilities (`hubspot.scopes`) that nobody here shall have. `account_logs`: whether a call is
    logged with the account's grant when the agent's own is broken or gone. `sync_contacts`: whether the account's grant
    brings all contacts that have numbers into the directory.
    """

    without: tuple[str, ...] = ()
    visibility: Visibility = Visibility.EVERYONE
    account_logs: bool = True
    sync_contacts: bool = True
    auto_log: Choice[bool] = Choice(True)
    pop: Choice[Pop] = Choice(Pop.RINGING)
    numbers: Choice[Numbers] = Choice(Numbers.HUBSPOT)
    confirm_dial: Choice[bool] = Choice(False)


class Preferences(Struct, frozen=True):
    """What an agent chose for herself; None: as the account has it."""

    auto_log: bool | None = None
    pop: Pop | None = None
    numbers: Numbers | None = None
    confirm_dial: bool | None = None


CHOSEN = Preferences.__struct_fields__
"""What agents may choose, in a policy and for themselves, by the same names."""


class Effective(Struct, frozen=True):
    """What counts for an agent. `confirm_dial`: whether a number clicked on a page waits for her *Call*."""

    auto_log: bool
    pop: Pop
    numbers: Numbers
    confirm_dial: bool


def effective(policy: Policy, preferences: Preferences) -> Effective:
    """The agent's choice where she has one and may have it, else the account's."""
    return Effective(
        _of(policy.auto_log, preferences.auto_log),
        _of(policy.pop, preferences.pop),
        _of(policy.numbers, preferences.numbers),
        _of(policy.confirm_dial, preferences.confirm_dial),
    )


def locked(policy: Policy) -> tuple[str, ...]:
    """The fields of `Preferences` that administrators decided for everybody."""
    return tuple(name for name in CHOSEN if getattr(policy, name).locked)


def _of(choice: Choice[Value], own: Value | None) -> Value:
    return choice.value if choice.locked or own is None else own


def refuse_locked(policy: Policy, preferences: Preferences) -> None:
    """
    Raises:
        NotAllowed: an agent chooses what her administrators have locked.
    """
    if any(getattr(preferences, name) is not None for name in locked(policy)):
        raise NotAllowed("Your administrators have decided this for everybody.")


def visible_owners(visibility: Visibility, owner_id: str | None, mates: tuple[str, ...]) -> frozenset[str] | None:
    """The owners whose contacts an agent sees, beside contacts that belong to nobody; None: everybody's."""
    if visibility is Visibility.EVERYONE:
        return None
    own = {owner_id} if owner_id else set[str]()
    return frozenset(own | set(mates)) if visibility is Visibility.TEAM else frozenset(own)


def changed(policy: Policy, changes: Mapping[str, Any], capabilities: frozenset[str]) -> Policy:
    """The policy with some of its fields replaced, as JSON gives them. `capabilities`: all that `without` may name.

    Raises:
        InvalidInput: a field that there is not, or a value that is none of it.
    """
    unknown = sorted(name[:40] for name in set(changes) - set(Policy.__struct_fields__))
    if unknown:
        raise InvalidInput(f"A policy has no {', '.join(unknown)}.")
    try:
        after = msgspec.convert({**msgspec.to_builtins(policy), **changes}, Policy)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"That is no policy: {error}.") from None
    strange = sorted(key[:40] for key in set(after.without) - capabilities)
    if strange:
        raise InvalidInput(f"There is no capability {', '.join(strange)}.")
    return after


class Deed(Struct, frozen=True):
    """One line of the audit log: who changed what, when. `detail` says it in words."""

    id: str
    account_id: int
    at: datetime
    who: str
    deed: str
    detail: str
