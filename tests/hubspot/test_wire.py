from datetime import UTC, datetime

import msgspec
import pytest

from offhook.errors import HubSpotNotFound, HubSpotUnavailable, MissingRight
from offhook.hubspot import wire
from offhook.hubspot.rate import LaneKey, Urgency

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_paths_carry_one_version() -> None:
    assert wire.record_path("contacts", "51") == "/crm/objects/2026-09/contacts/51"
    assert wire.ACCOUNT == "/account-info/2026-09/details"


@pytest.mark.parametrize("record_id", ["", "..", "51/../52", "5 1", "٣", "1" * 21, "-1"])
def test_an_id_that_is_none_does_not_get_into_an_address(record_id: str) -> None:
    with pytest.raises(HubSpotNotFound):
        wire.record_path("contacts", record_id)


def test_a_search_goes_through_the_lane_of_searches() -> None:
    request = wire.search("contacts", ("email",), groups=((wire.where("email", "EQ", "a@b.c"),),), limit=5)
    assert request.lane is LaneKey.SEARCH
    assert msgspec.json.decode(request.content or b"") == {
        "properties": ["email"],
        "limit": 5,
        "filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "a@b.c"}]}],
    }


def test_reading_has_no_body() -> None:
    assert wire.one_record("GET", "/x").content is None


def test_queries_are_encoded() -> None:
    assert wire.with_query("/x", properties="a,b", q="c d&e") == "/x?properties=a%2Cb&q=c%20d%26e"


def test_a_good_answer_is_read() -> None:
    body = b'{"id":"1","properties":{"email":" a@b.c ","phone":null,"company":""},"archived":false}'
    record = wire.decipher(wire.one_record("GET", "/x"), 200, {}, body, NOW)
    assert record.value("email") == "a@b.c"
    assert record.value("phone") is record.value("company") is record.value("never") is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id":1}', b'{"properties":{}}', b"\xff"])
def test_a_good_answer_that_cannot_be_read_is_no_answer(body: bytes) -> None:
    with pytest.raises(HubSpotUnavailable, match=r"HubSpot's answer cannot be read\."):
        wire.decipher(wire.one_record("GET", "/x"), 200, {}, body, NOW)


def test_a_refusal_is_raised() -> None:
    body = b'{"category":"USER_DOES_NOT_HAVE_PERMISSIONS"}'
    with pytest.raises(MissingRight):
        wire.decipher(wire.one_record("GET", "/x"), 403, {}, body, NOW)


def test_an_empty_answer_is_enough_where_nothing_is_read() -> None:
    request = wire.Request("DELETE", "/x", wire.nothing, urgency=Urgency.LATER)
    assert wire.decipher(request, 204, {}, b"", NOW) is None
