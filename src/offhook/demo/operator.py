"""What is done to the demo's world from outside the browser: customers call, HubSpot has trouble, the service dies."""

import subprocess
import sys
from typing import Any

import httpx

from offhook.demo.world import World
from offhook.settings import surroundings


def offhook(world: World, *arguments: str) -> str:
    """Run the real command line against the demo's service; its output."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "offhook", *arguments],
        env=surroundings() | world.service_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"offhook {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def ring(world: World, caller: str, line: str = "201") -> str:
    """A customer calls a line."""
    return offhook(world, "ring", "--from", caller, "--line", line)


def hubspot_fails(world: World, path: str, times: int, **how: Any) -> None:
    """The next requests to a part of HubSpot's API go wrong."""
    control(world, "POST", "/faults", {"path": path, "times": times, **how})


def hubspot_works(world: World) -> None:
    control(world, "DELETE", "/faults")


def control(world: World, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    answer = httpx.request(method, f"{world.sandbox}/_sandbox{path}", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def service_dies(world: World) -> None:
    """As in a power cut, and back again."""
    world.kill("service")
    world.start_service()
    world.wait("service")


def calls_of(world: World, contact_id: str) -> list[dict[str, Any]]:
    """The calls on a contact's timeline, as HubSpot's own API gives them to anybody with a key."""
    headers = {"Authorization": "Bearer pat-sandbox-demo"}
    with httpx.Client(base_url=world.sandbox, headers=headers, timeout=10) as hubspot:
        found = hubspot.get(f"/crm/v4/objects/contacts/{contact_id}/associations/calls")
        ids = [str(each["toObjectId"]) for each in found.raise_for_status().json()["results"]]
        return [_call(hubspot, each) for each in ids]


PROPERTIES = (
    "hs_call_title,hs_call_body,hs_call_direction,hs_call_status,hs_call_disposition,hs_call_duration,"
    "hs_call_from_number,hs_call_to_number,hs_call_external_id,hubspot_owner_id,hs_timestamp,"
    "hs_call_source,hs_call_app_id,hs_call_external_account_id"
)


def _call(hubspot: httpx.Client, call_id: str) -> dict[str, Any]:
    answer = hubspot.get(f"/crm/v3/objects/calls/{call_id}", params={"properties": PROPERTIES})
    return dict(answer.raise_for_status().json()["properties"])
