"""One record: its properties, its calls, what belongs to it."""

from typing import Any

import pytest

from hubspot_sandbox.pages.timeline import minutes
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, DEV

CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


def _address(number: str, type_id: str = "0-1") -> str:
    return f"/contacts/{ACORN}/record/{type_id}/{number}"


@pytest.fixture
def call(portal: Portal) -> Any:
    """Adds a call to a contact."""

    def add(contact_id: str, **values: str) -> str:
        made = portal.records.create(ACORN, "calls", {"hs_timestamp": "2026-11-23T14:02:00Z", **values})
        portal.associate(ACORN, "calls", made.id, "contacts", contact_id)
        return made.id

    return add


def _owner_id(portal: Portal, email: str) -> str:
    member = portal.people.membership(ACORN, email)
    assert member
    return str(member.owner_id)


def test_the_left_column_holds_every_number(ada: Any, portal: Portal, contact: Any) -> None:
    number = contact(
        firstname="Carla", lastname="Reyes", email="carla@x.example", phone="+1 415 555 0100",
        mobilephone="415-555-0101", fax="415 555 0102", hubspot_owner_id=_owner_id(portal, BEN),
    )  # fmt: skip
    page = ada.get(_address(number))
    assert page.heading == "Carla Reyes"
    found = {each["data-property"]: each.text for each in page.all("dd") if "data-property" in each}
    assert found | {"phone": "+1 415 555 0100", "mobilephone": "415-555-0101", "fax": "415 555 0102"} == found
    assert found["hubspot_owner_id"] == "Ben Bright"
    spans = [each["data-phone-property"] for each in page.all("span") if each["class"] == "phone-number"]
    assert spans == ["phone", "mobilephone", "fax"]


def test_a_call_is_told_in_words(ada: Any, portal: Portal, contact: Any, call: Any) -> None:
    number = contact(firstname="Carla")
    call_id = call(
        number, hs_call_title="Inbound call", hs_call_direction="INBOUND", hs_call_disposition=CONNECTED,
        hs_call_duration="184000", hs_call_from_number="+14155550100", hs_call_to_number="+14155550111",
        hubspot_owner_id=_owner_id(portal, BEN), hs_call_body="Wants<br>twelve &amp; more",
        hs_call_recording_url="https://recordings.example/1.mp3", hs_call_status="NO_ANSWER",
    )  # fmt: skip
    page = ada.get(_address(number))
    article = page.one("article", data_call_id=call_id)
    assert page.one("h3", id=article["aria-labelledby"]).text == "Inbound call"
    facts = {each["data-field"]: each.text for each in page.within(article, "dd")}
    assert facts == {
        "direction": "Inbound", "outcome": "Connected", "duration": "3:04", "from": "+14155550100",
        "to": "+14155550111", "owner": "Ben Bright", "status": "No answer",
    }  # fmt: skip
    assert page.within(article, "div", data_field="notes")[0].text == "Wantstwelve & more"
    assert page.within(article, "time")[0].text == "23 Nov 2026 at 14:02 GMT"
    audio = page.within(article, "audio")[0]
    assert audio["src"] == "https://recordings.example/1.mp3"
    assert audio["aria-label"] == "Recording of Inbound call"


def test_the_newest_call_comes_first(ada: Any, contact: Any, call: Any) -> None:
    number = contact(firstname="Carla")
    old = call(number, hs_timestamp="2026-11-01T10:00:00Z")
    new = call(number, hs_timestamp="2026-11-02T10:00:00Z")
    page = ada.get(_address(number))
    assert [each["data-call-id"] for each in page.all("article")] == [new, old]
    assert "2 calls" in page.one("main").text


def test_hostile_calls_are_only_text(ada: Any, contact: Any, call: Any) -> None:
    number = contact(firstname="<b>x</b>")
    call(number, hs_call_title="<img src=x onerror=a()>", hs_call_body="<script>a()</script><b onclick=a()>hi<iframe>")
    page = ada.get(_address(number))
    assert not page.all("img")
    assert not page.all("iframe")
    assert all("src" in each or each["type"] == "application/json" for each in page.all("script"))
    assert page.one("div", data_field="notes").text == "<script>a()</script><b onclick=a()>hi<iframe>"


def test_very_long_notes_scroll_in_their_own_place(ada: Any, contact: Any, call: Any) -> None:
    number = contact(firstname="Carla")
    call(number, hs_call_body="a " * 32_000)
    notes = ada.get(_address(number)).one("div", data_field="notes")
    assert (notes["role"], notes["tabindex"], notes["aria-label"]) == ("region", "0", "Notes")


def test_a_bare_call_is_shown_too(ada: Any, contact: Any, call: Any) -> None:
    number = contact(firstname="Carla")
    call(number)
    page = ada.get(_address(number))
    assert page.one("h3").text == "Call"
    assert page.one("dd", data_field="duration").text == "--"
    assert not page.all("audio")


def test_somebody_elses_record_is_refused(someone: Any, portal: Portal, contact: Any) -> None:
    dev = someone().log_in(DEV)
    hers, his = contact(hubspot_owner_id=_owner_id(portal, ADA)), contact(hubspot_owner_id=_owner_id(portal, DEV))
    assert dev.get(_address(hers), expect=403).heading == "You don't have access to this record"
    dev.get(_address(his))


@pytest.mark.parametrize("path", ["0-1/999", "0-1/x", "0-1/-1", "0-48/60500001", "0-9/1", "0-1/" + "9" * 40])
def test_unknown_records_are_not_found(ada: Any, path: str) -> None:
    page = ada.get(f"/contacts/{ACORN}/record/{path}", expect=404)
    assert page.heading == "Page not found"
    assert page.all("nav", aria_label="Main"), "the way back stays"


def test_a_company_shows_its_people_and_calls(ada: Any, portal: Portal, contact: Any) -> None:
    company = portal.records.create(ACORN, "companies", {"name": "Reyes Roasters", "phone": "555-0100"})
    carla = contact(firstname="Carla")
    portal.associate(ACORN, "contacts", carla, "companies", company.id)
    made = portal.records.create(ACORN, "calls", {"hs_timestamp": "2026-11-23T14:02:00Z"})
    portal.associate(ACORN, "calls", made.id, "companies", company.id)
    page = ada.get(_address(company.id, "0-2"))
    assert page.heading == "Reyes Roasters"
    assert page.one("a", href=_address(carla)).text == "Carla"
    assert page.one("article")["data-call-id"] == made.id


def test_a_neighbour_she_may_not_see_has_no_link(ben: Any, portal: Portal, contact: Any) -> None:
    company = portal.records.create(ACORN, "companies", {"name": "Reyes Roasters"})
    carla = contact(firstname="Carla", hubspot_owner_id=_owner_id(portal, BEN))
    portal.associate(ACORN, "contacts", carla, "companies", company.id)
    page = ben.get(_address(carla))
    assert "Reyes Roasters" in page.one("main").text
    assert not page.all("a", href=_address(company.id, "0-2"))


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [("0", "0:00"), ("999", "0:00"), ("65000", "1:05"), ("3600000", "1:00:00"), ("", ""), ("x", ""), ("-5", "")],
)
def test_durations(milliseconds: str, shown: str) -> None:
    assert minutes(milliseconds) == shown


def test_the_tabs_show_calls_notes_or_tasks_only(ada: Any, contact: Any, call: Any) -> None:
    number = contact(firstname="Carla")
    call(number)
    assert len(ada.get(_address(number)).all("article")) == 1
    assert len(ada.get(f"{_address(number)}?show=calls").all("article")) == 1
    page = ada.get(f"{_address(number)}?show=notes")
    assert not page.all("article")
    assert "No notes yet." in page.one("main").text


def test_a_note_and_a_task_stand_between_the_calls_by_time(ada: Any, portal: Portal, contact: Any, call: Any) -> None:
    number = contact(firstname="Carla")
    call(number)
    values = {"hs_timestamp": "2026-11-24T09:00:00Z", "hs_note_body": "Likes <b>Sidamo</b>"}
    note = portal.records.create(ACORN, "notes", values)
    portal.associate(ACORN, "notes", note.id, "contacts", number)
    page = ada.get(_address(number))
    assert page.texts("h3") == ["Note", "Call"]
    assert "Likes Sidamo" in page.all("article")[0].text
