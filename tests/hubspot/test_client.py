"""The client against documented answers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from offhook.calls.call import EndedHow
from offhook.calls.events import Direction
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import (
    ContactExists,
    GrantBroken,
    HubSpotBusy,
    HubSpotNotFound,
    HubSpotRejected,
    HubSpotUnavailable,
    HubSpotUnreachable,
    MissingScope,
)
from offhook.hubspot.client import Acting, HubSpot
from offhook.hubspot.contacts import NewContact
from offhook.hubspot.engagements import CallLogEntry

NUMBER = PhoneNumber("+14155550100")
NEW = NewContact("Maria", "Lopez", None, NUMBER)
ENTRY = CallLogEntry(
    external_id="call-1",
    direction=Direction.OUTBOUND,
    ended_how=EndedHow.NO_ANSWER,
    started_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    duration=timedelta(),
    from_number="201",
    to_number="+14155550100",
    title="Call to Maria",
    contact_id="51",
)
EXPIRED = (401, {"category": "EXPIRED_AUTHENTICATION", "message": "The OAuth token expired."})
NO_SCOPE = (403, {"category": "MISSING_SCOPES"})
NOT_FOUND = (404, {"category": "OBJECT_NOT_FOUND", "message": "resource not found"})
BAD_FILTER = (400, {"category": "VALIDATION_ERROR", "message": "There was a problem with the request."})
TEN_SECONDLY = (
    429,
    {"policyName": "TEN_SECONDLY_ROLLING", "message": "You have reached your ten_secondly_rolling limit."},
)

Make = Callable[..., dict[str, Any]]


def found(*records: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"total": len(records), "results": list(records)}


class TestSending:
    async def test_the_token_goes_along_and_is_asked_for_each_time(
        self, acting: Acting, script: Any, tokens: Any
    ) -> None:
        script.answers = [(200, {"portalId": 111}), (200, {"portalId": 111})]
        await acting.account()
        await acting.account()
        assert [each.headers["authorization"] for each in script.requests] == ["Bearer token-1"] * 2
        assert tokens.given == [False, False]
        assert str(script.requests[0].url) == "https://api.hubapi.com/account-info/2026-09/details"

    async def test_a_refused_token_is_replaced_once(self, acting: Acting, script: Any, tokens: Any) -> None:
        script.answers = [EXPIRED, (200, {"portalId": 111})]
        assert (await acting.account()).id == 111
        assert script.requests[1].headers["authorization"] == "Bearer token-2"
        assert tokens.given == [False, True]

    async def test_a_fresh_token_that_is_refused_too_means_that_the_grant_is_broken(
        self, acting: Acting, script: Any
    ) -> None:
        script.answers = [EXPIRED, EXPIRED]
        with pytest.raises(GrantBroken):
            await acting.account()
        assert len(script.requests) == 2

    @pytest.mark.parametrize("answer", [(500, b""), (429, b""), (404, b""), httpx.ReadTimeout("slow")])
    async def test_nothing_else_is_tried_again(self, acting: Acting, script: Any, answer: Any) -> None:
        script.answers = [answer]
        with pytest.raises(Exception, match="HubSpot"):
            await acting.log_call(ENTRY)
        assert len(script.requests) == 1

    @pytest.mark.parametrize(
        "error", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("?")]
    )
    async def test_no_connection_is_told_without_the_token(self, acting: Acting, script: Any, error: Exception) -> None:
        script.answers = [error]
        with pytest.raises(HubSpotUnreachable) as caught:
            await acting.account()
        assert caught.value.retryable
        assert caught.value.__cause__ is None
        assert type(error).__name__ in caught.value.says

    async def test_an_answer_that_never_ends_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def never(request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        async def token(refused: bool) -> str:
            return "t"

        monkeypatch.setattr("offhook.hubspot.client._PATIENCE", dict.fromkeys(_urgencies(), 0.01))
        async with httpx.AsyncClient(transport=httpx.MockTransport(never)) as http:
            hubspot = HubSpot(http, "https://api.hubapi.com", "https://app.hubspot.com", lambda: datetime.now(UTC))
            with pytest.raises(HubSpotUnreachable):
                await hubspot.acting(token, 1).account()

    async def test_a_page_of_a_proxy_is_no_answer(self, acting: Acting, script: Any) -> None:
        script.answers = [(200, b"<html>Please log in to the guest network</html>")]
        with pytest.raises(HubSpotUnavailable):
            await acting.account()

    def test_neither_client_nor_acting_shows_anything_secret(self, acting: Acting) -> None:
        assert "token" not in repr(acting)

    async def test_any_answer_shows_that_hubspot_is_there(self, hubspot: HubSpot, script: Any) -> None:
        script.answers = [(404, b""), httpx.ConnectError("no")]
        await hubspot.reach()
        with pytest.raises(HubSpotUnreachable):
            await hubspot.reach()

    def test_it_knows_the_addresses_of_hubspots_pages(self, hubspot: HubSpot) -> None:
        assert hubspot.contact_url(111, "51") == "https://app.hubspot.com/contacts/111/record/0-1/51"
        assert hubspot.contacts_url(111).startswith("https://app.hubspot.com/contacts/111/")
        assert hubspot.users_url(111) == "https://app.hubspot.com/settings/111/users"


def _urgencies() -> list[Any]:
    from offhook.hubspot.rate import Urgency

    return list(Urgency)


class TestLimits:
    async def test_the_sixth_search_in_a_second_waits_for_its_turn(
        self, acting: Acting, script: Any, steady: Any
    ) -> None:
        script.answers = [found()] * 6
        for _ in range(6):
            await acting.contacts_with_number(NUMBER)
        assert steady.slept == [pytest.approx(1.1)]  # HubSpot's second, and a little for what bunches on the way

    async def test_after_a_429_nobody_hangs(self, acting: Acting, script: Any, steady: Any) -> None:
        script.answers = [TEN_SECONDLY]
        with pytest.raises(HubSpotBusy):
            await acting.account()
        with pytest.raises(HubSpotBusy) as caught:
            await acting.account()
        assert caught.value.retry_after == 10.0
        assert len(script.requests) == 1
        assert steady.slept == []

    async def test_work_that_can_wait_does(self, acting: Acting, script: Any, steady: Any, record: Make) -> None:
        script.answers = [TEN_SECONDLY, (201, record("7"))]
        with pytest.raises(HubSpotBusy):
            await acting.log_call(ENTRY)
        assert await acting.log_call(ENTRY) == "7"
        assert steady.slept == [10.0]

    async def test_a_full_search_lane_does_not_stop_the_rest(self, acting: Acting, script: Any) -> None:
        script.answers = [(429, {"message": "You have reached your secondly limit."}), (200, {"portalId": 111})]
        with pytest.raises(HubSpotBusy):
            await acting.contacts_with_number(NUMBER)
        assert (await acting.account()).id == 111

    async def test_the_headers_are_believed(self, acting: Acting, script: Any) -> None:
        headers = {"X-HubSpot-RateLimit-Max": "100", "X-HubSpot-RateLimit-Remaining": "0"}
        script.answers = [(200, {"portalId": 111}, headers)]
        await acting.account()
        with pytest.raises(HubSpotBusy):
            await acting.account()
        assert len(script.requests) == 1

    async def test_one_account_does_not_slow_another(self, hubspot: HubSpot, script: Any, tokens: Any) -> None:
        script.answers = [TEN_SECONDLY, (200, {"portalId": 222})]
        with pytest.raises(HubSpotBusy):
            await hubspot.acting(tokens, 111).account()
        assert (await hubspot.acting(tokens, 222).account()).id == 222


class TestFindingContacts:
    async def test_only_true_matches_are_given(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [
            found(
                record("1", firstname="Maria", phone="(415) 555-0100"),
                record("2", firstname="Other", phone="+44 4155550100"),
                record("3", firstname="Mobile", mobilephone="1.415.555.0100 x7"),
            )
        ]
        assert [each.id for each in await acting.contacts_with_number(NUMBER)] == ["1", "3"]

    async def test_where_the_calculated_properties_are_refused_the_plain_ones_are_asked(
        self, acting: Acting, script: Any, record: Make
    ) -> None:
        script.answers = [BAD_FILTER, found(record("1", phone="+14155550100"))]
        assert [each.id for each in await acting.contacts_with_number(NUMBER)] == ["1"]
        assert len(script.body(1)["filterGroups"]) == 2

    async def test_a_missing_scope_is_no_empty_answer(self, acting: Acting, script: Any) -> None:
        script.answers = [NO_SCOPE]
        with pytest.raises(MissingScope):
            await acting.contacts_with_number(NUMBER)

    async def test_text_is_searched_for_as_it_is(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(record("1", firstname="Maria"))]
        assert [each.name for each in await acting.contacts_matching("  maria@x ", 3)] == ["Maria"]
        assert (script.body()["query"], script.body()["limit"]) == ("maria@x", 3)

    async def test_a_number_in_any_form_is_also_searched_for_as_a_number(
        self, acting: Acting, script: Any, record: Make
    ) -> None:
        maria, tom = record("1", phone="4155550100"), record("2", lastname="415-555-0100")
        script.answers = [found(maria), found(tom, maria)]
        assert [each.id for each in await acting.contacts_matching("(415) 555 0100")] == ["1", "2"]

    async def test_a_part_of_a_number_is_searched_for_too(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(record("1", phone="4155550100")), found()]
        assert [each.id for each in await acting.contacts_matching("555-01")] == ["1"]
        assert script.body(0)["filterGroups"][0]["filters"][0]["value"] == "*55501*"

    async def test_long_text_is_cut_and_no_text_asks_nothing(self, acting: Acting, script: Any) -> None:
        script.answers = [found()]
        assert await acting.contacts_matching("  ") == ()
        await acting.contacts_matching("x" * 5000)
        assert len(script.body()["query"]) == 200

    async def test_no_more_are_given_than_were_asked_for(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(*(record(str(each)) for each in range(5)))]
        assert len(await acting.contacts_matching("maria", limit=2)) == 2

    async def test_one_contact_by_its_id(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [(200, record("51", firstname="Maria", associatedcompanyid="900")), NOT_FOUND]
        assert (await acting.contact("51")).company_id == "900"
        with pytest.raises(HubSpotNotFound):
            await acting.contact("52")


class TestCreatingContacts:
    async def test_it_looks_first_and_then_creates(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(), (201, record("51", firstname="Maria", phone="+14155550100"))]
        created = await acting.create_contact(NEW)
        assert (created.id, created.name) == ("51", "Maria")
        assert script.body() == {"properties": {"firstname": "Maria", "lastname": "Lopez", "phone": "+14155550100"}}

    async def test_a_contact_with_the_number_is_not_made_again(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(record("50", firstname="Old", phone="+14155550100"))]
        with pytest.raises(ContactExists) as caught:
            await acting.create_contact(NEW)
        assert [each.id for each in caught.value.contacts] == ["50"]

    async def test_nor_one_with_the_address(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(), (200, record("50", email="m@x.test"))]
        with pytest.raises(ContactExists) as caught:
            await acting.create_contact(NewContact("Maria", "", "m@x.test", NUMBER))
        assert [each.email for each in caught.value.contacts] == ["m@x.test"]

    async def test_what_hubspot_itself_calls_a_double_is_shown(self, acting: Acting, script: Any, record: Make) -> None:
        conflict = (409, {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 50"})
        script.answers = [found(), NOT_FOUND, conflict, (200, record("50", email="m@x.test"))]
        with pytest.raises(ContactExists) as caught:
            await acting.create_contact(NewContact("Maria", "", "m@x.test", NUMBER))
        assert [each.id for each in caught.value.contacts] == ["50"]

    async def test_a_second_click_does_not_make_a_second_contact(self, acting: Acting, script: Any, record: Make) -> None:
        made = (201, record("51", firstname="Maria", phone="+14155550100"))
        script.answers = [found(), made, found()]
        first, second = await asyncio.gather(
            acting.create_contact(NEW), acting.create_contact(NEW), return_exceptions=True
        )
        assert not isinstance(first, BaseException)
        assert isinstance(second, ContactExists)
        assert [each.id for each in second.contacts] == ["51"]

    async def test_a_failure_lets_the_next_one_through(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [found(), (500, b""), found(), (201, record("51", phone="+14155550100"))]
        with pytest.raises(HubSpotUnavailable):
            await acting.create_contact(NEW)
        assert (await acting.create_contact(NEW)).id == "51"


class TestPeople:
    async def test_a_user_without_an_owner_record_has_none(self, acting: Acting, script: Any) -> None:
        script.answers = [NOT_FOUND]
        assert await acting.owner(7) is None

    @pytest.mark.parametrize(
        ("answer", "is_one"),
        [
            ((200, {"id": "7", "superAdmin": True}), True),
            ((200, {"id": "7", "superAdmin": False}), False),
            (NOT_FOUND, False),
            (NO_SCOPE, None),
            ((403, {"category": "USER_DOES_NOT_HAVE_PERMISSIONS"}), None),
        ],
    )
    async def test_not_allowed_to_look_is_not_no(
        self, acting: Acting, script: Any, answer: Any, is_one: bool | None
    ) -> None:
        script.answers = [answer]
        assert await acting.is_super_admin(7) is is_one


class TestLoggingCalls:
    async def test_a_call_is_written_and_its_id_given(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [(201, record("7"))]
        assert await acting.log_call(ENTRY) == "7"
        assert script.paths == ["POST /crm/objects/2026-09/calls"]

    async def test_an_amendment_touches_no_ties_that_are_right(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [(200, record("7"))]
        await acting.amend_call("7", ENTRY, was_with="51")
        assert script.paths == ["PATCH /crm/objects/2026-09/calls/7"]

    async def test_another_contact_takes_the_call_over(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [(200, record("7")), (200, {}), (204, b"")]
        await acting.amend_call("7", ENTRY, was_with="50")
        assert script.paths[1:] == [
            "PUT /crm/objects/2026-09/calls/7/associations/default/contacts/51",
            "DELETE /crm/objects/2026-09/calls/7/associations/contacts/50",
        ]

    async def test_an_unknown_tie_is_made_sure_of(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [(200, record("7")), (200, {})]
        await acting.amend_call("7", ENTRY)
        assert script.paths[1:] == ["PUT /crm/objects/2026-09/calls/7/associations/default/contacts/51"]

    async def test_a_call_is_looked_for_among_the_contacts_own_first(
        self, acting: Acting, script: Any, record: Make
    ) -> None:
        contact = record("51") | {"associations": {"calls": {"results": [{"id": "7", "type": "contact_to_call"}]}}}
        script.answers = [(200, contact), found(record("7", hs_call_external_id="call-1"))]
        assert await acting.call_logged_as("call-1", "51") == "7"
        assert "associations=calls" in script.paths[0]

    async def test_and_then_by_search(self, acting: Acting, script: Any, record: Make) -> None:
        script.answers = [NOT_FOUND, found(record("7", hs_call_external_id="call-1"))]
        assert await acting.call_logged_as("call-1", "51") == "7"

    async def test_a_call_that_was_never_logged_is_not_found(self, acting: Acting, script: Any) -> None:
        script.answers = [found()]
        assert await acting.call_logged_as("call-1") is None

    async def test_what_hubspot_rejects_is_told_in_its_words(self, acting: Acting, script: Any) -> None:
        script.answers = [(400, {"message": "hs_call_status was not one of the allowed options"})]
        with pytest.raises(HubSpotRejected, match="hs_call_status was not one of the allowed options"):
            await acting.log_call(ENTRY)
