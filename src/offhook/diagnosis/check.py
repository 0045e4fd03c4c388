"""One check: a value that says pass, fail or *could not ask*, and the runner of those that must ask somebody."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import structlog
from msgspec import Struct

from offhook.diagnosis.report import Cause, Check
from offhook.errors import AppRejected, ConfigurationError, GrantError, MissingRight, MissingScope, OffhookError

log = structlog.get_logger()

# Nobody waits longer than this for a diagnosis to say that somebody does not answer, in seconds.
PATIENCE = 10.0

# Looks, and says in a sentence what it found; raises what stands in the way.
Look = Callable[[], Awaitable[str]]


class Finding(Struct, frozen=True):
    """A check, and who would be the cause if it is not passed. `minor`: one can work without it."""

    check: Check
    cause: Cause = "service"
    minor: bool = False


class Probe(Struct, frozen=True):
    """Something to ask: the database, HubSpot, a phone system. `remedy`: what to do when the error names none."""

    name: str
    look: Look
    remedy: str | None = None


def passed(name: str, says: str) -> Finding:
    return Finding(Check(name, "pass", says))


def failed(name: str, says: str, remedy: str | None, cause: Cause = "service") -> Finding:
    return Finding(Check(name, "fail", says, remedy), cause)


def not_asked(name: str, says: str, remedy: str | None = None, cause: Cause = "unknown") -> Finding:
    return Finding(Check(name, "could-not-ask", says, remedy), cause)


async def ask(probe: Probe, patience: float = PATIENCE) -> Finding:
    """Run a probe; whatever it raises becomes a finding. `patience` in seconds."""
    try:
        async with asyncio.timeout(patience):
            return passed(probe.name, await probe.look())
    except (OffhookError, ConfigurationError) as error:
        return found(probe.name, error, probe.remedy)
    except TimeoutError:
        return not_asked(probe.name, f"No answer within {patience:g} seconds.", probe.remedy)
    except Exception as error:
        # Drivers raise what they like, and their texts may hold an address with a password: only the kind is told.
        log.warning("A check could not be made.", action="check-broken", check=probe.name, kind=type(error).__name__)
        return not_asked(probe.name, f"It could not be asked ({type(error).__name__}).", probe.remedy)


def found(name: str, error: OffhookError | ConfigurationError, remedy: str | None = None) -> Finding:
    """What an error of ours means for a check: one that may pass by itself only says that it could not be asked."""
    if isinstance(error, ConfigurationError):
        return failed(name, str(error), remedy or "Change the setting and start Offhook again.")
    causes: Iterator[Cause] = (cause for kind, cause in _CAUSES if isinstance(error, kind))
    if error.retryable:
        return not_asked(name, error.says, error.remedy or remedy or "Try again in a minute.")
    return failed(name, error.says, error.remedy or remedy, next(causes, "service"))


_CAUSES: tuple[tuple[type[OffhookError], Cause], ...] = (
    (AppRejected, "app"),
    (GrantError, "person"),
    (MissingRight, "person"),
    (MissingScope, "person"),
)
