"""What a diagnosis says: the `Report` of docs/reference/panel-api.md, to be serialised as it stands."""

from typing import Literal

from msgspec import Struct

Cause = Literal["person", "account", "app", "service", "unknown"]
Sure = Literal["proved", "documented", "likely", "guess"]
# Of a cause: HubSpot's words mean nothing else; or most often this; or it cannot be told.
HowSure = Literal["certain", "likely", "unknown"]
CheckState = Literal["pass", "fail", "could-not-ask"]
# Who can change what failed.
Who = Literal["agent", "administrator", "operator", "hubspot", "nobody"]
# What a check is about, from the ground up: the order of a report.
Part = Literal[
    "service", "app", "account", "person", "grant", "live", "line", "microphone", "deliveries", "clock", "panel"
]


class Missing(Struct, frozen=True):
    """A right that is or may be missing. `where`: the way to its switch; `source`: why we think so.

    `blocks`: without it no connection at all; the others unlock one thing each.
    """

    right: str
    value: str
    where: str
    needed_for: tuple[str, ...]
    sure: Sure
    source: str
    blocks: bool = False


class Message(Struct, frozen=True):
    """A letter that the agent can send as it is; without text when nobody needs to be asked."""

    subject: str
    text: str


class Less(Struct, frozen=True):
    """A smaller thing to ask for, and what going on with less means."""

    ask: str
    says: str


class Check(Struct, frozen=True):
    """One thing that was looked at. `could-not-ask` is an answer of its own, never a quiet pass or fail.

    `who` can change it, if it failed or somebody could see to it that it can be asked. `minor`: one can work without it,
    or nobody can ever ask it; it is never the cause.
    """

    name: str
    state: CheckState
    says: str
    remedy: str | None = None
    who: Who | None = None
    part: Part = "service"
    minor: bool = False


class Report(Struct, frozen=True):
    """`who` can change it, and how (`remedy`); both empty when the checks say so one by one. `sure`: of the cause."""

    cause: Cause
    title: str
    says: str
    missing: tuple[Missing, ...]
    remember: str | None
    message: Message
    less: Less | None
    users_url: str
    checks: tuple[Check, ...] = ()
    sure: HowSure = "unknown"
    who: str = ""
    remedy: str = ""
