"""Records to be tied."""

from collections.abc import Callable

import httpx
import pytest

NEW = {"contacts": {"firstname": "Ann"}, "companies": {"name": "Acorn"}, "deals": {"dealname": "Beans"}}
Make = Callable[[str], str]


@pytest.fixture
def make(api: httpx.Client) -> Make:
    """`make("contacts")` is the id of a new contact."""

    def record(kind: str) -> str:
        return str(api.post(f"/crm/objects/2026-09/{kind}", json={"properties": NEW[kind]}).json()["id"])

    return record
