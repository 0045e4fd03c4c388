import html
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from offhook.calls.call import EndedHow
from offhook.calls.events import Direction
from offhook.hubspot import engagements
from offhook.hubspot.engagements import CUT, MOST_BODY, OUTCOMES, AskedOf, CallLogEntry, notes_as_html, properties
from offhook.hubspot.rate import Urgency
from offhook.hubspot.wire import Record, Records

ENTRY = CallLogEntry(
    external_id="call-1",
    direction=Direction.INBOUND,
    ended_how=EndedHow.COMPLETED,
    started_at=datetime(2026, 11, 23, 13, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=1))),
    duration=timedelta(minutes=1, milliseconds=5),
    from_number="+14155550100",
    to_number="201",
    title="Call from Maria",
    outcome="left-voicemail",
    notes="Wants <b>tea</b> & milk\nSoon",
    owner_id="61",
    contact_id="51",
    company_id="900",
    recording_url="https://records.test/1.mp3",
)


def sent(request: Any) -> Any:
    return json.loads(request.content)


@pytest.mark.parametrize("notes", ["", "Wants tea", "&" * MOST_BODY])
def test_codes_of_the_phone_system_stand_below_the_notes_and_are_never_cut_away(notes: str) -> None:
    body = properties(replace(ENTRY, notes=notes, codes=("Sold", "Fish & <chips>")))["hs_call_body"]
    assert body.endswith("Wrap-up codes: Sold, Fish &amp; &lt;chips&gt;")
    assert body.startswith("Wrap-up codes") is (notes == "")
    assert len(body) <= MOST_BODY
    assert (CUT in body) is (len(notes) == MOST_BODY)


def test_a_call_is_written_in_hubspots_words() -> None:
    assert properties(ENTRY) == {
        "hs_timestamp": "2026-11-23T12:00:00.123Z",
        "hs_call_title": "Call from Maria",
        "hs_call_body": "Wants &lt;b&gt;tea&lt;/b&gt; &amp; milk<br>Soon",
        "hs_call_direction": "INBOUND",
        "hs_call_status": "COMPLETED",
        "hs_call_disposition": "b2cf5968-551e-4856-9783-52b3da59a7d0",
        "hs_call_duration": "60005",
        "hs_call_from_number": "+14155550100",
        "hs_call_to_number": "201",
        "hs_call_external_id": "call-1",
        "hs_call_recording_url": "https://records.test/1.mp3",
        "hubspot_owner_id": "61",
    }


def test_a_call_is_tied_to_contact_and_company_as_it_is_created() -> None:
    request = engagements.creation(ENTRY)
    ends = [(each["to"]["id"], each["types"][0]["associationTypeId"]) for each in sent(request)["associations"]]
    assert ends == [("51", 194), ("900", 182)]
    assert request.urgency is Urgency.LATER


def test_a_contact_without_a_company_is_enough() -> None:
    assert len(sent(engagements.creation(replace(ENTRY, company_id=None)))["associations"]) == 1


@pytest.mark.parametrize("how", EndedHow)
def test_every_way_to_end_has_a_status(how: EndedHow) -> None:
    status = properties(replace(ENTRY, ended_how=how))["hs_call_status"]
    assert status in {"BUSY", "CANCELED", "COMPLETED", "FAILED", "MISSED", "NO_ANSWER"}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_a_disposition_of_its_own(outcome: str) -> None:
    given_ids = [properties(replace(ENTRY, outcome=each))["hs_call_disposition"] for each in OUTCOMES]
    assert given_ids.count(properties(replace(ENTRY, outcome=outcome))["hs_call_disposition"]) == 1


def test_what_is_not_known_is_not_sent() -> None:
    bare = replace(ENTRY, outcome=None, notes="", owner_id=None, recording_url=None)
    absent = {"hs_call_disposition", "hs_call_body", "hubspot_owner_id", "hs_call_recording_url"}
    assert absent & properties(bare).keys() == set()


def test_hubspot_is_told_whom_to_ask_where_the_recording_is() -> None:
    asked = {"hs_call_source", "hs_call_app_id", "hs_call_external_account_id"}
    assert not asked & properties(ENTRY).keys()
    given = properties(replace(ENTRY, recording_url=None, recording_asked_of=AskedOf("4711", 48201001)))
    assert [given[name] for name in sorted(asked)] == ["4711", "48201001", "INTEGRATIONS_PLATFORM"]
    assert "hs_call_recording_url" not in given


@pytest.mark.parametrize("url", ["http://records.test/1.mp3", "javascript:alert(1)", "https://", "https://[", ""])
def test_a_recording_that_is_not_https_does_not_cost_the_call(url: str) -> None:
    assert "hs_call_recording_url" not in properties(replace(ENTRY, recording_url=url))


def test_a_clock_that_ran_backwards_gives_no_negative_duration() -> None:
    assert properties(replace(ENTRY, duration=timedelta(seconds=-1)))["hs_call_duration"] == "0"


def test_an_amendment_takes_back_notes_that_were_taken_back() -> None:
    assert sent(engagements.amendment("7", replace(ENTRY, notes="")))["properties"]["hs_call_body"] == ""
    assert sent(engagements.amendment("7", ENTRY))["properties"]["hs_call_body"].startswith("Wants")


def test_ties_have_addresses() -> None:
    tie, untie = engagements.associate("7", "contacts", "51"), engagements.dissociate("7", "contacts", "51")
    assert (tie.method, tie.path) == ("PUT", "/crm/objects/2026-09/calls/7/associations/default/contacts/51")
    assert (untie.method, untie.path) == ("DELETE", "/crm/objects/2026-09/calls/7/associations/contacts/51")


def test_the_latest_calls_of_a_contact_are_looked_at() -> None:
    links = [{"id": str(number), "type": "contact_to_call"} for number in range(1, 151)]
    contact = msgspec.convert({"id": "51", "associations": {"calls": {"results": [*links, links[0]]}}}, Record)
    request = engagements.external_ids(contact)
    assert request is not None
    assert [each["id"] for each in sent(request)["inputs"]] == [str(number) for number in range(150, 50, -1)]
    assert engagements.external_ids(Record("51")) is None


def test_only_the_very_same_external_id_is_our_call() -> None:
    found = [
        {"id": "9", "properties": {"hs_call_external_id": "call-1"}},
        {"id": "10", "properties": {"hs_call_external_id": "call-1"}},
        {"id": "3", "properties": {"hs_call_external_id": "CALL-1"}},
    ]
    records = msgspec.convert({"results": found}, Records)
    assert engagements.engagement_among(records, "call-1") == "9"
    assert engagements.engagement_among(records, "call-2") is None


def test_notes_become_harmless() -> None:
    assert notes_as_html("<script>'\"\x00\x07</script>\r\nA\rB\tC") == (
        "&lt;script&gt;&#x27;&quot;&lt;/script&gt;<br>A<br>B\tC"
    )


def test_notes_that_just_fit_are_not_cut() -> None:
    assert notes_as_html("x" * MOST_BODY) == "x" * MOST_BODY


@pytest.mark.parametrize("char", ["x", "&", "\n", '"'])
def test_notes_that_are_too_long_are_cut_between_characters_and_say_so(char: str) -> None:
    whole = {"x": "x", "&": "&amp;", "\n": "<br>", '"': "&quot;"}[char]
    cut = notes_as_html(char * 100_000)
    assert len(cut) <= MOST_BODY
    assert len(cut) > MOST_BODY - 6
    assert cut.endswith(CUT)
    assert set(re.findall(re.escape(whole), cut.removesuffix(CUT))) == {whole}
    assert cut.removesuffix(CUT).replace(whole, "") == ""


def test_the_largest_notes_do_not_hold_everybody_up() -> None:
    began = datetime.now(UTC)
    notes_as_html("&" * 200_000)
    assert datetime.now(UTC) - began < timedelta(seconds=1)


@given(st.text(max_size=300))
def test_notes_can_be_read_back_and_hold_no_tag_but_line_breaks(notes: str) -> None:
    shown = notes_as_html(notes)
    assert set(re.findall(r"<[^>]*>", shown)) <= {"<br>"}
    lines = notes.replace("\r\n", "\n").replace("\r", "\n")
    expected = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", lines)
    assert html.unescape(shown.replace("<br>", "\n")) == expected
    shown.encode()
