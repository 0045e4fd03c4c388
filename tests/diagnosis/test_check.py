"""What a probe raises, or never answers, is an answer too; three of them, never two."""

import asyncio
from typing import Any

import pytest
import structlog

from offhook.diagnosis.check import Finding, Probe, answered, as_minor, ask, failed, found, not_asked
from offhook.errors import (
    AppRejected,
    ConfigurationError,
    GrantBroken,
    HubSpotBusy,
    HubSpotUnavailable,
    MissingRight,
    MissingScope,
    NotFound,
    WrongState,
)


def raising(error: BaseException) -> Any:
    async def look() -> str:
        raise error

    return look


@pytest.mark.parametrize(
    ("error", "state", "cause", "who", "says"),
    [
        (HubSpotBusy(), "could-not-ask", "unknown", "hubspot", "slow down"),
        (GrantBroken("Revoked."), "fail", "person", "agent", "Revoked."),
        (MissingRight(), "fail", "person", "administrator", "may not do that"),
        (MissingScope(), "fail", "person", "agent", "does not include"),
        (AppRejected(), "fail", "app", "operator", "client secret"),
        (WrongState(), "fail", "service", "operator", "not possible"),
        (ConfigurationError("OFFHOOK_PORT must be a number."), "fail", "service", "operator", "OFFHOOK_PORT"),
        (OSError("postgres://user:hunter2@host refused"), "could-not-ask", "unknown", None, "(OSError)"),
        (ValueError("hunter2"), "could-not-ask", "unknown", None, "(ValueError)"),
    ],
)
async def test_whatever_a_probe_raises_is_an_answer(
    error: BaseException, state: str, cause: str, who: str | None, says: str
) -> None:
    with structlog.testing.capture_logs() as logs:
        finding = await ask(Probe("Database", raising(error)))
    assert (finding.check.state, finding.cause, finding.check.who) == (state, cause, who)
    assert says in finding.check.says
    assert "hunter2" not in f"{finding} {logs}"


async def hang() -> str:
    await asyncio.Event().wait()
    return "never"


async def test_a_probe_that_hangs_could_not_be_asked() -> None:
    finding = await ask(Probe("HubSpot", hang, "Look at the network.", "live"), patience=0.01)
    check = finding.check
    assert (check.state, check.remedy, check.part) == ("could-not-ask", "Look at the network.", "live")


async def test_a_probe_may_judge_by_itself() -> None:
    async def look() -> Finding:
        return failed("Owner", "None.", "Make one.", "person", "live", who="administrator", minor=True)

    finding = await ask(Probe("Owner", look, part="live"))
    assert (finding.check.state, finding.check.who, finding.check.minor) == ("fail", "administrator", True)


def test_an_error_brings_its_own_remedy() -> None:
    assert found("Line", GrantBroken(), "Something else.").check.remedy == GrantBroken.remedy
    assert found("Line", HubSpotBusy()).check.remedy == "Try again in a minute."


async def test_an_answer_that_several_checks_judge_is_the_value_or_the_error() -> None:
    async def seven() -> int:
        return 7

    assert await answered(seven()) == 7
    gone = NotFound()
    assert await answered(raising(gone)()) is gone
    assert isinstance(await answered(hang(), patience=0.01), HubSpotUnavailable)
    with structlog.testing.capture_logs() as logs:
        odd = await answered(raising(ValueError("hunter2"))())
    assert isinstance(odd, HubSpotUnavailable)
    assert "hunter2" not in f"{odd.says} {logs}"


def test_what_one_can_work_without_stays_what_it_is() -> None:
    finding = as_minor(not_asked("Owner", "HubSpot is slow."))
    assert (finding.check.state, finding.check.minor) == ("could-not-ask", True)
