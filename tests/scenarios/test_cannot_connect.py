"""Causes of *I cannot connect*, each played with the real sandbox: the first screen names it, or says what it cannot.

Most have two variants: the extension has read HubSpot's page (*read*), or nobody tells the service anything (*silence*).
The table of docs/how-to/cannot-connect.md says the same to people.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.scenarios.applicant import (
    MARKETPLACE,
    MAY_VIEW,
    Applicant,
    new_account,
    read_by_extension,
    set_up_app,
)
from tests.scenarios.stage import Json, Stage, running_stage

from offhook.demo.world import APP

SUPER_ADMIN, OPERATOR = "A Super Admin of your HubSpot account", "Whoever runs Offhook for you"
REQUIRED = "oauth crm.objects.contacts.read"
PATIENCE = 1.0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=PATIENCE) as stage:
        stage.control("POST", "/limits", {"enabled": False})
        set_up_app(stage)
        yield stage


@pytest.fixture(autouse=True)
def app_in_order(stage: Stage) -> Iterator[None]:
    yield
    set_up_app(stage)
    stage.works()


@pytest.fixture
def account(stage: Stage) -> int:
    return new_account(stage)


Somebody = Callable[..., Applicant]


@pytest.fixture
def somebody(stage: Stage, account: int) -> Iterator[Somebody]:
    """Somebody new in the test's account, with these rights."""
    arrived: list[Applicant] = []

    def arrives(*rights: Json, **more: Any) -> Applicant:
        arrived.append(Applicant(stage, account, {key: value for each in rights for key, value in each.items()}, **more))
        return arrived[-1]

    yield arrives
    for each in arrived:
        each.leaves()


read = pytest.mark.parametrize("read", [True, False], ids=["read", "silence"])


def proved(report: Json) -> list[str]:
    return [each["right"] for each in report["missing"] if each["sure"] == "proved"]


def blames(report: Json, cause: str, title: str, who: str, sure: str = "certain") -> None:
    """It names the cause, says how sure that is, who changes it and how."""
    assert (report["cause"], report["title"], report["sure"], report["who"]) == (cause, title, sure, who)
    assert len(report["remedy"].split()) > 4


def does_not_pretend(report: Json) -> None:
    """Without the page it says that it does not know, what it may be, how to find out; and proves nothing."""
    assert (report["cause"], report["sure"], report["title"]) == ("unknown", "unknown", "HubSpot did not answer")
    for possibility in ("still waits for you", "tab was closed", "refused you"):
        assert possibility in report["says"]
    assert "choose below what it says" in report["remedy"]
    assert proved(report) == []
    assert [each["right"] for each in report["missing"]][:2] == ["App Marketplace access", "Contacts > View"]
    assert all(each["source"].startswith("https://") for each in report["missing"])
    assert "logging out and in again" in report["remember"]


def first_screen(somebody: Applicant, read: bool, cause: str, title: str, who: str, sure: str = "certain") -> Json | None:
    """With HubSpot's page the screen names the cause; in silence it does not pretend, and None is given."""
    report = somebody.first_screen(read=read)
    if not read:
        does_not_pretend(report)
        return None
    blames(report, cause, title, who, sure)
    return report


# The person's rights.


@read
def test_no_marketplace_right_with_new_scopes(somebody: Somebody, read: bool) -> None:
    abby = somebody(MAY_VIEW)
    assert abby.tries().status_code == 403
    report = first_screen(abby, read, "person", "HubSpot names the rights that you are missing", SUPER_ADMIN)
    if report is None:
        return
    assert proved(report) == ["App Marketplace access"]
    assert "connect it once yourself" in report["message"]["text"]
    assert "logging out and in again" in report["remember"]


@read
def test_contacts_view_missing(somebody: Somebody, read: bool) -> None:
    abby = somebody(MARKETPLACE, {"contacts.view": "own"})
    assert abby.tries().status_code == 403
    report = first_screen(abby, read, "person", "HubSpot names the rights that you are missing", SUPER_ADMIN)
    if report is None:
        return
    assert proved(report) == ["Contacts > View"]
    (view,) = [each for each in report["missing"] if each["sure"] == "proved"]
    assert view["where"].endswith("Actions > Edit > CRM > CRM objects > Contacts")
    assert view["needed_for"] == ["Connect at all", "Find contacts"]


@pytest.mark.parametrize(
    "rights",
    [{}, {"contacts.edit": "own"}, {"contacts.edit": "team"}],
    ids=["edit missing", "own contacts, unassigned missing", "team, unassigned missing"],
)
def test_contacts_edit_or_unassigned_missing_stops_nobody_and_is_explained(somebody: Somebody, rights: Json) -> None:
    """HubSpot drops the optional scope without a word; the panel says what is off, and which switch would bring it."""
    abby = somebody(MAY_VIEW, MARKETPLACE, rights)
    assert abby.tries().status_code == 200
    assert abby.grants()["state"] == "granted"
    off = {each["key"]: each for each in abby.panel.ask("GET", "/api/panel")["grant"]["capabilities"] if not each["on"]}
    assert "log-calls" in off
    assert off["log-calls"]["why"]
    assert "find-contacts" not in off
    report = abby.panel.ask("GET", "/api/diagnosis")
    (edit,) = [each for each in report["missing"] if each["right"] == "Contacts > Edit"]
    assert "Unassigned ticked" in edit["value"]
    assert "Log calls on the timeline" in edit["needed_for"]
    assert edit["sure"] == "likely"


@read
def test_rights_changed_but_not_logged_in_again(somebody: Somebody, read: bool) -> None:
    abby = somebody({"contacts.view": "own"})
    abby.tries()
    first = abby.with_page()
    abby.gets(MAY_VIEW | MARKETPLACE)
    abby.begins()
    assert abby.opens().status_code == 403, "her login is older than her rights"
    report = abby.first_screen(read=read)
    assert "log out of HubSpot and in again" in report["remember"]
    if read:
        assert proved(report) == proved(first)
        assert "The same was missing the last time" in report["remember"]
    else:
        assert "You were stopped before" in report["remember"]
    abby.logs_in()
    assert abby.grants()["state"] == "granted"


def test_a_right_that_was_given_is_not_asked_for_again(somebody: Somebody) -> None:
    abby = somebody({"contacts.view": "own"})
    abby.tries()
    assert proved(abby.with_page()) == ["App Marketplace access", "Contacts > View"]
    abby.gets(MARKETPLACE)
    abby.tries()
    assert proved(abby.with_page()) == ["Contacts > View"]


@read
def test_an_older_wording_that_names_nothing(stage: Stage, somebody: Somebody, read: bool) -> None:
    set_up_app(stage, terms={"wording": "older"})
    abby = somebody({"contacts.view": "own"})
    abby.tries()
    report = first_screen(abby, read, "person", "HubSpot says that your role is not enough", SUPER_ADMIN, sure="likely")
    if report is None:
        return
    assert "does not say which of the two" in report["says"]
    assert [each["right"] for each in report["missing"]][:2] == ["App Marketplace access", "Contacts > View"]


# The app.

APPS: dict[str, tuple[Json, str]] = {
    "a required scope is not in the app": (
        {"required_scopes": "oauth"},
        "Offhook's app is set up differently in HubSpot",
    ),
    "an optional scope is not in the app": ({"optional_scopes": ""}, "Offhook's app is set up differently in HubSpot"),
    "a scope stands in the wrong list": (
        {"required_scopes": "oauth", "optional_scopes": f"{APP['optional_scopes']} crm.objects.contacts.read"},
        "Offhook's app is set up differently in HubSpot",
    ),
    "the app requires more": ({"required_scopes": f"{REQUIRED} content"}, "Offhook's app asks for too little"),
    "the app requires more, in older words": (
        {"required_scopes": f"{REQUIRED} content", "terms": {"wording": "older"}},
        "Offhook's app asks for too little",
    ),
    "the developer may not ask": (
        {"terms": {"forbidden_scopes": ["crm.objects.contacts.read"]}},
        "Offhook's app may not ask for this",
    ),
    "the terms are not signed": (
        {"distribution": "marketplace", "terms": {"policy_signed": False}},
        "The app's owner has not accepted HubSpot's terms",
    ),
    "another account than allowed": ({"terms": {"allow_list": [1]}}, "Offhook's app is not meant for this account"),
    "another redirect address": (
        {"redirect_urls": ["https://old.example/oauth/callback"]},
        "HubSpot does not know Offhook's address",
    ),
}


@read
@pytest.mark.parametrize("name", APPS)
def test_the_apps_settings_do_not_fit(stage: Stage, somebody: Somebody, name: str, read: bool) -> None:
    changed, title = APPS[name]
    set_up_app(stage, **changed)
    abby = somebody(super_admin=True)
    assert abby.tries().status_code in (400, 403)
    report = first_screen(abby, read, "app", title, OPERATOR)
    if report is None:
        return
    assert (report["missing"], report["remember"], report["less"]) == ([], None, None), "nobody is sent for rights"
    assert "No right of yours can change that" in report["says"]
    assert f"redirect URL: {stage.service}/oauth/callback" in report["message"]["text"]
    assert f"required scopes: {REQUIRED}" in report["message"]["text"]


@read
def test_the_app_is_connected_in_as_many_accounts_as_it_may_be(stage: Stage, somebody: Somebody, read: bool) -> None:
    set_up_app(stage, terms={"install_cap": 1})
    abby = somebody(super_admin=True)
    assert abby.tries().status_code == 403
    first_screen(abby, read, "app", "Offhook's app is connected in as many accounts as it may be", OPERATOR)


@read
def test_an_unknown_client_id(somebody: Somebody, read: bool) -> None:
    abby = somebody(super_admin=True)
    assert abby.tries(client_id="no-such-app").status_code == 400
    first_screen(abby, read, "app", "HubSpot does not know Offhook's app", OPERATOR)


# The account.


@read
def test_the_tier_lacks_a_scope(stage: Stage, somebody: Somebody, read: bool) -> None:
    """An Offhook whose operator lets it ask for more than contacts, in a free account."""
    set_up_app(stage, required_scopes=f"{REQUIRED} automation")
    abby = somebody(super_admin=True)
    assert abby.tries(scope=f"{REQUIRED} automation").status_code == 403
    report = first_screen(abby, read, "account", "This HubSpot account lacks a feature", SUPER_ADMIN)
    if report is None:
        return
    assert report["missing"] == []
    assert "every subscription has" in report["says"]


@read
def test_the_app_is_not_approved(stage: Stage, somebody: Somebody, account: int, read: bool) -> None:
    stage.control("POST", f"/accounts/{account}/approvals/required", {"required": True})
    somebody(super_admin=True)
    abby = somebody(MAY_VIEW, MARKETPLACE)
    assert abby.tries().status_code == 403
    if first_screen(abby, read, "account", "Your account wants apps to be approved first", SUPER_ADMIN) is None:
        return
    abby.person.submit(str(abby.page.url) if abby.page else "", {})
    abby.opens()
    blames(abby.with_page(), "account", "Your request waits to be approved", SUPER_ADMIN)
    stage.control("POST", f"/accounts/{account}/approvals", {"client_id": APP["client_id"]})
    assert abby.grants()["state"] == "granted", "the same attempt goes on when it is solved"


@read
def test_a_super_admin_is_stopped_by_approval_as_well(stage: Stage, somebody: Somebody, account: int, read: bool) -> None:
    stage.control("POST", f"/accounts/{account}/approvals/required", {"required": True})
    abby = somebody(super_admin=True)
    assert abby.tries().status_code == 403
    report = first_screen(abby, read, "account", "Offhook is not approved in this account", SUPER_ADMIN)
    if report is None:
        return
    assert "crm.objects.contacts.read" in report["says"], "the page names the scopes"


@read
def test_the_app_is_approved_for_others(stage: Stage, somebody: Somebody, account: int, read: bool) -> None:
    stage.control("POST", f"/accounts/{account}/approvals/required", {"required": True})
    approval = {"client_id": APP["client_id"], "audience": "users", "users": ["somebody@else.example"]}
    stage.control("POST", f"/accounts/{account}/approvals", approval)
    abby = somebody(MAY_VIEW, MARKETPLACE)
    assert abby.tries().status_code == 403
    first_screen(abby, read, "account", "Offhook is approved, but not for you", SUPER_ADMIN)


def connected(somebody: Somebody) -> Applicant:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    abby.tries()
    assert abby.grants()["state"] == "granted"
    return abby


def test_the_app_is_uninstalled_later(stage: Stage, somebody: Somebody, account: int) -> None:
    """Noticed within one call. HubSpot does not say who ended it; it says so, and what is needed to come back."""
    abby = connected(somebody)
    abby.gets({"app_marketplace_access": "off"})
    stage.control("POST", f"/accounts/{account}/apps/{APP['client_id']}/uninstall")
    report = abby.panel.ask("GET", "/api/diagnosis")
    broken = next(check for check in report["checks"] if check["state"] == "fail")
    assert broken["remedy"]
    assert abby.panel.ask("GET", "/api/panel")["grant"]["state"] == "broken"
    assert abby.tries().status_code == 403, "to HubSpot the app is new again"
    again = abby.with_page()
    blames(again, "person", "HubSpot names the rights that you are missing", SUPER_ADMIN)
    assert proved(again) == ["App Marketplace access"]


# The person is not who or where she thinks.


@read
def test_the_user_was_deactivated(stage: Stage, somebody: Somebody, read: bool) -> None:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    abby.joins(new_account(stage), {})
    abby.gets({}, active=False)
    assert abby.tries().status_code == 403
    report = first_screen(
        abby, read, "person", "You are not a user of that HubSpot account", "You yourself", sure="likely"
    )
    if report is None:
        return
    assert "From outside, the three look the same" in report["says"]
    assert report["missing"] == []


def test_who_is_deactivated_later_stays_connected_and_could_not_connect_again(stage: Stage, somebody: Somebody) -> None:
    """HubSpot does not document it; an account's token does not follow the person, so it is played like this."""
    abby = connected(somebody)
    abby.joins(new_account(stage), {})
    abby.gets({}, active=False)
    assert abby.panel.ask("GET", "/api/contacts?query=nobody")["answer"] == "none", "HubSpot still answers for her"
    assert abby.panel.ask("GET", "/api/panel")["grant"]["state"] == "active"
    assert abby.tries().status_code == 403
    blames(abby.with_page(), "person", "You are not a user of that HubSpot account", "You yourself", sure="likely")


def test_hubspot_does_not_let_her_log_in(somebody: Somebody) -> None:
    """A deactivated user who is in no other account; only she sees HubSpot's login page, so she says what it says."""
    abby = somebody(MAY_VIEW)
    abby.gets({}, active=False)
    abby.begins()
    answer = abby.person.browser.post("/login", data={"email": abby.email, "password": "demo", "next": "/"})
    assert answer.status_code == 401
    blames(
        abby.says(page_text=read_by_extension(answer.text)),
        "person",
        "HubSpot does not let you log in",
        "You yourself",
        sure="unknown",
    )


@read
def test_the_wrong_account_was_chosen(stage: Stage, somebody: Somebody, account: int, read: bool) -> None:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    other = new_account(stage)
    abby.joins(other, {"contacts.view": "own"})
    abby.logs_in()
    abby.begins(came_from=account)
    assert abby.opens(other).status_code == 403
    report = first_screen(abby, read, "person", "You chose another HubSpot account", "You yourself", sure="likely")
    if report is None:
        return
    assert f"for account {other}, and you came from account {account}" in report["says"]
    assert proved(report) == ["App Marketplace access", "Contacts > View"], "in case she meant that one"
    assert abby.grants()["state"] == "granted", "in the right one"


# Nothing is wrong with anybody's rights.


def test_the_consent_window_was_closed(somebody: Somebody) -> None:
    """The extension sees a tab go; without it, nobody knows."""
    abby = somebody(MAY_VIEW, MARKETPLACE)
    assert abby.tries().status_code == 200
    does_not_pretend(abby.in_silence())
    report = abby.says(saw="window-closed")
    blames(report, "person", "HubSpot's page was closed before an answer came", "You yourself")
    assert (report["missing"], report["message"]["text"]) == ([], "")
    assert abby.grants()["state"] == "granted", "a page that was closed can be opened again"


def test_hubspots_page_still_waits(stage: Stage, somebody: Somebody) -> None:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    assert abby.tries().status_code == 200
    blames(abby.with_page(), "person", "HubSpot warns that the app is not verified", "Nobody needs to")
    set_up_app(stage, is_verified=True)
    abby.opens()
    blames(abby.with_page(), "person", "HubSpot waits for your answer", "You yourself")


def test_cancel_was_pressed(somebody: Somebody) -> None:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    abby.tries()
    answer = abby.person.submit(str(abby.page.url) if abby.page else "", {"decision": "cancel"})
    page = abby.panel.api.get(answer.headers["location"])
    claim = abby.panel.claim()
    assert (claim["state"], claim["problem"]["code"]) == ("failed", "declined-consent")
    assert claim["problem"]["remedy"] in page.text


def test_hubspot_is_down(stage: Stage, somebody: Somebody) -> None:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    abby.begins()
    stage.kill("sandbox")
    try:
        blames(abby.in_silence(), "service", "HubSpot itself has trouble", "You yourself", sure="likely")
    finally:
        stage.start_sandbox()
        stage.wait("sandbox")
    abby.begins()
    does_not_pretend(abby.in_silence())


def test_hubspot_goes_down_between_the_yes_and_the_tokens(stage: Stage, somebody: Somebody) -> None:
    abby = somebody(MAY_VIEW, MARKETPLACE)
    abby.tries()
    stage.fails("/oauth/2026-09/token", status=503)
    claim = abby.grants()
    assert (claim["state"], claim["problem"]["code"]) == ("failed", "hubspot-unavailable")
    assert claim["problem"]["retryable"]
    stage.works()
    abby.begins()
    abby.opens()
    assert abby.grants()["state"] == "granted"
