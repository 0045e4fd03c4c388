"""All contacts of an account, and those that changed, asked of the sandbox over real HTTP."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.hubspot.all_contacts import PAGE, ContactPage
from offhook.hubspot.client import Acting, HubSpot
from offhook.hubspot.contacts import Contact
from offhook.hubspot.scopes import REQUIRED

CONTACTS = "/crm/objects/2026-09/contacts"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def acting(sandbox: RunningSandbox, http: httpx.AsyncClient, steady: Any) -> Acting:
    minted = sandbox.mint(people.ACORN, people.ADA, people.CLIENT_ID, " ".join(REQUIRED))

    async def token(refused: bool) -> str:
        return str(minted["access_token"])

    hubspot = HubSpot(
        http, sandbox.base_url, sandbox.base_url, lambda: datetime.now(UTC), clock=steady, sleep=steady.sleep
    )
    return hubspot.acting(token, people.ACORN)


async def everybody(acting: Acting) -> dict[str, Contact]:
    pages = [await acting.listed_contacts()]
    while after := pages[-1].after:
        pages.append(await acting.listed_contacts(after))
    assert all(len(each.contacts) == PAGE for each in pages[:-1])
    return {each.id: each for page in pages for each in page.contacts}


async def looked_through(acting: Acting, since: datetime | None = None) -> dict[str, Contact]:
    page = await acting.changed_contacts(since)
    found = {each.id: each for each in page.contacts}
    while page.after:
        page = await acting.changed_contacts(since, page.after)
        found |= {each.id: each for each in page.contacts}
    return found


async def test_the_list_and_the_search_show_the_same_contacts_with_the_same_numbers(acting: Acting) -> None:
    by_list, last = await everybody(acting), await acting.last_changed_contact()
    assert len(by_list) > PAGE, "more than a page, or this shows nothing"
    assert last.total == len(by_list)
    assert await looked_through(acting) == by_list


async def test_what_changes_is_shown_with_its_time_and_alone(
    acting: Acting, http: httpx.AsyncClient, sandbox: Any
) -> None:
    before = (await acting.last_changed_contact()).newest
    assert before
    sandbox.control("POST", "/clock", {"advance_seconds": 60})
    [first, *_] = (await acting.listed_contacts()).contacts
    path = f"{sandbox.base_url}{CONTACTS}/{first.id}"
    bearer = sandbox.bearer()
    await http.patch(path, json={"properties": {"mobilephone": "+14155550177"}}, headers=bearer)
    page: ContactPage = await acting.changed_contacts(before)
    newest = (await acting.last_changed_contact()).newest
    assert newest
    assert newest > before
    assert page.newest == newest
    since = await acting.changed_contacts(newest)
    assert [each.id for each in since.contacts] == [first.id]
    assert "+14155550177" in {each.number for each in since.contacts[0].numbers}
    await http.delete(path, headers=bearer)
    assert first.id not in await everybody(acting)
    assert (await acting.changed_contacts(newest)).contacts == ()
