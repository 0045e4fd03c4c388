"""Permission sets and teams, as the API tells of them."""

import httpx

from hubspot_sandbox.seeds.people import ADA, BEN, SALES_TEAM
from hubspot_sandbox.testing import RunningSandbox


def test_roles_are_the_accounts_permission_sets(api: httpx.Client) -> None:
    roles = api.get("/settings/v3/users/roles").json()["results"]
    assert [(each["name"], each["requiresBillingWrite"]) for each in roles] == [("Sales rep", False)]


def test_teams_name_their_members(api: httpx.Client) -> None:
    users = {each["email"]: each for each in api.get("/settings/users/2026-03").json()["results"]}
    (team,) = api.get("/settings/users/2026-03/teams").json()["results"]
    assert team["name"] == SALES_TEAM
    assert users[BEN]["id"] in team["userIds"]
    assert users[BEN]["primaryTeamId"] == team["id"]
    assert "primaryTeamId" not in users[ADA]


def test_an_owner_has_her_teams(api: httpx.Client, sandbox: RunningSandbox) -> None:
    (owner,) = api.get("/crm/v3/owners", params={"email": BEN}).json()["results"]
    assert [(each["name"], each["primary"]) for each in owner["teams"]] == [(SALES_TEAM, True)]
