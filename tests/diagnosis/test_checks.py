"""The ordered checks of an agent and of the operator; three answers, never two."""

import asyncio
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import structlog
from msgspec.structs import replace

from offhook.diagnosis.check import Finding, Probe, ask, failed, found, not_asked
from offhook.diagnosis.checks import Service, Subject, doctor, for_agent
from offhook.diagnosis.report import Report
from offhook.errors import AppRejected, ConfigurationError, GrantBroken, HubSpotBusy, MissingRight, WrongState
from offhook.grants.grant import Grant, GrantState


class Capability(NamedTuple):
    title: str
    scopes: tuple[str, ...]


READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"
CAPABILITIES = (Capability("Find contacts", (READ,)), Capability("Log calls", (WRITE,)))
SERVICE = Service("http://localhost:8600", "http://localhost:8600/oauth/callback", "client-id", has_client_secret=True)
SINCE = datetime(2026, 11, 23, 12, tzinfo=UTC)
GRANT = Grant("g", "ben", 111, "Acorn", 7, "ben@acorn.example", ("oauth", READ, WRITE), GrantState.ACTIVE, None, SINCE)
BEN = Subject("Ben Bright", GRANT, "exchange", "201")


def diagnose(subject: Subject = BEN, service: Service = SERVICE, live: tuple[Finding, ...] = ()) -> Report:
    return for_agent(
        service, subject, required=("oauth", READ), capabilities=CAPABILITIES, users_url="https://u", live=live
    )


def states(report: Report) -> dict[str, str]:
    return {check.name: check.state for check in report.checks}


def test_all_is_looked_at_from_the_ground_up() -> None:
    report = diagnose(live=(not_asked("Find a contact", "HubSpot is slow."),))
    assert [check.name for check in report.checks] == [
        "Service address",
        "HubSpot app",
        "HubSpot connection",
        "Granted scopes",
        "Find contacts",
        "Log calls",
        "Find a contact",
        "Line",
    ]


def test_when_nothing_is_wrong_it_says_so() -> None:
    report = diagnose()
    assert set(states(report).values()) == {"pass"}
    assert (report.title, report.missing, report.remember) == ("No trouble found", (), None)
    assert "Connected to Acorn (111) as ben@acorn.example since 2026-11-23 12:00 UTC." in [c.says for c in report.checks]


@pytest.mark.parametrize(
    ("subject", "name", "says"),
    [
        (replace(BEN, grant=None), "HubSpot connection", "not connected"),
        (replace(BEN, grant=replace(GRANT, state=GrantState.OFF)), "HubSpot connection", "switched off"),
        (
            replace(BEN, grant=replace(GRANT, state=GrantState.BROKEN, reason="Revoked by HubSpot.")),
            "HubSpot connection",
            "Revoked by HubSpot.",
        ),
        (replace(BEN, grant=replace(GRANT, scopes=("oauth",))), "Granted scopes", READ),
        (replace(BEN, phone_system=None), "Line", "No phone system"),
        (replace(BEN, line=None), "Line", "Not logged in"),
    ],
)
def test_what_a_person_can_change_names_itself_and_its_remedy(subject: Subject, name: str, says: str) -> None:
    report = diagnose(subject)
    check = next(check for check in report.checks if check.name == name)
    assert check.state == "fail"
    assert says in check.says
    assert check.remedy
    assert (report.cause, report.title, report.says) == ("person", f"{name}: needs attention", check.says)
    assert check.says in report.message.text


def test_a_capability_that_was_not_granted_is_off_with_its_reason_and_right() -> None:
    report = diagnose(replace(BEN, grant=replace(GRANT, scopes=("oauth", READ))))
    check = next(check for check in report.checks if check.name == "Log calls")
    assert (check.state, check.says) == ("fail", f"Off: HubSpot did not grant {WRITE}.")
    assert "Contacts > Edit" in (check.remedy or "")
    assert [(each.right, each.needed_for) for each in report.missing] == [("Contacts > Edit", ("Log calls",))]
    assert report.remember


def test_a_capability_that_is_off_is_not_named_before_a_real_trouble() -> None:
    less = replace(GRANT, scopes=("oauth", READ))
    assert diagnose(replace(BEN, grant=less, line=None)).title == "Line: needs attention"
    assert diagnose(replace(BEN, grant=less)).title == "Log calls: needs attention"


def test_what_failed_counts_before_what_could_not_be_asked() -> None:
    live = (not_asked("Search", "HubSpot is slow."), failed("Owners", "No.", None, "account"))
    assert (diagnose(live=live).cause, diagnose(live=live).says) == ("account", "No.")
    assert diagnose(live=live[:1]).title == "Search: could not be asked"


@pytest.mark.parametrize(
    ("service", "cause", "says"),
    [
        (replace(SERVICE, address="http://phones.example"), "service", "not https"),
        (replace(SERVICE, client_id=""), "app", "OFFHOOK_HUBSPOT_CLIENT_ID must be set."),
        (replace(SERVICE, has_client_secret=False), "app", "OFFHOOK_HUBSPOT_CLIENT_SECRET must be set."),
    ],
)
def test_a_service_that_is_set_up_wrongly_is_the_cause(service: Service, cause: str, says: str) -> None:
    report = diagnose(service=service)
    assert report.cause == cause
    assert says in report.says


async def look() -> str:
    return "It answers."


def raising(error: BaseException) -> Any:
    async def look() -> str:
        raise error

    return look


@pytest.mark.parametrize(
    ("error", "state", "cause", "says"),
    [
        (HubSpotBusy(), "could-not-ask", "unknown", "slow down"),
        (GrantBroken("Revoked."), "fail", "person", "Revoked."),
        (MissingRight(), "fail", "person", "may not do that"),
        (AppRejected(), "fail", "app", "client secret"),
        (WrongState(), "fail", "service", "not possible"),
        (ConfigurationError("OFFHOOK_PORT must be a number."), "fail", "service", "OFFHOOK_PORT"),
        (OSError("postgres://user:hunter2@host refused"), "could-not-ask", "unknown", "(OSError)"),
        (ValueError("hunter2"), "could-not-ask", "unknown", "(ValueError)"),
    ],
)
async def test_whatever_a_probe_raises_is_an_answer(error: BaseException, state: str, cause: str, says: str) -> None:
    with structlog.testing.capture_logs() as logs:
        finding = await ask(Probe("Database", raising(error)))
    assert (finding.check.state, finding.cause) == (state, cause)
    assert says in finding.check.says
    assert "hunter2" not in f"{finding} {logs}"


async def test_a_probe_that_hangs_could_not_be_asked() -> None:
    async def hang() -> str:
        await asyncio.Event().wait()
        return "never"

    finding = await ask(Probe("HubSpot", hang, "Look at the network."), patience=0.01)
    assert (finding.check.state, finding.check.remedy) == ("could-not-ask", "Look at the network.")


def test_an_error_brings_its_own_remedy() -> None:
    assert found("Line", GrantBroken(), "Something else.").check.remedy == GrantBroken.remedy
    assert found("Line", HubSpotBusy()).check.remedy == "Try again in a minute."


async def test_the_doctor_looks_at_the_service_and_everything_it_is_given_in_order() -> None:
    probes = [
        Probe("Database", look),
        Probe("Jobs", raising(WrongState("12 jobs are stuck.")), "See them."),
        Probe("HubSpot", look),
    ]
    report = await doctor(SERVICE, probes, "https://u")
    assert states(report) == {
        "Service address": "pass",
        "HubSpot app": "pass",
        "Database": "pass",
        "Jobs": "fail",
        "HubSpot": "pass",
    }
    assert (report.says, report.cause) == ("12 jobs are stuck.", "service")
    assert "- Jobs: 12 jobs are stuck. See them." in report.message.text


async def test_the_doctor_waits_for_the_slowest_not_for_each() -> None:
    arrived, everybody = [], asyncio.Event()

    async def together() -> str:
        arrived.append(1)
        if len(arrived) == 3:
            everybody.set()
        await everybody.wait()
        return "Here."

    report = await doctor(SERVICE, [Probe(name, together) for name in "abc"], "https://u")
    assert [states(report)[name] for name in "abc"] == ["pass"] * 3
