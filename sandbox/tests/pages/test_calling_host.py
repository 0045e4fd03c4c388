"""What a record page may embed, and what its calling script may ask for."""

from typing import Any

import msgspec
import pytest

from hubspot_sandbox.calling.model import Calling, Widget
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLIENT_ID, REQUIRED_SCOPES

POLICY = "content-security-policy"
CALLS = f"/calling-host/{ACORN}/calls"
CALL = {"direction": "OUTGOING", "externalCallId": "x-1", "toNumber": "+15552360199", "create": "true"}


def _register(portal: Portal, account: int = ACORN, **changes: Any) -> None:
    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.grants.install(account, CLIENT_ID, ADA, REQUIRED_SCOPES)
    values: dict[str, Any] = {"name": "Acme", "url": "https://phone.example/widget/", "is_ready": True, **changes}
    Calling(portal.store, portal.clock).widgets.save(app.app_id, Widget(**values))


def _record(number: str) -> str:
    return f"/contacts/{ACORN}/record/0-1/{number}"


def test_a_page_without_widgets_embeds_nobody(ada: Any, contact: Any) -> None:
    ada.get(_record(contact(firstname="Carla")))
    assert "frame-src" not in ada.answer.headers[POLICY]


def test_a_page_embeds_registered_widgets_only(ada: Any, contact: Any, portal: Portal) -> None:
    _register(portal)
    ada.client.cookies.set("hubspot_sandbox_calling_override", "https://evil.example")
    ada.get(_record(contact(firstname="Carla")))
    assert ada.answer.headers[POLICY].endswith("; frame-src 'self' https://phone.example")


@pytest.mark.parametrize(
    ("tried", "allowed"),
    [
        ("http%3A%2F%2Flocalhost%3A9025", "http://localhost:9025"),
        ("https://127.0.0.1:1", "https://127.0.0.1:1"),
        ("http://localhost.evil.example:80", ""),
        ("http://localhost:80;script-src *", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_local_override_may_only_be_on_this_machine(ada: Any, contact: Any, tried: str, allowed: str) -> None:
    ada.client.cookies.set("hubspot_sandbox_calling_override", tried.replace(";", "%3B").replace(" ", "%20"))
    ada.get(_record(contact(firstname="Carla")))
    policy = ada.answer.headers[POLICY]
    assert policy.endswith(f"; frame-src 'self' {allowed}") if allowed else "frame-src" not in policy


def test_another_accounts_widget_is_not_embedded(ada: Any, contact: Any, portal: Portal) -> None:
    _register(portal, BIRCH)
    ada.get(_record(contact(firstname="Carla")))
    assert "frame-src" not in ada.answer.headers[POLICY]


def test_a_projects_widget_must_be_a_permitted_frame(ada: Any, contact: Any, portal: Portal) -> None:
    _register(portal)
    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.apps.save(msgspec.structs.replace(app, uid="offhook"))
    ada.get(_record(contact(firstname="Carla")))
    assert "frame-src" not in ada.answer.headers[POLICY]
    permitted = msgspec.structs.replace(app.permitted_urls, iframe=("https://phone.example",))
    portal.apps.save(msgspec.structs.replace(app, uid="offhook", permitted_urls=permitted))
    ada.get(_record(contact(firstname="Carla")))
    assert "https://phone.example" in ada.answer.headers[POLICY]


def _form(someone: Any, page: str) -> dict[str, str]:
    """What every form of hers carries."""
    return {"csrf": someone.get(page).fields("/logout")["csrf"]}


def test_a_call_stands_on_the_contact_and_its_company(ada: Any, contact: Any, portal: Portal) -> None:
    number = contact(firstname="Carla", phone="+15552360199")
    company = portal.records.create(ACORN, "companies", {"name": "Cruz Ltd"}).id
    portal.associate(ACORN, "contacts", number, "companies", company)
    ada.post(CALLS, {**_form(ada, _record(number)), **CALL}, expect=200)
    made = str(ada.answer.json()["engagementId"])
    assert [each.id for each in portal.timeline(ACORN, "contacts", number)] == [made]
    assert [each.id for each in portal.timeline(ACORN, "companies", company)] == [made]


def test_nothing_is_logged_for_another_site(ada: Any, contact: Any, portal: Portal) -> None:
    ada.post(CALLS, CALL, expect=403)
    ada.post(
        CALLS, {**_form(ada, _record(contact(firstname="Carla"))), **CALL}, expect=403, origin="https://evil.example"
    )
    assert portal.records.count(ACORN, "calls") == 0


def test_a_match_she_may_not_see_is_not_told(ben: Any, contact: Any, portal: Portal) -> None:
    contact(firstname="Carla", phone="+15552360199")
    mine = contact(firstname="Ben's", phone="+15552360199", hubspot_owner_id=_owner(portal, BEN))
    ben.post(CALLS, {**_form(ben, _record(mine)), **CALL}, expect=200)
    assert [each["firstName"] for each in ben.answer.json()["callerIdMatches"]] == ["Ben's"]


def test_a_colleagues_call_cannot_be_changed(ada: Any, ben: Any, contact: Any, portal: Portal) -> None:
    mine = contact(firstname="Ben's", hubspot_owner_id=_owner(portal, BEN))
    ada.post(CALLS, {**_form(ada, _record(mine)), **CALL}, expect=200)
    made = ada.answer.json()["engagementId"]
    fields = {**_form(ben, _record(mine)), "properties": '{"hs_call_title": "Taken"}'}
    ben.post(f"{CALLS}/{made}", fields, expect=404)
    ada.post(f"{CALLS}/{made}", {**_form(ada, _record(mine)), "properties": '{"hs_call_title": "Prices"}'}, expect=200)
    (call,) = portal.timeline(ACORN, "contacts", mine) or [portal.record(ACORN, "calls", str(made))]
    assert call.get("hs_call_title") == "Prices"


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "SIDEWAYS"},
        {"externalCallId": ""},
        {"callStartTime": "soon"},
        {"objectTypeId": "0-9"},
        {"appId": "x"},
    ],
)
def test_nonsense_from_a_widget_is_answered_in_words(ada: Any, contact: Any, wrong: dict[str, str]) -> None:
    fields = {**_form(ada, _record(contact(firstname="Carla"))), **CALL, **wrong}
    answer = ada.client.post(CALLS, data=fields)
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.json()["message"]


@pytest.mark.parametrize("properties", ["", "[]", '{"a": {}}', '{"email": "x"}', '{"hs_object_id": "1"}', "{"])
def test_nonsense_about_a_call_is_answered_in_words(ada: Any, contact: Any, properties: str) -> None:
    form = _form(ada, _record(contact(firstname="Carla")))
    ada.post(CALLS, {**form, **CALL}, expect=200)
    made = ada.answer.json()["engagementId"]
    ada.post(f"{CALLS}/{made}", {**form, "properties": properties}, expect=400)
    assert ada.answer.json()["message"]


def _owner(portal: Portal, email: str) -> str:
    member = portal.people.membership(ACORN, email)
    assert member
    return str(member.owner_id)
