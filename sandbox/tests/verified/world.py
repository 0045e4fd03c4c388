"""A HubSpot to ask: the sandbox, or a real account; and the records that a test made there, which it takes away again."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx

Json = dict[str, Any]
DATED = "2026-03"
DOMAIN = "offhook-verified.example.com"
"""Of every e-mail address that is made. An account may make a company of it by itself; that one is taken away, too."""


class World:
    """`patience` is how long the index may take, `pace` the least time between two requests, both in seconds.

    `mark` stands in every record that is made, so that nothing else is found or touched.
    """

    def __init__(self, client: httpx.Client, patience: float, pace: float) -> None:
        self._client, self._patience, self._pace = client, patience, pace
        self._clock = threading.Event()
        self._made: list[tuple[str, str]] = []
        self.mark = "verified" + secrets.token_hex(5)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One request, not too soon after the last one."""
        self._clock.wait(self._pace)
        return self._client.request(method, path, json=body, **more)

    def get(self, path: str, **query: str) -> Json:
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, body: Json, status: int = 200) -> Json:
        answer = self.ask("POST", path, body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def address(self, name: str) -> str:
        """An e-mail address that nobody else has."""
        return f"{name}.{self.mark}@{DOMAIN}"

    def create(self, kind: str, associations: Iterable[Json] = (), **properties: str) -> str:
        """The id of a new record."""
        body = {"properties": properties, "associations": list(associations)}
        made = str(self.post(objects(kind), body, 201)["id"])
        self.keep(kind, made)
        return made

    def keep(self, kind: str, record_id: str) -> None:
        """What came into being otherwise is to be taken away, too."""
        self._made.append((kind, record_id))

    def search(self, kind: str, *filters: Json, **more: Any) -> Json:
        """Among the records with the mark, which contacts have as `company` and companies have in their name."""
        name, operator = ("company", "EQ") if kind == "contacts" else ("name", "CONTAINS_TOKEN")
        ours = {"propertyName": name, "operator": operator, "value": self.mark}
        return self.post(objects(kind) + "/search", {"filterGroups": [{"filters": [ours, *filters]}], **more})

    def found(self, kind: str, *filters: Json, **more: Any) -> list[str]:
        """The ids that a search finds, as they come."""
        return [str(each["id"]) for each in self.search(kind, *filters, **more)["results"]]

    def until(self, holds: Callable[[], bool]) -> bool:
        """Ask again until it holds, as long as the index may take."""
        end = time.monotonic() + self._patience
        while not holds():
            if time.monotonic() >= end:
                return False
            self._clock.wait(1)
        return True

    def clean(self) -> None:
        """Take away all that was made here."""
        for kind, record_id in reversed(self._made):
            self.ask("DELETE", f"{objects(kind)}/{record_id}")
        self._made.clear()
        wanted = {"propertyName": "domain", "operator": "EQ", "value": DOMAIN}
        found = self.post(objects("companies") + "/search", {"filterGroups": [{"filters": [wanted]}]})
        for each in found["results"]:
            self.ask("DELETE", f"{objects('companies')}/{each['id']}")


def objects(kind: str) -> str:
    return f"/crm/objects/{DATED}/{kind}"


def where(name: str, operator: str, *values: str) -> Json:
    """A filter, `where("firstname", "EQ", "Ann")`."""
    named: Json = {"propertyName": name, "operator": operator}
    if operator in ("IN", "NOT_IN"):
        return named | {"values": list(values)}
    return named | dict(zip(("value", "highValue"), values, strict=False))
