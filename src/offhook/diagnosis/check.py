"""One check: a value that says pass, fail or *could not ask*, and how those are asked that must ask somebody."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis.report import Cause, Check, HowSure, Part, Who
from offhook.errors import (
    AppRejected,
    ConfigurationError,
    GrantError,
    HubSpotError,
    HubSpotUnavailable,
    MissingRight,
    MissingScope,
    OffhookError,
)

log = structlog.get_logger()

Value = TypeVar("Value")

# Nobody waits longer than this for a diagnosis to say that somebody does not answer, in seconds.
PATIENCE = 10.0


class Finding(Struct, frozen=True):
    """A check, who would be the cause if it is not passed, and how sure that is."""

    check: Check
    cause: Cause = "service"
    sure: HowSure = "certain"


# Looks, and says in a sentence what it found, or judges it itself; raises what stands in the way.
Look = Callable[[], Awaitable[str | Finding]]


class Probe(Struct, frozen=True):
    """Something to ask: the database, HubSpot, a phone system. `remedy`: what to do when the error names none."""

    name: str
    look: Look
    remedy: str | None = None
    part: Part = "service"


# Who changes what: unless a check knows better.
_CHANGES: dict[Cause, Who] = {
    "person": "agent",
    "account": "administrator",
    "app": "operator",
    "service": "operator",
}


def passed(name: str, says: str, part: Part = "service", *, minor: bool = False) -> Finding:
    return Finding(Check(name, "pass", says, part=part, minor=minor))


def failed(
    name: str,
    says: str,
    remedy: str | None,
    cause: Cause = "service",
    part: Part = "service",
    *,
    who: Who | None = None,
    minor: bool = False,
    sure: HowSure = "certain",
) -> Finding:
    check = Check(name, "fail", says, remedy, who or _CHANGES.get(cause), part, minor)
    return Finding(check, cause, sure)


def not_asked(
    name: str,
    says: str,
    remedy: str | None = None,
    part: Part = "service",
    *,
    who: Who | None = None,
    minor: bool = False,
) -> Finding:
    """`minor`: nobody can ever ask this, or nothing depends on it now."""
    return Finding(Check(name, "could-not-ask", says, remedy, who, part, minor), "unknown", "unknown")


def as_minor(finding: Finding) -> Finding:
    """One can work without it: it never names the cause."""
    return replace(finding, check=replace(finding.check, minor=True))


async def ask(probe: Probe, patience: float = PATIENCE) -> Finding:
    """Run a probe; whatever it raises becomes a finding. `patience` in seconds."""
    try:
        async with asyncio.timeout(patience):
            says = await probe.look()
            return passed(probe.name, says, probe.part) if isinstance(says, str) else says
    except (OffhookError, ConfigurationError) as error:
        return found(probe.name, error, probe.remedy, probe.part)
    except TimeoutError:
        return not_asked(probe.name, f"No answer within {patience:g} seconds.", probe.remedy, probe.part)
    except Exception as error:
        return not_asked(probe.name, _unforeseen(probe.name, error), probe.remedy, probe.part)


async def answered(question: Awaitable[Value], patience: float = PATIENCE) -> Value | OffhookError:
    """HubSpot's answer for several checks to judge, or the error that came instead. `patience` in seconds."""
    try:
        async with asyncio.timeout(patience):
            return await question
    except OffhookError as error:
        return error
    except TimeoutError:
        return HubSpotUnavailable(f"No answer within {patience:g} seconds.")
    except Exception as error:
        return HubSpotUnavailable(_unforeseen("question", error))


def _unforeseen(name: str, error: Exception) -> str:
    """Drivers raise what they like, and their texts may hold an address with a password: only the kind is told."""
    log.warning("A check could not be made.", action="check-broken", check=name, kind=type(error).__name__)
    return f"It could not be asked ({type(error).__name__})."


def found(
    name: str, error: OffhookError | ConfigurationError, remedy: str | None = None, part: Part = "service"
) -> Finding:
    """What an error of ours means for a check: one that may pass by itself only says that it could not be asked."""
    if isinstance(error, ConfigurationError):
        return failed(name, str(error), remedy or "Change the setting and start Offhook again.", part=part)
    if error.retryable:
        says = error.remedy or remedy or "Try again in a minute."
        who: Who | None = "hubspot" if isinstance(error, HubSpotError) else None
        return not_asked(name, error.says, says, part, who=who)
    cause, changes = next((each[1:] for each in _BLAME if isinstance(error, each[0])), _OURS)
    return failed(name, error.says, error.remedy or remedy, cause, part, who=changes)


_OURS: tuple[Cause, Who] = ("service", "operator")
_BLAME: tuple[tuple[type[OffhookError], Cause, Who], ...] = (
    (AppRejected, "app", "operator"),
    (GrantError, "person", "agent"),
    (MissingRight, "person", "administrator"),
    (MissingScope, "person", "agent"),
)
