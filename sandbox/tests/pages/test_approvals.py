"""Approval of apps in the pages: asking, approving, denying, limiting, blocking, revoking."""

from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLEO, CLIENT_ID, DEV, OPTIONAL_SCOPES
from hubspot_sandbox.testing import ControlRefused

LIST = f"/integrations-settings/{ACORN}/approved"
APP = f"{LIST}/{CLIENT_ID}"
OPTIONAL = " ".join(OPTIONAL_SCOPES)


@pytest.fixture
def cleo(someone: Any, portal: Portal) -> Any:
    """She could connect the app, if it were approved."""
    member = portal.people.membership(ACORN, CLEO)
    assert member
    portal.people.set_rights(ACORN, CLEO, {**member.rights, "app_marketplace_access": "on"})
    return someone().log_in(CLEO)


@pytest.fixture
def strict(portal: Portal) -> None:
    portal.approvals.require(ACORN, True)


def ask_action(address: str) -> str:
    return address.replace("/authorize?", "/request-approval?")


def test_at_first_nothing_needs_approval(cleo: Any, authorize: Any) -> None:
    assert cleo.get(authorize(ACORN)).heading == "Request for Integration Permissions"


def test_an_app_is_asked_for_approved_and_connected(
    ada: Any, cleo: Any, authorize: Any, portal: Portal, strict: None
) -> None:
    address = authorize(ACORN)
    page = cleo.get(address, expect=403)
    assert page.heading == "Offhook needs to be approved"
    cleo.post(ask_action(address), page.fields(ask_action(address)))
    assert "You requested approval on" in cleo.get(address, expect=403).one("p", role="status").text
    assert [each.subject for each in portal.notices.all()] == ["Cleo Costa requests approval of Offhook"]
    page = ada.get(LIST)
    assert "Cleo Costa asks for Offhook" in page.texts("h3")
    ada.submit(APP, **{"scope.crm.objects.contacts.write": None})
    page = ada.follow()
    assert page.one("p", role="status").text == "Offhook is approved."
    assert "Cleo Costa asks for Offhook" not in page.texts("h3")
    words = cleo.get(authorize(ACORN, optional_scope=OPTIONAL)).one("main").text
    assert "crm.objects.companies.read" in words
    assert "crm.objects.contacts.write" not in words, "it was blocked"


def test_asking_twice_is_one_request(cleo: Any, authorize: Any, portal: Portal, strict: None) -> None:
    action = ask_action(authorize(ACORN))
    fields = cleo.get(authorize(ACORN), expect=403).fields(action)
    for _ in range(2):
        cleo.post(action, fields)
    assert len(portal.approvals.requests(ACORN)) == 1
    assert len(portal.notices.all()) == 1


def test_a_request_can_be_denied_and_repeated(ada: Any, cleo: Any, authorize: Any, portal: Portal, strict: None) -> None:
    portal.approvals.ask(ACORN, CLIENT_ID, CLEO, ("oauth",))
    ada.submit(LIST, f"{APP}/deny")
    assert ada.follow().one("p", role="status").text == "The request for Offhook was denied."
    page = cleo.get(authorize(ACORN), expect=403)
    assert "Your request was denied. You can ask again." in page.one("main").text
    cleo.post(ask_action(authorize(ACORN)), page.fields(ask_action(authorize(ACORN))))
    assert [each.state for each in portal.approvals.requests(ACORN)] == ["open"]
    csrf = page.fields("/logout")["csrf"]
    cleo.post(f"{APP}/deny", {"csrf": csrf, "email": CLEO}, expect=403)


def test_a_super_admin_is_stopped_in_other_words(ada: Any, authorize: Any, strict: None) -> None:
    page = ada.get(authorize(ACORN), expect=403)
    assert page.heading == "Couldn't complete the connection"
    sentence = "Authorization failed because this app hasn't been approved to access the required scopes"
    assert f"{sentence} [oauth, crm.objects.contacts.read]" in page.one("main").text
    assert page.one("a", **{"class": "button"})["href"] == APP
    ada.submit(APP)
    assert ada.get(authorize(ACORN)).heading == "Request for Integration Permissions"


def test_nobody_to_approve(cleo: Any, authorize: Any, portal: Portal, strict: None) -> None:
    portal.people.set_super_admin(ACORN, ADA, on=False)
    action = ask_action(authorize(ACORN))
    page = cleo.post(action, cleo.get(authorize(ACORN), expect=403).fields(action), expect=403)
    assert page.heading == "There was a problem fetching approvers"
    assert portal.approvals.requests(ACORN) == []


def test_an_app_for_some_people_only(ada: Any, ben: Any, cleo: Any, authorize: Any, strict: None) -> None:
    page = ada.submit(APP, audience="users", expect=400)
    assert page.one("p", role="alert").text == "Choose at least one user."
    ada.submit(APP, audience="users", **{f"user.{CLEO}": "on"})
    assert "Cleo Costa" in ada.follow().one("dl").text
    cleo.get(authorize(ACORN))
    page = ben.get(authorize(ACORN), expect=403)
    assert page.heading == "You don't have permission to connect this app"
    assert "limited who can install Offhook" in page.one("main").text
    assert not page.all("button", **{"class": "button primary"}), "there is nothing to ask for"


def test_an_app_for_super_admins_only(ada: Any, cleo: Any, authorize: Any, strict: None) -> None:
    ada.submit(APP, audience="admins")
    cleo.get(authorize(ACORN), expect=403)
    ada.get(authorize(ACORN))


def test_approval_replaces_no_right(ada: Any, ben: Any, authorize: Any, strict: None) -> None:
    ada.submit(APP)
    page = ben.get(authorize(ACORN), expect=403)
    assert page.heading == "You don't have the right permissions to install Offhook"


def test_revoking_uninstalls(ada: Any, portal: Portal, strict: None) -> None:
    ada.submit(APP)
    tokens = portal.grants.mint(ACORN, CLIENT_ID, CLEO, ("oauth",))
    ada.submit(f"{APP}/revoke")
    assert ada.follow().one("p", role="status").text == "Offhook is no longer approved, and was uninstalled."
    assert portal.grants.installation(ACORN, CLIENT_ID) is None
    assert portal.grants.token(tokens.refresh.token) is None
    assert portal.approvals.approval(ACORN, CLIENT_ID) is None


def test_the_switch(ada: Any, portal: Portal) -> None:
    ada.submit(LIST)
    assert portal.approvals.required(ACORN)
    assert ada.follow().one("p", role="status").text == "Apps must be approved from now on."
    ada.submit(LIST)
    assert not portal.approvals.required(ACORN)


def test_only_super_admins_may_look(cleo: Any, portal: Portal) -> None:
    csrf = cleo.get(LIST, expect=403).fields("/logout")["csrf"]
    for path in (LIST, APP, f"{APP}/revoke"):
        assert cleo.get(path, expect=403).heading == "Only Super Admins can approve apps"
    cleo.post(LIST, {"csrf": csrf, "required": "on"}, expect=403)
    assert not portal.approvals.required(ACORN)


def test_what_is_not_there_or_makes_no_sense(ada: Any, portal: Portal) -> None:
    ada.get(f"{LIST}/nobody", expect=404)
    fields = ada.get(APP).fields(APP)
    ada.post(APP, {**fields, "audience": "nonsense"}, expect=400)
    ada.post(f"{APP}/deny", {**fields, "email": DEV}, expect=404)
    ada.post(APP, {"audience": "everyone"}, expect=403)
    assert portal.approvals.approvals(ACORN) == []


def test_a_message_cannot_be_put_in_by_the_address(ada: Any) -> None:
    for query in ("done=<b>", "done=approved", "done=approved&app=1"):
        assert not ada.get(f"{LIST}?{query}").all("p", role="status")


def test_the_control_plane_does_the_same(sandbox: Any, cleo: Any, authorize: Any) -> None:
    base = f"/accounts/{ACORN}/approvals"
    assert sandbox.control("POST", f"{base}/required", {"required": True})["required"] is True
    cleo.get(authorize(ACORN), expect=403)
    wish = {"client_id": CLIENT_ID, "audience": "users", "users": [CLEO.upper()], "blocked": [OPTIONAL_SCOPES[0]]}
    told = sandbox.control("POST", base, wish)
    assert told["approved"][0]["users"] == [CLEO]
    cleo.get(authorize(ACORN))
    sandbox.control("DELETE", f"{base}/{CLIENT_ID}")
    assert sandbox.control("GET", base)["approved"] == []
    for wrong in ({"client_id": "nobody"}, {**wish, "blocked": ["oauth"]}, {**wish, "users": []}):
        with pytest.raises(ControlRefused) as refused:
            sandbox.control("POST", base, wrong)
        assert refused.value.status == 400


def test_developer_tools_need_their_own_right(ada: Any, ben: Any, portal: Portal) -> None:
    page = ben.get(f"/developer-projects/{ACORN}", expect=403)
    assert page.heading == "Your account doesn't have access to developer tools"
    assert CLIENT_ID in ada.get(f"/developer-projects/{ACORN}").one("main").text
    portal.people.set_rights(ACORN, BEN, {"developer_tools": "on"})
    ben.log_out()
    ben.log_in(BEN).get(f"/developer-projects/{ACORN}")
