"""A truth check in somebody's account leaves nothing of its own there, and nothing else is touched."""

import httpx
from sandbox.tests.verified.world import DOMAIN, World, objects

CONTACTS, COMPANIES = objects("contacts"), objects("companies")


def test_what_was_made_is_taken_away_and_nothing_else(api: httpx.Client) -> None:
    theirs = api.post(COMPANIES, json={"properties": {"domain": "example.com"}}).json()["id"]
    api.post(COMPANIES, json={"properties": {"domain": DOMAIN}})
    world = World(api, 0, 0)
    made = world.create("contacts", email=world.address("ann"))
    gone = world.create("contacts", company=world.mark)
    api.delete(f"{CONTACTS}/{gone}")
    assert [each["id"] for each in world.get(CONTACTS)["results"]] == [made]
    world.clean()
    assert world.get(CONTACTS)["results"] == []
    assert [each["id"] for each in world.get(COMPANIES)["results"]] == [theirs]
