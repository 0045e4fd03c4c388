"""Ask the administrator, and have one's own rights checked: over HTTP, mostly by somebody who is not signed in."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.real_service import SECRET, Panel, RealService, begins
from tests.web.test_administration import connect_account
from tests.web.test_people import PEOPLE, change_rights, one

from hubspot_sandbox.seeds import people as seeds
from offhook.administration import roster, store
from offhook.administration.attending import DONE, LOOKED, REMEMBER_LOG_IN
from offhook.administration.rights import SUBJECT

Json = dict[str, Any]
SAID = "You don't have the right permissions to install Offhook\nApp Marketplace access\nContacts > View\n"
MAY_VIEW = {"contacts.view": "all", "contacts.edit": "all"}


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "FRESH", timedelta(0))


@pytest.fixture(autouse=True)
async def nobody_waits_afterwards(service: RealService) -> AsyncIterator[None]:
    """The service is shared by all tests of the edge."""
    yield
    parts = service.service.parts
    async with parts.database.transaction() as connection:
        await store.forget_before(connection, parts.now() + timedelta(minutes=1))


@pytest.fixture
async def account_grant(service: RealService, ada: Panel) -> AsyncIterator[None]:
    await connect_account(service, ada)
    yield
    await ada.do("DELETE", "/api/administration/account-grant")


@pytest.fixture
async def no_account_grant(ada: Panel) -> None:
    await ada.ask("DELETE", "/api/administration/account-grant")


async def stuck(service: RealService, account: int | None = seeds.ACORN, said: str = SAID) -> str:
    """Somebody whom HubSpot stopped, on a page of this account."""
    home = f"{service.sandbox.base_url}/contacts/{account}/objects/0-1/views/all/list" if account else None
    begun = await service.begin(return_to=home)
    answer = await service.http.post(f"/api/sign-ins/{begun['id']}/stuck", json={"secret": SECRET, "page_text": said})
    assert answer.status_code == 200
    return str(begun["id"])


async def ask(service: RealService, attempt: str, email: str | None = None, secret: str = SECRET) -> Json:
    body = {"attempt_id": attempt, "secret": secret, **({"email": email} if email else {})}
    answer = await service.http.post("/api/help", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


# Asking.


async def test_one_press_makes_the_message_and_is_on_the_administrators_page_at_once(
    service: RealService, ada: Panel
) -> None:
    attempt = await stuck(service)
    asked = await ask(service, attempt, seeds.EVE)
    message = asked["message"]
    assert asked["asked"] is True
    assert f"/settings/{seeds.ACORN}/users" in message["text"]
    assert "App Marketplace access: On." in message["text"]
    assert "Contacts > View: All contacts" in message["text"]
    assert "I need it to " in message["text"]
    assert seeds.EVE in message["text"]
    draft = urlsplit(message["mailto"])
    assert (draft.scheme, draft.path) == ("mailto", "")
    assert parse_qs(draft.query)["subject"] == [message["subject"]]
    assert len(message["mailto"]) < 2_100
    eve = await one(ada, seeds.EVE)
    assert (eve["state"], eve["may_need_relogin"], eve["name"]) == ("asked", False, "Eve Eriksen")
    assert [each["right"] for each in eve["missing"]][:2] == ["App Marketplace access", "Contacts > View"]
    assert eve["message"]["text"].startswith("Hello,")
    assert eve["asked_at"]
    assert (await ada.get(PEOPLE))["people"][0]["asked_at"], "who waits comes first"
    again = await ask(service, attempt, seeds.EVE)
    assert again["message"] == message
    assert (await one(ada, seeds.EVE))["request_id"] == eve["request_id"], "asking twice is one request"


async def test_administrators_panels_are_told_at_once(service: RealService, ada: Panel) -> None:
    heard = asyncio.Event()
    attempt = await stuck(service)

    async def wait_for_news() -> None:
        with service.service.parts.hub.listen(ada.id, None) as listener:
            heard.set()
            await listener.queue.get()

    waiting = asyncio.create_task(wait_for_news())
    await heard.wait()
    await ask(service, attempt)
    async with asyncio.timeout(5):
        await waiting


async def test_who_does_not_say_who_she_is_or_is_not_in_the_account_is_shown_as_that(
    service: RealService, ada: Panel
) -> None:
    await ask(service, await stuck(service))
    await ask(service, await stuck(service), "stranger@elsewhere.example")
    stranger = await one(ada, "stranger@elsewhere.example")
    nobody = next(each for each in (await ada.get(PEOPLE))["people"] if not each["email"])
    assert (stranger["hubspot_user_id"], stranger["state"]) == (None, "asked")
    assert stranger["reason"]["code"] == "hubspot-not-found"
    assert nobody["name"] == "Somebody who did not say who she is"


async def test_what_is_answered_depends_on_nobody(service: RealService, ada: Panel, zed: Panel) -> None:
    """Whoever asks, for whomever, in whichever account: the answer says no more than she said herself."""
    answers = set()
    for email in (seeds.CLEO, seeds.EVE, seeds.FINN, "nobody@acorn.example", "zed@birch.example"):
        asked = await ask(service, await stuck(service), email)
        answers.add(json.dumps(asked).replace(email, "…").replace(email.replace("@", "%40"), "…"))
    assert len(answers) == 1
    other = await ask(service, await stuck(service, 999_999_999))
    assert (other["asked"], other["told"]) == (True, json.loads(answers.pop())["told"])


async def test_another_accounts_administrators_see_nothing_of_it(service: RealService, ada: Panel, zed: Panel) -> None:
    await ask(service, await stuck(service), "only.acorn@acorn.example")
    assert "only.acorn" not in str(await zed.get(PEOPLE))
    assert "only.acorn" in str(await ada.get(PEOPLE))


async def test_nobody_takes_a_colleagues_request_away_by_giving_her_address(service: RealService, ada: Panel) -> None:
    attempt = await stuck(service)
    await ask(service, attempt, "real@acorn.example")
    await ask(service, await stuck(service, said="nothing"), "real@acorn.example")
    async with service.service.parts.database.reading() as connection:
        known = await store.open_requests(connection, seeds.ACORN)
    assert attempt in [each.attempt_id for each in known if each.email == "real@acorn.example"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 401, "signed-out"),
        ({"attempt_id": "nothing", "secret": SECRET}, 404, "not-found"),
        ({"attempt_id": "nothing"}, 404, "not-found"),
    ],
)
async def test_who_proves_nothing_asks_nobody(service: RealService, body: Json, status: int, code: str) -> None:
    answer = await service.http.post("/api/help", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "email", ["no address", "@", "a@", "x" * 300 + "@acorn.example", "a\n@acorn.example", "a b@c.de"]
)
async def test_what_is_no_address_is_refused(service: RealService, email: str) -> None:
    attempt = await stuck(service)
    for path in ("/api/help", "/api/rights"):
        answer = await service.http.post(path, json={"attempt_id": attempt, "secret": SECRET, "email": email})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


async def test_a_wrong_secret_is_an_attempt_that_never_was(service: RealService) -> None:
    attempt = await stuck(service)
    body = {"attempt_id": attempt, "secret": "x" * 43, "email": seeds.EVE}
    for path in ("/api/help", "/api/rights"):
        answer = await service.http.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_nobody_asks_for_ever(service: RealService, ada: Panel) -> None:
    attempt = await stuck(service)
    answers = [
        await service.http.post(
            "/api/help", json={"attempt_id": attempt, "secret": SECRET, "email": "often@acorn.example"}
        )
        for _ in range(21)
    ]
    assert [each.status_code for each in answers] == [200] * 20 + [429]
    assert answers[-1].json()["code"] == "too-many-tries"


async def test_a_page_without_end_makes_a_message_that_somebody_reads(service: RealService, ada: Panel) -> None:
    long = "You don't have the right permissions to install Offhook\n" + "\n".join(f"Right > {n}" for n in range(900))
    await ask(service, await stuck(service, said=long), "endless@acorn.example")
    endless = await one(ada, "endless@acorn.example")
    assert len(endless["missing"]) <= 40
    assert len(endless["message"]["text"]) <= 20_000


async def test_an_agent_who_is_signed_in_asks_with_her_diagnosis(service: RealService, ada: Panel, ben: Panel) -> None:
    asked = await ben.do("POST", "/api/help", {})
    assert asked["asked"] is True
    assert "Ada Abara" in asked["told"][0]
    assert urlsplit(asked["message"]["mailto"]).path == seeds.ADA
    cleo = await one(ada, seeds.CLEO)
    assert (cleo["state"], bool(cleo["asked_at"])) == ("connected", True)


# Something is done about it.


async def test_an_administrator_looks_and_she_is_told_to_log_in_again(service: RealService, ada: Panel) -> None:
    attempt = await stuck(service)
    await ask(service, attempt, seeds.EVE)
    before = (await service.claim(attempt))["diagnosis"]
    eve = await one(ada, seeds.EVE)
    checked = await ada.do("POST", f"{PEOPLE}/{eve['hubspot_user_id']}/check")
    assert (checked["state"], checked["may_need_relogin"]) == ("asked", True)
    after = (await service.claim(attempt))["diagnosis"]
    assert (after["title"], after["remember"]) == (LOOKED[0], REMEMBER_LOG_IN)
    assert after["missing"] == before["missing"], "what was missing is what was lent, should she get through"
    assert "Eve" not in str(after).replace(seeds.EVE, "")
    await ask(service, attempt, seeds.EVE)
    assert (await one(ada, seeds.EVE))["may_need_relogin"] is False, "she asks anew"


async def test_what_changes_in_hubspot_is_noticed_by_itself(
    service: RealService, ada: Panel, account_grant: None
) -> None:
    attempt = await stuck(service)
    await ask(service, attempt, seeds.EVE)
    attending = service.service.parts.office.attending
    await attending.look()
    assert (await one(ada, seeds.EVE))["may_need_relogin"] is False
    await change_rights(service, seeds.EVE, super_admin=True)
    try:
        await attending.look()
        assert (await one(ada, seeds.EVE))["may_need_relogin"] is True
        after = (await service.claim(attempt))["diagnosis"]
        assert (after["title"], after["remember"]) == (DONE[0], REMEMBER_LOG_IN)
        assert "uper" not in after["says"], "she may not be who she says she is"
    finally:
        await change_rights(service, seeds.EVE, super_admin=False)


async def test_who_gets_through_waits_no_longer(service: RealService, ada: Panel) -> None:
    await change_rights(service, seeds.DEV, rights=MAY_VIEW)
    attempt = await stuck(service)
    await ask(service, attempt, seeds.DEV)
    assert (await one(ada, seeds.DEV))["asked_at"]
    await service.connect(seeds.DEV)
    dev = await one(ada, seeds.DEV)
    assert (dev["state"], dev["asked_at"], dev["request_id"], dev["message"]) == ("connected", None, None, None)


# A task of it.


async def test_a_task_for_a_super_admin_is_made_once(service: RealService, ada: Panel, account_grant: None) -> None:
    await ask(service, await stuck(service), seeds.EVE)
    eve = await one(ada, seeds.EVE)
    path = f"{PEOPLE}/{eve['hubspot_user_id']}/task"
    made = await ada.do("POST", path)
    assert await ada.do("POST", path) == made
    assert (await one(ada, seeds.EVE))["task_url"] == made["task_url"]
    task = await task_of(service, made["task_url"].rpartition("/")[2])
    assert "App Marketplace access" in task["hs_task_body"]
    assert seeds.EVE in task["hs_task_body"]
    assert task["hubspot_owner_id"] == await owner_of(service, seeds.ADA)
    assert (await ada.get("/api/administration/deeds"))["deeds"][0]["deed"] == "task-made"


async def test_without_the_accounts_grant_there_is_no_task_and_it_is_said_why(
    service: RealService, ada: Panel, no_account_grant: None
) -> None:
    await ask(service, await stuck(service), seeds.EVE)
    eve, ben = await one(ada, seeds.EVE), await one(ada, seeds.BEN)
    refused = await ada.ask("POST", f"{PEOPLE}/{eve['hubspot_user_id']}/task")
    assert (refused.status_code, refused.json()["code"]) == (409, "no-grant")
    assert "connects the whole account" in refused.json()["remedy"]
    unasked = await ada.ask("POST", f"{PEOPLE}/{ben['hubspot_user_id']}/task")
    assert (unasked.status_code, unasked.json()["code"]) == (409, "wrong-state")


# Her own rights.


async def rights(service: RealService, email: str, attempt: str | None = None) -> Json:
    body = {"attempt_id": attempt or await stuck(service), "secret": SECRET, "email": email}
    answer = await service.http.post("/api/rights", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["report"])


async def test_the_answer_to_an_address_is_the_same_for_every_address(
    service: RealService, ada: Panel, zed: Panel, account_grant: None
) -> None:
    attempt = await stuck(service)
    answers = [
        await rights(service, email, attempt)
        for email in (seeds.ADA, seeds.CLEO, seeds.FINN, "nobody@acorn.example", "zed@birch.example")
    ]
    assert all(each == answers[0] for each in answers)
    assert {each["state"] for each in answers[0]["checks"]} == {"could-not-ask"}


async def test_the_owner_of_the_address_finds_the_answer_in_hubspot_and_nobody_else_does(
    service: RealService, ada: Panel, account_grant: None
) -> None:
    await rights(service, seeds.EVE.upper())
    [task] = await tasks_of(service, seeds.EVE)
    assert "Super Admin: You are none." in task["hs_task_body"]
    assert "HubSpot tells nobody which single rights" in task["hs_task_body"]
    assert "Contacts &gt; View" in task["hs_task_body"]
    await rights(service, seeds.EVE)
    await rights(service, seeds.BEN)
    [hers] = await tasks_of(service, seeds.BEN)
    assert hers["hubspot_owner_id"] == await owner_of(service, seeds.BEN)
    assert len(await tasks_of(service, seeds.EVE)) == 1, "an address gets one answer a day"


async def test_who_was_signed_in_when_she_began_is_told_at_once(
    service: RealService, ada: Panel, ben: Panel, account_grant: None
) -> None:
    begun = await ben.do("POST", "/api/sign-ins", begins("add:tickets"))
    own = await rights(service, seeds.CLEO, begun["id"])
    assert [(each["name"], each["state"]) for each in own["checks"]] == [
        ("Your HubSpot user", "pass"),
        ("Super Admin", "pass"),
        ("Permission set", "pass"),
        ("Single rights", "could-not-ask"),
    ]
    other = await rights(service, seeds.ADA, begun["id"])
    assert {each["state"] for each in other["checks"]} == {"could-not-ask"}


async def test_nobody_tries_addresses_one_after_the_other(service: RealService, ada: Panel) -> None:
    attempt = await stuck(service)
    body = {"attempt_id": attempt, "secret": SECRET}
    answers = [await service.http.post("/api/rights", json=body | {"email": f"{n}@acorn.example"}) for n in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]


async def task_of(service: RealService, task_id: str) -> Json:
    return next(each for each in await all_tasks(service) if each["hs_object_id"] == task_id)


async def all_tasks(service: RealService) -> list[Json]:
    wanted = {"properties": "hs_task_subject,hs_task_body,hubspot_owner_id", "limit": "100"}
    async with httpx.AsyncClient(base_url=service.sandbox.base_url, headers=service.sandbox.bearer()) as hubspot:
        answer = await hubspot.get("/crm/v3/objects/tasks", params=wanted)
    return [dict(each["properties"]) for each in answer.json()["results"]]


async def owner_of(service: RealService, email: str) -> str:
    everybody = await asyncio.to_thread(service.sandbox.control, "GET", f"/accounts/{seeds.ACORN}/people")
    return next(str(each["owner_id"]) for each in everybody if each["email"] == email)


async def tasks_of(service: RealService, email: str) -> list[Json]:
    """The answers on somebody's list, as soon as there are any; the worker makes them."""
    owner = await owner_of(service, email)

    async with asyncio.timeout(10):
        while True:
            found = [each for each in await all_tasks(service) if each["hs_task_subject"] == SUBJECT]
            if hers := [each for each in found if each["hubspot_owner_id"] == owner]:
                return hers
