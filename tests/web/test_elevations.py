"""Rights that were lent, over HTTP: who may look, lend and end; and what is said when the account is not connected."""

import pytest
from tests.real_service import Panel, RealService
from tests.web.test_administration import GRANT, connect_account

from hubspot_sandbox.seeds import people

ROLES, ELEVATIONS = "/api/administration/roles", "/api/administration/elevations"
LOAN = {"role_id": "1", "minutes": 30, "why": "To connect."}


def lend_to(user_id: int) -> str:
    return f"/api/administration/people/{user_id}/lend"


def user_of(service: RealService, email: str, account: int = people.ACORN) -> int:
    member = service.sandbox.portal.people.membership(account, email)
    assert member
    return member.user_id


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", ROLES, None),
        ("GET", ELEVATIONS, None),
        ("POST", lend_to(1), LOAN),
        ("POST", f"{ELEVATIONS}/nothing/end", None),
    ],
)
async def test_agents_and_strangers_neither_see_nor_lend_nor_end(
    service: RealService, ben: Panel, method: str, path: str, body: dict[str, object] | None
) -> None:
    answer = await ben.ask(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    answer = await service.http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")


async def test_without_the_accounts_grant_it_says_how_to_add_it(service: RealService, ada: Panel) -> None:
    found = await ada.get(ROLES)
    assert (found["roles"], found["problem"]["code"]) == ([], "no-grant")
    answer = await ada.ask("POST", lend_to(user_of(service, people.BEN)), LOAN)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-grant")
    assert "connects the whole account" in answer.json()["remedy"]


async def test_what_is_lent_in_one_account_is_nobodys_in_another(service: RealService, ada: Panel, zed: Panel) -> None:
    await connect_account(service, ada)
    [rep] = (await ada.get(ROLES))["roles"]
    assert (rep["name"], rep["billable"]) == ("Sales rep", False)
    eve = user_of(service, people.EVE)
    loan = {**LOAN, "role_id": rep["id"], "over_single_rights": True}
    assert (await zed.ask("POST", lend_to(eve), loan)).json()["code"] == "no-grant", "Birch gave no grant"
    lent = await ada.do("POST", lend_to(eve), loan)
    assert (lent["email"], lent["hubspot_user_id"], lent["overdue"]) == (people.EVE, eve, False)
    assert (await ada.get(ELEVATIONS))["elevations"][-1]["id"] == lent["id"]
    assert lent["id"] not in str(await zed.get(ELEVATIONS, params={"open": "false"}))
    assert (await zed.ask("POST", f"{ELEVATIONS}/{lent['id']}/end")).status_code == 404
    assert (await ada.do("POST", f"{ELEVATIONS}/{lent['id']}/end"))["ended_by"] == people.ADA
    assert lent["id"] not in str(await ada.get(ELEVATIONS))
    assert lent["id"] in str(await ada.get(ELEVATIONS, params={"open": "false"}))
    assert (await ada.ask("POST", f"{ELEVATIONS}/{lent['id']}/end")).status_code == 404
    await ada.do("DELETE", GRANT)


async def test_what_is_no_loan_is_refused_by_name(service: RealService, ada: Panel) -> None:
    user = user_of(service, people.EVE)
    for loan in ({**LOAN, "minutes": 4}, {**LOAN, "minutes": 241}, {**LOAN, "why": " "}, {"role_id": "1"}):
        answer = await ada.ask("POST", lend_to(user), loan)
        assert answer.json()["code"] == "invalid-input", answer.text


async def test_who_was_none_before_is_noticed_by_the_accounts_grant_and_may_stay_super_admin(
    service: RealService, ada: Panel
) -> None:
    """Her own grant may not ask who is Super Admin at first."""
    await connect_account(service, ada)
    standing = service.sandbox.portal.people
    finn = "finn.later@acorn.example"
    body = {"email": finn, "name": "Finn Later", "rights": {"contacts.view": "all"}}
    service.sandbox.control("POST", f"/accounts/{people.ACORN}/people", body)
    later = await service.connect(finn)
    standing.set_super_admin(people.ACORN, finn, True)
    again = await service.connect(finn)
    assert again.id == later.id
    [reminder] = (await again.get("/api/panel"))["reminders"]
    assert (reminder["kind"], reminder["mine"]) == ("super-admin", True)
    assert (await again.ask("GET", ELEVATIONS)).status_code == 403
    done = f"{ELEVATIONS}/{reminder['id']}/end"
    assert (await ada.ask("POST", done)).json()["code"] == "wrong-state"
    assert (await ada.do("POST", done, {"stays": True}))["ended_by"] == people.ADA
    for panel in (ada, again):
        assert reminder["id"] not in str((await panel.get("/api/panel"))["reminders"])
    await ada.do("DELETE", GRANT)
