"""The ordered checks of an agent and of the operator, and what the first that fails makes of the report."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from offhook.diagnosis.check import Finding, failed, not_asked, passed
from offhook.diagnosis.checks import Kinds, Subject, for_agent, of_installation
from offhook.diagnosis.of_account import Asked
from offhook.diagnosis.of_desk import PhoneSystemSeen
from offhook.diagnosis.of_service import Service
from offhook.diagnosis.report import Check, Missing, Report
from offhook.errors import GrantBroken, HubSpotUnreachable, NoGrant
from offhook.grants.grant import Grant, GrantState
from offhook.hubspot.users import Account, User


class Capability(NamedTuple):
    key: str
    title: str
    scopes: tuple[str, ...]


READ, WRITE, USERS = "crm.objects.contacts.read", "crm.objects.contacts.write", "settings.users.read"
CAPABILITIES = (
    Capability("find-contacts", "Find contacts", (READ,)),
    Capability("log-calls", "Log calls", (WRITE,)),
    Capability("tickets", "Show tickets", ("tickets",)),
    Capability("check-rights", "Check rights", (USERS,)),
)
KINDS = Kinds(("oauth", READ), ("oauth", READ, WRITE, "tickets", USERS), CAPABILITIES)
SERVICE = Service("http://localhost:8600", "http://localhost:8600/oauth/callback", "client-id", has_client_secret=True)
SINCE = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL = ("oauth", READ, WRITE, "tickets", USERS)
GRANT = Grant("g", "ben", 111, "Acorn", 7, "ben@acorn.example", ALL, GrantState.ACTIVE, None, SINCE)
EXCHANGE = PhoneSystemSeen("exchange", "Offhook exchange", embedded=True)
BEN = Subject("Ben Bright", "ben@acorn.example", GRANT, None, (), EXCHANGE, "201")
USER = User(7, "ben@acorn.example", "Ben", "Bright", super_admin=False, roles=("5",))
ASKED = Asked(Account(111, "app.hubspot.com", "UTC", "STANDARD"), None, USER, {"5": "Sales rep"})


def diagnose(
    subject: Subject = BEN, service: Service = SERVICE, asked: Asked = ASKED, live: tuple[Finding, ...] = ()
) -> Report:
    return for_agent(service, subject, KINDS, asked, live, "https://u")


def granted(*scopes: str) -> Subject:
    return replace(BEN, grant=replace(GRANT, scopes=scopes))


def states(report: Report) -> dict[str, str]:
    return {check.name: check.state for check in report.checks}


def named(report: Report, name: str) -> Check:
    [check] = [check for check in report.checks if check.name == name]
    return check


def test_all_is_looked_at_from_the_ground_up() -> None:
    live = (
        passed("Clock", "Right.", "clock"),
        not_asked("Find a contact", "HubSpot is slow.", part="live"),
        passed("Database", "It answers."),
        passed("Deliveries", "None waits.", "deliveries"),
        passed("Client secret", "Fine.", "app"),
    )
    assert [check.name for check in diagnose(live=live).checks] == [
        "Service address",
        "Database",
        "HubSpot app",
        "Redirect address",
        "App's settings",
        "Client secret",
        "App in the account",
        "Approval",
        "Subscription",
        "HubSpot user",
        "Super Admin",
        "Permission set",
        "Rights",
        "HubSpot connection",
        "Granted scopes",
        "Find contacts",
        "Log calls",
        "Show tickets",
        "Check rights",
        "Find a contact",
        "Line",
        "Phone system",
        "Microphone",
        "Deliveries",
        "Clock",
        "Panel version",
    ]


def test_when_nothing_is_wrong_it_says_so_and_nobody_is_written_to() -> None:
    report = diagnose()
    assert "fail" not in states(report).values()
    assert (report.title, report.missing, report.remember) == ("No trouble found", (), None)
    assert (report.says, report.message.text) == ("Everything that is needed is in order.", "")
    assert "Connected to Acorn (111) as ben@acorn.example since 2026-11-23 12:00 UTC." in [c.says for c in report.checks]


def test_what_nobody_can_ask_is_told_and_never_the_cause() -> None:
    never = [each for each in diagnose().checks if each.state == "could-not-ask"]
    assert {each.name for each in never} == {
        "App's settings",
        "Approval",
        "Subscription",
        "Microphone",
        "Panel version",
    }
    assert all(each.minor and each.says for each in never)


@pytest.mark.parametrize(
    ("subject", "name", "says", "who"),
    [
        (replace(BEN, grant=None), "HubSpot connection", "not connected", "agent"),
        (replace(BEN, grant=replace(GRANT, state=GrantState.OFF)), "HubSpot connection", "switched off", "agent"),
        (
            replace(BEN, grant=replace(GRANT, state=GrantState.BROKEN, reason="Revoked by HubSpot.")),
            "HubSpot connection",
            "Revoked by HubSpot.",
            "agent",
        ),
        (granted("oauth"), "Granted scopes", READ, "agent"),
        (granted("oauth", READ), "Log calls", f"Off: HubSpot did not grant {WRITE}.", "agent"),
        (replace(BEN, phone_system=None), "Line", "No phone system", "agent"),
        (replace(BEN, line=None), "Line", "Not logged in to a line of Offhook exchange", "agent"),
    ],
)
def test_what_a_person_can_change_names_itself_its_remedy_and_who(
    subject: Subject, name: str, says: str, who: str
) -> None:
    report = diagnose(subject)
    check = named(report, name)
    assert (check.state, check.who) == ("fail", who)
    assert says in check.says
    assert check.remedy
    assert (report.cause, report.title, report.says) == ("person", f"{name}: needs attention", check.says)
    assert (report.sure, check.says in report.message.text) == ("certain", True)


def test_a_capability_that_was_not_granted_is_off_with_its_reason_and_right() -> None:
    report = diagnose(granted("oauth", READ, "tickets", USERS))
    assert "Contacts > Edit" in (named(report, "Log calls").remedy or "")
    assert [(each.right, each.needed_for) for each in report.missing] == [("Contacts > Edit", ("Log calls",))]
    assert report.remember
    rights = named(report, "Rights")
    assert (rights.state, "Contacts > Edit (likely)" in rights.says) == ("could-not-ask", True)


def test_what_is_off_as_a_matter_of_taste_is_no_trouble() -> None:
    report = diagnose(granted("oauth", READ, WRITE))
    tickets = named(report, "Show tickets")
    assert (tickets.state, tickets.minor) == ("fail", True)
    assert (report.title, report.says) == (
        "No trouble found",
        "Everything that is needed is in order. Off: Show tickets, Check rights.",
    )


def test_nobody_is_told_to_ask_for_power_over_other_users() -> None:
    report = diagnose(granted("oauth", READ, WRITE, "tickets"))
    assert named(report, "Check rights").state == "fail"
    assert "Add and edit users" not in f"{report}"


def test_what_the_administrators_switched_off_is_their_decision_and_no_right_is_missing_for_it() -> None:
    report = diagnose(replace(granted("oauth", READ, "tickets", USERS), without=("log-calls",)))
    check = named(report, "Log calls")
    assert (check.state, check.who, check.minor) == ("fail", "administrator", True)
    assert "switched it off" in check.says
    assert (report.title, report.missing) == ("No trouble found", ())


def test_what_failed_counts_before_what_could_not_be_asked() -> None:
    live = (
        not_asked("Search", "HubSpot is slow.", part="live"),
        failed("Owners", "No.", None, "account", "live", sure="likely"),
    )
    report = diagnose(live=live)
    assert (report.cause, report.says, report.sure) == ("account", "No.", "likely")
    assert diagnose(live=live[:1]).title == "Search: could not be asked"


def test_of_two_failures_the_one_nearer_to_the_ground_is_named() -> None:
    report = diagnose(replace(BEN, line=None), replace(SERVICE, client_id=""))
    assert (report.cause, report.title) == ("app", "HubSpot app: needs attention")


@pytest.mark.parametrize(
    ("service", "cause", "says"),
    [
        (replace(SERVICE, address="http://phones.example"), "service", "not https"),
        (replace(SERVICE, redirect_uri="http://127.0.0.1:8600/oauth/callback"), "app", "http://localhost"),
        (replace(SERVICE, client_id=""), "app", "OFFHOOK_HUBSPOT_CLIENT_ID must be set."),
        (replace(SERVICE, has_client_secret=False), "app", "OFFHOOK_HUBSPOT_CLIENT_SECRET must be set."),
        (replace(SERVICE, project=(Check("Scopes", "fail", "It lacks tickets.", "Add it."),)), "app", "lacks tickets"),
    ],
)
def test_a_service_that_is_set_up_wrongly_is_the_cause_and_its_operator_changes_it(
    service: Service, cause: str, says: str
) -> None:
    report = diagnose(service=service)
    assert report.cause == cause
    assert says in report.says
    assert [check.who for check in report.checks if check.state == "fail"] == ["operator"]


def test_a_developer_project_stands_in_for_what_hubspot_tells_nobody() -> None:
    report = diagnose(service=replace(SERVICE, project=(Check("Scopes", "pass", "The app lists all."),)))
    assert (named(report, "Scopes").part, "App's settings" in states(report)) == ("app", False)


BROKEN = replace(GRANT, state=GrantState.BROKEN, reason="Revoked.")


@pytest.mark.parametrize(
    ("own", "accounts", "state", "says"),
    [
        (ASKED.own, None, "pass", "Installed."),
        (GrantBroken(), ASKED.own, "pass", "ada@acorn.example connected the account on 2026-11-23."),
        (GrantBroken(), GrantBroken(), "fail", "Most likely the app was uninstalled."),
        (GrantBroken(), None, "could-not-ask", "look alike"),
        (NoGrant(), None, "could-not-ask", "HubSpot says nothing"),
        (HubSpotUnreachable(), None, "could-not-ask", "cannot be reached"),
    ],
)
def test_whether_the_app_is_installed_is_said_only_as_far_as_it_is_known(
    own: object, accounts: object, state: str, says: str
) -> None:
    account_grant = replace(GRANT, email="ada@acorn.example") if accounts else None
    asked = replace(ASKED, own=own, accounts=accounts)
    check = named(diagnose(replace(BEN, grant=BROKEN, account_grant=account_grant), asked=asked), "App in the account")
    assert (check.state, says in check.says) == (state, True)


def test_an_app_that_was_uninstalled_is_the_likely_cause_and_not_a_certain_one() -> None:
    asked = replace(ASKED, own=GrantBroken(), accounts=GrantBroken())
    report = diagnose(replace(BEN, grant=BROKEN, account_grant=BROKEN), asked=asked)
    assert (report.cause, report.sure, report.title) == ("account", "likely", "App in the account: needs attention")


@pytest.mark.parametrize(
    ("user", "name", "state", "says"),
    [
        (USER, "Permission set", "pass", "The rights are those of Sales rep."),
        (replace(USER, roles=("9",)), "Permission set", "could-not-ask", "did not say its name"),
        (replace(USER, roles=()), "Permission set", "pass", "None"),
        (replace(USER, super_admin=True), "Rights", "pass", "every right"),
        (replace(USER, super_admin=True), "Super Admin", "pass", "Super Admin."),
        (USER, "Super Admin", "pass", "Not Super Admin"),
        (None, "HubSpot user", "fail", "deactivated, or taken out"),
        (NoGrant(), "HubSpot user", "could-not-ask", "does not tell"),
        (HubSpotUnreachable(), "HubSpot user", "could-not-ask", "cannot be reached"),
    ],
)
def test_of_the_person_what_hubspot_tells_is_told(user: object, name: str, state: str, says: str) -> None:
    check = named(diagnose(asked=replace(ASKED, user=user)), name)
    assert (check.state, says in check.says) == (state, True)


PROVED = Missing("Contacts > Edit", "All contacts", "Settings", ("Log calls",), "proved", "HubSpot's own page")


def test_what_hubspots_page_named_at_the_last_try_is_proved_and_the_cause_while_she_is_not_connected() -> None:
    stopped = replace(BEN, grant=None, proved=(PROVED,), tried_at=SINCE)
    report = diagnose(stopped)
    assert (report.title, report.sure, report.missing) == ("Rights: needs attention", "likely", (PROVED,))
    assert "on 2026-11-23, HubSpot's page named these as missing: Contacts > Edit" in report.says
    assert named(report, "Rights").who == "administrator"


def test_what_was_proved_counts_more_than_what_is_supposed_and_stops_nobody_who_is_connected() -> None:
    stopped = replace(granted("oauth", READ, "tickets", USERS), proved=(PROVED,), tried_at=SINCE)
    report = diagnose(stopped)
    assert (report.title, report.missing) == ("Log calls: needs attention", (PROVED,))
    assert (named(report, "Rights").state, named(report, "Rights").minor) == ("fail", True)


def test_a_user_who_is_deactivated_is_for_an_administrator() -> None:
    report = diagnose(replace(BEN, grant=BROKEN), asked=replace(ASKED, user=None))
    assert (report.title, named(report, "HubSpot user").who) == ("HubSpot user: needs attention", "administrator")


def test_the_operators_report_has_the_ground_and_nobody_in_it() -> None:
    live = (passed("Database", "It answers."), failed("Clock", "It is ten minutes off.", "Set it.", part="clock"))
    report = of_installation(SERVICE, KINDS, live, "https://u")
    assert [check.part for check in report.checks] == ["service", "service", "app", "app", "app", "clock"]
    assert (report.says, report.cause) == ("It is ten minutes off.", "service")
    assert "- Clock: It is ten minutes off. Set it." in report.message.text
