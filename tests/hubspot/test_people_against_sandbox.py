"""Who is in an account, and a task for one of them, asked of a HubSpot that answers by itself."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.errors import MissingScope
from offhook.hubspot.client import Acting, HubSpot
from offhook.hubspot.scopes import OPTIONAL, REQUIRED
from offhook.hubspot.tasks import Task

DUE = datetime(2026, 11, 25, 12, 0, 0, 5000, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        yield sandbox


@pytest.fixture
async def hubspot(sandbox: RunningSandbox) -> AsyncIterator[HubSpot]:
    async with httpx.AsyncClient() as http:
        yield HubSpot(http, sandbox.base_url, sandbox.base_url, lambda: datetime.now(UTC))


@pytest.fixture
def ada(hubspot: HubSpot, sandbox: RunningSandbox) -> Acting:
    return acting(hubspot, sandbox, *REQUIRED, *OPTIONAL)


def acting(hubspot: HubSpot, sandbox: RunningSandbox, *scopes: str) -> Acting:
    minted = sandbox.mint(people.ACORN, people.ADA, people.CLIENT_ID, " ".join(scopes))

    async def token(refused: bool) -> str:
        return str(minted["access_token"])

    return hubspot.acting(token, people.ACORN)


async def test_everybody_who_may_log_in_is_listed_over_all_pages(
    ada: Acting, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.hubspot.users.PAGE", 2)
    found = await ada.users()
    assert {each.email for each in found} == {people.ADA, people.BEN, people.CLEO, people.DEV, people.EVE}
    assert [each.email for each in found if each.super_admin] == [people.ADA]
    assert next(each.name for each in found if each.email == people.BEN) == "Ben Bright"
    assert len(sandbox.control("GET", "/journal?pattern=/settings/users/*")) == 3


async def test_somebody_is_found_by_id_or_address_and_who_is_gone_is_nobody(ada: Acting) -> None:
    ben = await ada.user_with_email(people.BEN)
    assert ben
    assert await ada.user(ben.id) == ben
    for nobody in (people.FINN, "nobody@acorn.example", "no address"):
        assert await ada.user_with_email(nobody) is None
    assert await ada.user(1) is None


async def test_permission_sets_are_named(ada: Acting) -> None:
    assert [(each.name, each.billable) for each in await ada.roles()] == [("Sales rep", False)]


async def test_without_the_scope_nobody_is_listed(hubspot: HubSpot, sandbox: RunningSandbox) -> None:
    with pytest.raises(MissingScope):
        await acting(hubspot, sandbox, *REQUIRED).users()


async def test_a_task_is_put_on_the_list_of_its_owner(ada: Acting, hubspot: HubSpot, sandbox: RunningSandbox) -> None:
    user = await ada.user_with_email(people.ADA)
    assert user
    owner = await ada.owner(user.id)
    assert owner
    task_id = await ada.create_task(Task("Let Ben <connect>", "Hello,\n\n- a & b", owner.id, DUE))
    wanted = "hs_task_subject,hs_task_body,hs_task_status,hs_task_priority,hubspot_owner_id,hs_timestamp"
    async with httpx.AsyncClient(base_url=sandbox.base_url, headers=sandbox.bearer()) as http:
        kept = (await http.get(f"/crm/v3/objects/tasks/{task_id}", params={"properties": wanted})).json()["properties"]
    assert {name: kept[name] for name in wanted.split(",")} == {
        "hs_task_subject": "Let Ben <connect>",
        "hs_task_body": "Hello,<br><br>- a &amp; b",
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH",
        "hubspot_owner_id": owner.id,
        "hs_timestamp": "2026-11-25T12:00:00.005Z",
    }
    assert hubspot.task_url(people.ACORN, task_id).endswith(f"/contacts/{people.ACORN}/record/0-27/{task_id}")
