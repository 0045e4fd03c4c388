"""The machine-readable form, and what happens to whoever follows it in every odd way."""

import asyncio
import warnings
from typing import Any

import hypothesis
import pytest
from tests.real_service import Panel, RealService

from hubspot_sandbox.seeds import people

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

EXAMPLES = 5
# These end the sign-in, so they come last.
LAST = ("/api/sign-in", "/api/grant")


async def test_it_is_valid_and_names_every_route(service: RealService) -> None:
    described = (await service.http.get("/schema/openapi.json")).json()
    assert described["info"]["title"] == "Offhook"
    schema = await asyncio.to_thread(schemathesis.openapi.from_dict, described)
    schema.validate()
    for path in ("/api/panel", "/api/calls/{call_id}/{action}", "/api/deliveries/{phone_system}", "/api/sign-ins"):
        assert path in described["paths"]


@pytest.fixture
async def agents(service: RealService, ada: Panel, zed: Panel) -> list[Panel]:
    """Somebody whom nobody else needs, signed in twice: one sign-in is for ending it."""
    panels = [await service.connect(people.BEN, people.BIRCH, "search-only") for _ in LAST]
    await panels[0].do("PUT", "/api/phone-system", {"phone_system": "exchange"})
    return panels


async def test_nothing_that_is_sent_breaks_it(service: RealService, agents: list[Panel]) -> None:
    described = (await service.http.get("/schema/openapi.json")).json()
    token = service.service.parts.operator_token
    broken = await asyncio.to_thread(try_everything, described, service.url, [each.token for each in agents], token)
    assert broken == []


def try_everything(described: dict[str, Any], url: str, agents: list[str], operator: str) -> list[str]:
    """Every operation with generated input; gives those that failed with a 5xx, and how."""
    schema = schemathesis.openapi.from_dict(described)
    operations = [each.ok() for each in schema.get_all_operations()]
    broken: list[str] = []
    for operation in sorted(operations, key=lambda each: LAST.index(each.path) if each.path in LAST else -1):
        whose = [operator] if operation.path.startswith("/api/operator/") else [None, agents[operation.path == LAST[0]]]
        for token in whose:
            broken += _try(operation, url, token)
    return broken


def _try(operation: Any, url: str, token: str | None) -> list[str]:
    broken: list[str] = []

    @hypothesis.given(case=operation.as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    def sends(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = case.call(base_url=url, headers=headers)
        if answer.status_code >= 500 and answer.status_code != 502:  # 502: HubSpot refused what was made up
            broken.append(f"{operation.label}: {answer.status_code} {answer.text[:200]}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sends()
    return broken
