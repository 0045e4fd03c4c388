"""The stage of the tests that play the whole: sandbox and service as real processes, on ports that nobody uses."""

import itertools
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from tests import asked

from offhook.demo import operator, people
from offhook.demo.wait import wait_until
from offhook.demo.world import World
from offhook.settings import from_environment
from offhook.web.operator_token import operator_token_of

Json = dict[str, Any]
Value = TypeVar("Value")

KEY = {"Authorization": "Bearer pat-sandbox-demo"}
# Below the ports that this machine gives to outgoing connections: one of those could take a killed service's port.
PORTS = range(18_000, 30_000)
# All that Offhook may ask for, as an administrator would switch it on.
ALL_RIGHTS = {
    "contacts.view": "all",
    "contacts.edit": "all",
    "contacts.edit.unassigned": "on",
    "companies.view": "all",
    "users.edit": "on",
    "app_marketplace_access": "on",
}


@dataclass(frozen=True)
class Customer:
    """A contact in HubSpot. `number` is E.164 and nobody else's."""

    id: str
    name: str
    number: str


@dataclass
class Stage(World):
    """The demo's world with more settings, and with customers of its own."""

    settings: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1000), repr=False)

    def service_environment(self) -> dict[str, str]:
        return super().service_environment() | self.settings

    # HubSpot, from behind.

    def control(self, method: str, path: str, body: Json | None = None) -> Any:
        return operator.control(self, method, path, body)

    def fails(self, path: str = "/crm/objects/2026-09/calls", times: int = 1000, **how: Any) -> None:
        """The next requests to a part of HubSpot's API go wrong."""
        operator.hubspot_fails(self, path, times, **how)

    def works(self) -> None:
        operator.hubspot_works(self)

    def give_rights(self, email: str, change: Json = ALL_RIGHTS) -> None:
        """They count from the next login."""
        self.control("POST", f"/people/{email}/rights", {"account_id": people.ACORN, "change": change})

    def received(self, method: str, path: str) -> list[Json]:
        """What HubSpot's API was asked at one address, oldest first."""
        journal = self.control("GET", "/journal")
        return [each for each in journal if (each["method"], each["path"]) == (method, path)]

    def customer(self, first: str = "Mina", last: str = "Moss", **more: str) -> Customer:
        """A new contact with a number that nobody has asked about."""
        number = f"+1650253{next(self._numbers):04}"
        body = {"properties": {"firstname": first, "lastname": last, "phone": number, **more}}
        answer = httpx.post(f"{self.sandbox}/crm/v3/objects/contacts", json=body, headers=KEY, timeout=20)
        return Customer(str(answer.raise_for_status().json()["id"]), f"{first} {last}".strip(), number)

    def timeline(self, contact_id: str) -> list[Json]:
        return operator.calls_of(self, contact_id)

    def engagements(self) -> list[Json]:
        """Every call that HubSpot holds, also one that is tied to nobody."""
        found: list[Json] = []
        after: str | None = ""
        while after is not None:
            query = {"limit": "100", "properties": "hs_call_external_id,hs_call_from_number", "after": after}
            answer = httpx.get(f"{self.sandbox}/crm/v3/objects/calls", params=query, headers=KEY, timeout=20)
            page = answer.raise_for_status().json()
            found += [each["properties"] for each in page["results"]]
            after = page.get("paging", {}).get("next", {}).get("after")
        return found

    # The service, from behind.

    def ring(self, number: str, line: str = "201") -> str:
        """Somebody calls a line; gives the exchange's id of the call."""
        answer = self._operator("/api/operator/ring", {"caller": number, "line": line, "name": ""})
        return str(answer.json()["call"])

    def caller_hangs_up(self, call: str) -> None:
        self._operator(f"/api/operator/calls/{call}/hang-up", {})

    def _operator(self, path: str, body: Json) -> httpx.Response:
        token = operator_token_of(from_environment(self.service_environment()))
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.post(f"{self.service}{path}", json=body, headers=headers, timeout=30).raise_for_status()

    def service_dies(self) -> None:
        """As in a power cut; it stays dead."""
        self.kill("service")

    def service_comes_back(self) -> None:
        self.start_service()
        self.wait("service")

    def jobs(self, *statuses: str) -> float:
        """How many jobs there are in these states."""
        lines = httpx.get(f"{self.service}/metrics", timeout=20).text.splitlines()
        # The look at the contacts of a connected account is always ahead.
        counts = [line for line in lines if line.startswith("offhook_jobs{") and "sync_directory" not in line]
        return sum(float(each.split()[-1]) for each in counts if any(f'status="{status}"' in each for status in statuses))

    def settled(self) -> None:
        """Wait until nothing is under way any more, so that what is counted now stays counted."""
        eventually(lambda: self.jobs("ready", "leased"), lambda count: count == 0, "all jobs to be done")

    def logged_once(self, customer: Customer, seconds: float = 60.0) -> Json:
        """The customer's only call, once it is on the timeline and nothing is left to be done; fails on a second one."""
        eventually(lambda: self.timeline(customer.id), bool, f"the call with {customer.name} on the timeline", seconds)
        self.settled()
        held = self.timeline(customer.id)
        assert len(held) == 1, f"{len(held)} entries on the timeline: {held}"
        same = [each for each in self.engagements() if each["hs_call_external_id"] == held[0]["hs_call_external_id"]]
        assert len(same) == 1, f"HubSpot holds {len(same)} engagements of this one call"
        return held[0]


@contextmanager
def running_stage(folder: Path, *, patience: float = 20.0, **settings: str) -> Iterator[Stage]:
    """Both processes, ready; ended when it is over. `settings`: more `OFFHOOK_…` variables of the service."""
    sandbox_port, service_port = free_ports(2)
    stage = Stage(folder, sandbox_port, service_port, patience=patience, settings=settings)
    try:
        stage.start()
        yield stage
        if "sandbox" in stage.processes:
            asked.check(stage.control("GET", "/journal"))
    finally:
        stage.stop()


def free_ports(count: int) -> list[int]:
    """Different ports of this machine that nobody listens on."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            break
    return found


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def eventually(
    look: Callable[[], Value], holds: Callable[[Value], object] = bool, what: str = "that", seconds: float = 60.0
) -> Value:
    """What was seen when it first held; fails with what was seen last."""
    seen: list[Value] = []

    def true_now() -> bool:
        seen[:] = [look()]
        return bool(holds(seen[0]))

    try:
        wait_until(true_now, what, seconds)
    except Exception as error:
        error.add_note(f"What was seen last: {str(seen)[:2000]}")
        raise
    return seen[0]
