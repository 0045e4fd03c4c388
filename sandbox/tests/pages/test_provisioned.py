"""What programs do to users by provisioning, as the pages show it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, BEN, CLEO
from hubspot_sandbox.testing import RunningSandbox

USERS, PAGE = "/settings/users/2026-03", f"/settings/{ACORN}/users"
CONTACTS = f"/contacts/{ACORN}/objects/0-1/views/all/list"
BY_ADDRESS = {"idProperty": "EMAIL"}


@pytest.fixture
def program(sandbox: RunningSandbox) -> Any:
    """A program with the service key."""
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(), timeout=10) as client:
        yield client


def test_a_removed_user_is_gone_at_once_and_her_name_stays_on_records(
    ada: Any, someone: Callable[[], Any], program: httpx.Client, portal: Portal, contact: Callable[..., str]
) -> None:
    member = portal.people.membership(ACORN, CLEO)
    assert member
    number = contact(firstname="Carla", hubspot_owner_id=str(member.owner_id))
    cleo = someone().log_in(CLEO)
    cleo.get(CONTACTS)
    assert program.delete(f"{USERS}/{CLEO}", params=BY_ADDRESS).status_code == 204
    cleo.get(CONTACTS, expect=403)
    assert "Cleo Costa" not in " ".join(ada.get(PAGE).texts("tr"))
    shown = ada.get(f"/contacts/{ACORN}/record/0-1/{number}").all("dd", data_property="hubspot_owner_id")
    assert [each.text for each in shown] == ["Cleo Costa"]


def test_a_role_that_a_program_lends_stands_in_the_access_column(ada: Any, program: httpx.Client) -> None:
    (role,) = program.get(f"{USERS}/roles").json()["results"]
    user = program.put(f"{USERS}/{BEN}", params=BY_ADDRESS, json={"roleId": role["id"]}).json()
    (row,) = ada.get(PAGE).all("tr", data_user_id=user["id"])
    assert role["name"] in row.text
    program.put(f"{USERS}/{BEN}", params=BY_ADDRESS, json={"roleId": ""})
    (row,) = ada.get(PAGE).all("tr", data_user_id=user["id"])
    assert role["name"] not in row.text


def test_a_newcomer_without_a_name_is_called_by_her_address(ada: Any, program: httpx.Client) -> None:
    program.post(USERS, json={"email": "gus@acorn.example"})
    assert "gus@acorn.example" in ada.get(PAGE).texts("strong")
