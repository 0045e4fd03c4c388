"""Every operation of the client against a HubSpot that answers by itself: the sandbox, over real HTTP."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.calls.call import EndedHow
from offhook.calls.events import Direction
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import (
    ContactExists,
    HubSpotBusy,
    HubSpotMigrating,
    HubSpotNotFound,
    HubSpotUnavailable,
    HubSpotUnreachable,
    MissingScope,
)
from offhook.hubspot.client import Acting, HubSpot
from offhook.hubspot.contacts import NewContact
from offhook.hubspot.engagements import CallLogEntry
from offhook.hubspot.scopes import OPTIONAL, REQUIRED

CARLA = PhoneNumber(demo.CARLA_NUMBER)
ENTRY = CallLogEntry(
    external_id="offhook-call-1",
    direction=Direction.INBOUND,
    ended_how=EndedHow.COMPLETED,
    started_at=datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC),
    duration=timedelta(seconds=61),
    from_number=demo.CARLA_NUMBER,
    to_number="201",
    title="Call from Carla Reyes",
    outcome="connected",
    notes="Wants <tea>\n& milk",
    recording_url="https://records.test/1.mp3",
)


class SandboxTokens:
    """Tokens of one person, minted without consent; a fresh one when the last was refused."""

    def __init__(self, sandbox: RunningSandbox, email: str, scopes: tuple[str, ...]) -> None:
        self._sandbox, self._email, self._scopes = sandbox, email, scopes
        self.refused = 0
        self._token = self._mint()

    def _mint(self) -> dict[str, Any]:
        return self._sandbox.mint(people.ACORN, self._email, people.CLIENT_ID, " ".join(self._scopes))

    @property
    def user_id(self) -> int:
        return int(self._token["user_id"])

    async def __call__(self, refused: bool) -> str:
        if refused:
            self.refused += 1
            self._token = self._mint()
        return str(self._token["access_token"])


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: RunningSandbox) -> Iterator[RunningSandbox]:
    """Limits and index delay are off unless a test turns them on."""
    running.control("POST", "/limits", {"enabled": False})
    running.control("POST", "/index-delay", {"seconds": 0})
    yield running
    running.control("DELETE", "/faults")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def hubspot(sandbox: RunningSandbox, http: httpx.AsyncClient, steady: Any) -> HubSpot:
    return HubSpot(http, sandbox.base_url, sandbox.base_url, lambda: datetime.now(UTC), clock=steady, sleep=steady.sleep)


@pytest.fixture
def ben(sandbox: RunningSandbox) -> SandboxTokens:
    return SandboxTokens(sandbox, people.BEN, (*REQUIRED, *OPTIONAL))


@pytest.fixture
def acting(hubspot: HubSpot, ben: SandboxTokens) -> Acting:
    return hubspot.acting(ben, people.ACORN)


@pytest.fixture
def search_only(hubspot: HubSpot, sandbox: RunningSandbox) -> Acting:
    return hubspot.acting(SandboxTokens(sandbox, people.BEN, REQUIRED), people.ACORN)


@pytest.mark.parametrize(
    ("number", "emails"),
    [
        (demo.CARLA_NUMBER, [demo.CARLA_EMAIL]),
        (demo.TWINS_NUMBER, [demo.TWIN_ONE_EMAIL, demo.TWIN_TWO_EMAIL]),
        (demo.OLIVER_NUMBER, [demo.OLIVER_EMAIL]),
        (demo.NORA_NUMBER, [demo.NORA_EMAIL]),
        (demo.FLORA_NUMBER, [demo.FLORA_EMAIL]),
        ("+14155550999", []),
    ],
)
async def test_contacts_are_found_by_any_writing_of_their_number(acting: Acting, number: str, emails: list[str]) -> None:
    found = await acting.contacts_with_number(PhoneNumber(number))
    assert sorted(each.email or "" for each in found) == emails


async def test_every_readable_number_of_the_sample_data_leads_to_its_contact(
    acting: Acting, sandbox: RunningSandbox, http: httpx.AsyncClient
) -> None:
    query = {"limit": "60", "properties": "phone,mobilephone,hs_calculated_phone_number,hs_calculated_mobile_number"}
    url = f"{sandbox.base_url}/crm/objects/2026-09/contacts"
    page = (await http.get(url, params=query, headers=sandbox.bearer())).json()["results"]
    names = ("hs_calculated_phone_number", "hs_calculated_mobile_number")
    numbers = [(each["id"], each["properties"][name]) for each in page for name in names if each["properties"].get(name)]
    assert len(numbers) > 40
    for contact_id, number in numbers:
        found = await acting.contacts_with_number(PhoneNumber(number))
        assert contact_id in {each.id for each in found}, number


@pytest.mark.parametrize(
    "text",
    ["Carla Rey", demo.CARLA_EMAIL, demo.CARLA_COMPANY, demo.CARLA_NUMBER, "(415) 555-0100", "555-0100", "415.555.01"],
)
async def test_contacts_are_found_by_what_agents_type(acting: Acting, text: str) -> None:
    assert demo.CARLA_EMAIL in {each.email for each in await acting.contacts_matching(text)}


async def test_a_contact_has_everything_that_the_panel_shows(acting: Acting) -> None:
    (carla,) = await acting.contacts_with_number(CARLA)
    again = await acting.contact(carla.id)
    assert again == carla
    assert (again.name, again.company) == (demo.CARLA_NAME, demo.CARLA_COMPANY)
    assert again.company_id
    assert again.owner_id
    assert [(each.label, each.international) for each in again.numbers] == [("phone", demo.CARLA_NUMBER)]


async def test_a_contact_that_is_not_there_is_not_found(acting: Acting) -> None:
    with pytest.raises(HubSpotNotFound):
        await acting.contact("99999999999")


async def test_a_contact_is_created_once_although_search_is_behind(acting: Acting, sandbox: RunningSandbox) -> None:
    sandbox.control("POST", "/index-delay", {"seconds": 30})
    new = NewContact("Nadia", "New", "nadia@new.example", PhoneNumber("+14155550777"))
    created = await acting.create_contact(new)
    assert (created.name, created.email) == ("Nadia New", "nadia@new.example")
    for again in (new, replace(new, email=None), replace(new, number=PhoneNumber("+14155550778"))):
        with pytest.raises(ContactExists) as caught:
            await acting.create_contact(again)
        assert [each.id for each in caught.value.contacts] == [created.id]


async def test_an_owner_and_a_super_admin_are_told_from_others(
    acting: Acting, sandbox: RunningSandbox, ben: SandboxTokens
) -> None:
    ada = SandboxTokens(sandbox, people.ADA, REQUIRED)
    owner = await acting.owner(ben.user_id)
    assert owner is not None
    assert (owner.first_name, owner.last_name, owner.email) == ("Ben", "Bright", people.BEN)
    assert await acting.owner(1) is None
    assert await acting.is_super_admin(ada.user_id) is True
    assert await acting.is_super_admin(ben.user_id) is False


async def test_without_the_scope_nobody_knows_who_is_super_admin(search_only: Acting, ben: SandboxTokens) -> None:
    assert await search_only.is_super_admin(ben.user_id) is None


async def test_the_account_says_who_it_is(acting: Acting) -> None:
    account = await acting.account()
    assert account.id == people.ACORN
    assert account.ui_domain


async def test_a_missing_scope_is_named(search_only: Acting) -> None:
    with pytest.raises(MissingScope) as caught:
        await search_only.log_call(ENTRY)
    assert caught.value.scopes == ("crm.objects.contacts.write",)


async def test_an_expired_token_is_replaced(acting: Acting, ben: SandboxTokens, sandbox: RunningSandbox) -> None:
    await acting.account()
    sandbox.control("POST", "/clock", {"advance_seconds": 1801})
    await acting.account()
    assert ben.refused == 1


async def test_more_searches_than_hubspot_allows_are_refused_by_it(acting: Acting, sandbox: RunningSandbox) -> None:
    """The client's clock in these tests runs as fast as it likes, so that it lets more through than it should."""

    async def search_on_and_on() -> None:
        for _ in range(40):
            await acting.contacts_with_number(CARLA)

    sandbox.control("POST", "/limits", {"enabled": True})
    with pytest.raises(HubSpotBusy) as caught:
        await search_on_and_on()
    assert caught.value.retry_after == 1.0


class TestTimeline:
    @pytest.fixture
    async def entry(self, acting: Acting, request: pytest.FixtureRequest) -> CallLogEntry:
        """A call with Carla, another one for each test."""
        (carla,) = await acting.contacts_with_number(CARLA)
        name = request.node.name
        return replace(ENTRY, external_id=name, contact_id=carla.id, company_id=carla.company_id)

    @pytest.fixture
    def look(self, sandbox: RunningSandbox, http: httpx.AsyncClient) -> Any:
        """The engagement as a stranger reads it."""

        async def look(engagement_id: str, *properties: str) -> dict[str, Any]:
            query = {"properties": ",".join(properties), "associations": "contacts,companies"}
            url = f"{sandbox.base_url}/crm/objects/2026-09/calls/{engagement_id}"
            answer = await http.get(url, params=query, headers=sandbox.bearer())
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found

        return look

    async def test_a_call_is_on_the_timeline_of_contact_and_company(
        self, acting: Acting, entry: CallLogEntry, look: Any
    ) -> None:
        wanted = {
            "hs_timestamp": "2026-11-23T12:00:00.250Z",
            "hs_call_title": "Call from Carla Reyes",
            "hs_call_body": "Wants &lt;tea&gt;<br>&amp; milk",
            "hs_call_direction": "INBOUND",
            "hs_call_status": "COMPLETED",
            "hs_call_disposition": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
            "hs_call_duration": "61000",
            "hs_call_from_number": demo.CARLA_NUMBER,
            "hs_call_to_number": "201",
            "hs_call_external_id": entry.external_id,
            "hs_call_recording_url": "https://records.test/1.mp3",
        }
        found = await look(await acting.log_call(entry), *wanted)
        assert {name: found["properties"][name] for name in wanted} == wanted
        assert tied(found, "contacts") == {entry.contact_id}
        assert tied(found, "companies") == {entry.company_id}

    @pytest.mark.parametrize("how", EndedHow)
    async def test_hubspot_takes_every_way_a_call_can_end(
        self, acting: Acting, entry: CallLogEntry, how: EndedHow
    ) -> None:
        assert await acting.log_call(replace(entry, ended_how=how))

    async def test_the_longest_notes_are_taken(self, acting: Acting, entry: CallLogEntry) -> None:
        assert await acting.log_call(replace(entry, notes="&" * 100_000))

    async def test_an_amendment_changes_what_is_there_and_moves_it_to_the_right_contact(
        self, acting: Acting, entry: CallLogEntry, look: Any
    ) -> None:
        engagement_id = await acting.log_call(entry)
        (oliver,) = await acting.contacts_with_number(PhoneNumber(demo.OLIVER_NUMBER))
        changed = replace(entry, notes="Later", outcome="busy", contact_id=oliver.id, company_id=None)
        await acting.amend_call(engagement_id, changed, was_with=entry.contact_id)
        found = await look(engagement_id, "hs_call_body", "hs_call_disposition")
        assert found["properties"]["hs_call_body"] == "Later"
        assert found["properties"]["hs_call_disposition"] == "9d9162e7-6cf3-4944-bf63-4dff82258764"
        assert tied(found, "contacts") == {oliver.id}

    async def test_a_call_whose_answer_was_lost_is_found_again(
        self, acting: Acting, entry: CallLogEntry, sandbox: RunningSandbox
    ) -> None:
        sandbox.control("POST", "/index-delay", {"seconds": 30})
        calls = "/crm/objects/2026-09/calls"
        sandbox.control("POST", "/faults", {"path": calls, "method": "POST", "drop_connection": "after"})
        with pytest.raises(HubSpotUnreachable):
            await acting.log_call(entry)
        assert await acting.call_logged_as(entry.external_id) is None
        assert await acting.call_logged_as(entry.external_id, entry.contact_id)

    async def test_search_finds_it_once_it_is_indexed(self, acting: Acting, entry: CallLogEntry) -> None:
        engagement_id = await acting.log_call(entry)
        assert await acting.call_logged_as(entry.external_id) == engagement_id
        assert await acting.call_logged_as("never", entry.contact_id) is None

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ({"status": 503, "body": "<html>"}, HubSpotUnavailable),
            ({"status": 477, "headers": {"Retry-After": "60"}}, HubSpotMigrating),
            ({"drop_connection": "before"}, HubSpotUnreachable),
        ],
    )
    async def test_trouble_is_told_as_what_it_is(
        self, acting: Acting, entry: CallLogEntry, sandbox: RunningSandbox, fault: dict[str, Any], kind: type[Exception]
    ) -> None:
        sandbox.control("POST", "/faults", {"path": "/crm/objects/2026-09/calls", **fault})
        with pytest.raises(kind):
            await acting.log_call(entry)


def tied(record: dict[str, Any], kind: str) -> set[str]:
    return {each["id"] for each in record.get("associations", {}).get(kind, {}).get("results", [])}
