"""What single checks make of what they are told: of the service, clocks, the grant at HubSpot, the line, deliveries."""

from datetime import UTC, datetime, timedelta

import pytest

from offhook.diagnosis.of_desk import PhoneSystemSeen, deliveries, line
from offhook.diagnosis.of_grant import at_hubspot, no_owner
from offhook.diagnosis.of_service import api, clock, credentials, itself
from offhook.errors import AppRejected, GrantBroken, HubSpotUnavailable, HubSpotUnreachable, OffhookError
from offhook.grants.grant import Grant, GrantState
from offhook.grants.wire import Identity
from offhook.jobs.store import Arrivals

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GRANT = Grant("g", "ben", 111, "Acorn", 7, "ben@acorn.example", ("oauth", "tickets"), GrantState.ACTIVE, None, NOW)


@pytest.mark.parametrize(
    ("address", "answer", "state", "says"),
    [
        ("https://phones.example", True, "pass", "Offhook answers"),
        ("https://phones.example", False, "fail", "is not Offhook"),
        ("http://localhost:8600", "ConnectError", "fail", "Nothing answers"),
        # A router may not let a machine reach its own public address.
        ("https://phones.example", "ConnectTimeout", "could-not-ask", "From this machine"),
    ],
)
def test_whether_the_service_reaches_itself(address: str, answer: bool | str, state: str, says: str) -> None:
    check = itself(address, answer).check
    assert (check.state, says in check.says) == (state, True)


@pytest.mark.parametrize("error", [HubSpotUnreachable(), HubSpotUnavailable()])
def test_a_hubspot_that_does_not_answer_has_failed_and_whose_fault_it_is_stays_open(error: OffhookError) -> None:
    finding = api("https://api.hubapi.com", error)
    assert (finding.check.state, finding.check.who, finding.sure) == ("fail", "hubspot", "likely")
    assert "cannot be told from here" in finding.check.says
    assert api("https://api.hubapi.com", NOW).check.state == "pass"


@pytest.mark.parametrize(
    ("seconds", "state", "says"),
    [
        (0, "pass", "agrees"),
        (59, "pass", "agrees"),
        (-59, "pass", "agrees"),
        (90, "pass", "1.5 minutes ahead of"),
        (-300, "pass", "5 minutes behind"),
        (301, "fail", "5 minutes ahead of"),
        (-600, "fail", "10 minutes behind"),
    ],
)
def test_a_clock_may_differ_a_little(seconds: int, state: str, says: str) -> None:
    check = clock(timedelta(seconds=seconds)).check
    assert (check.state, says in check.says) == (state, True)


def test_a_clock_that_cannot_be_compared_is_no_wrong_clock() -> None:
    assert {clock(each).check.state for each in (None, HubSpotUnreachable())} == {"could-not-ask"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (None, "pass"),
        (GrantBroken("missing or invalid refresh token"), "pass"),
        (AppRejected(), "fail"),
        (HubSpotUnreachable(), "could-not-ask"),
    ],
)
def test_only_what_hubspot_says_of_the_app_is_held_against_it(answer: OffhookError | None, state: str) -> None:
    check = credentials(answer).check
    assert (check.state, check.part) == (state, "app")


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (Identity(111, 7, scopes=("tickets", "oauth")), "pass", "the same"),
        (Identity(111, 7), "pass", "the same"),
        (Identity(111, 8, scopes=GRANT.scopes), "fail", "user 8 of account 111"),
        (Identity(111, 7, scopes=("oauth",)), "fail", "taken scopes away since: tickets"),
        (None, "fail", "does not know"),
        (HubSpotUnreachable(), "could-not-ask", "cannot be reached"),
    ],
)
def test_the_grant_is_compared_with_what_hubspot_holds(
    answer: Identity | OffhookError | None, state: str, says: str
) -> None:
    check = at_hubspot(GRANT, answer).check
    assert (check.state, says in check.says) == (state, True)


def test_who_is_no_owner_can_work() -> None:
    check = no_owner("ben@acorn.example").check
    assert (check.state, check.minor, check.who) == ("fail", True, "administrator")


def test_a_phone_system_that_is_not_set_up_any_more_is_for_the_operator() -> None:
    _, system = line(PhoneSystemSeen("acme"), "201")
    assert (system.check.state, system.check.who) == ("fail", "operator")


def test_a_phone_system_that_cannot_be_asked_is_not_said_to_be_well() -> None:
    _, system = line(PhoneSystemSeen("webhook", "Any phone system"), "201")
    assert (system.check.state, system.check.minor) == ("could-not-ask", True)


@pytest.mark.parametrize(
    ("arrivals", "state", "says"),
    [
        (Arrivals(), "could-not-ask", "Ring once"),
        (Arrivals(NOW), "pass", "arrived at 2026-11-23 12:00 UTC"),
        (Arrivals(NOW, 1, NOW - timedelta(seconds=59)), "pass", "arrived at"),
        (Arrivals(NOW, 2, NOW - timedelta(minutes=2)), "fail", "wait to be handled: 2, since"),
        (Arrivals(NOW, given_up=1), "fail", "could not be handled, after several tries: 1"),
    ],
)
def test_deliveries_that_wait_or_were_given_up_are_told(arrivals: Arrivals, state: str, says: str) -> None:
    check = deliveries(arrivals, "the exchange", NOW).check
    assert (check.state, says in check.says) == (state, True)
