"""A stranger who must be satisfied: HubSpot's official Python client, unmodified, with the story's own token."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from hubspot import HubSpot
from hubspot.crm.contacts import Filter, FilterGroup, PublicObjectSearchRequest
from tests.scenarios.stage import Stage

from offhook.agents import store as agents
from offhook.database import Database
from offhook.demo import people
from offhook.grants import store as grants
from offhook.grants.vault import Vault
from offhook.settings import from_environment, secret_keys

CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
PROPERTIES = [
    *("hs_timestamp", "hs_call_title", "hs_call_body", "hs_call_direction", "hs_call_status", "hs_call_disposition"),
    *("hs_call_duration", "hs_call_from_number", "hs_call_to_number", "hs_call_external_id", "hubspot_owner_id"),
]


def token_of(stage: Stage, email: str = people.BEN) -> str:
    """The access token that HubSpot gave for somebody's consent, out of the service's database."""

    async def read() -> str:
        settings = from_environment(stage.service_environment())
        database = Database(settings.database)
        try:
            async with database.reading() as connection:
                (agent,) = await agents.by_email(connection, email)
                found = await grants.grant_and_tokens(connection, agent.id)
        finally:
            await database.close()
        assert found is not None
        assert found[1] is not None
        return Vault(secret_keys(settings)).open(found[1].access).reveal()

    # In a thread of its own: where Playwright runs, this one has a loop already.
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, read()).result(30)


class Stranger:
    """Somebody else's program, allowed what Ben allowed Offhook."""

    def __init__(self, stage: Stage) -> None:
        self.client = HubSpot(access_token=token_of(stage), host=stage.sandbox)

    def carla(self) -> str:
        wanted = Filter(property_name="hs_searchable_calculated_phone_number", operator="EQ", value="4155550100")
        request = PublicObjectSearchRequest(
            filter_groups=[FilterGroup(filters=[wanted])], properties=["email"], limit=5, sorts=[], after="0"
        )
        found = self.client.crm.contacts.search_api.do_search(request)
        assert found.total == 1
        return str(found.results[0].id)

    def calls_with(self, contact_id: str) -> Sequence[Any]:
        ties = self.client.crm.associations.v4.basic_api.get_page("contacts", contact_id, "calls", limit=500)
        api = self.client.crm.objects.calls.basic_api
        return [
            api.get_by_id(each.to_object_id, properties=PROPERTIES, associations=["contacts", "companies"])
            for each in ties.results
        ]

    def owner_of(self, email: str) -> str:
        (owner,) = self.client.crm.owners.owners_api.get_page(email=email).results
        return str(owner.id)


def finds_the_first_call_once(stranger: Stranger, count: int, began: datetime) -> None:
    """Of Carla's `count` calls, exactly one is the story's first, and all of it is right. `began`: before the story."""
    carla = stranger.carla()
    calls = stranger.calls_with(carla)
    assert len(calls) == count
    assert len({each.properties["hs_call_external_id"] for each in calls}) == count, "a call was logged twice"
    (first,) = [each for each in calls if "Sidamo" in (each.properties["hs_call_body"] or "")]
    said = {name.removeprefix("hs_call_"): value for name, value in first.properties.items()}
    wanted = {
        "title": "Call from Carla Reyes",
        "body": "Wants twelve bags of the Sidamo.<br>Call back &lt;Tuesday&gt; &amp; confirm.",
        "direction": "INBOUND",
        "status": "COMPLETED",
        "disposition": CONNECTED,
        "from_number": "+14155550100",
        "to_number": "201",
        "hubspot_owner_id": stranger.owner_of(people.BEN),
    }
    assert {name: said[name] for name in wanted} == wanted
    lasted, now = timedelta(milliseconds=int(said["duration"])), datetime.now(UTC)
    assert timedelta(0) < lasted < now - began
    assert began <= datetime.fromisoformat(said["hs_timestamp"]) <= now - lasted
    assert [each.id for each in first.associations["contacts"].results] == [carla]
    assert len(first.associations["companies"].results) == 1
