"""HubSpot asks to slow down: it is left alone for as long as it wants, and nothing is lost."""

from datetime import datetime, timedelta

import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on, waits

CALLS = "/crm/objects/2026-09/calls"
SEARCH = "/crm/objects/2026-09/contacts/search"
SAYS = "hubspot-busy: HubSpot asks us to slow down."


def limit(policy: str) -> dict[str, str]:
    """HubSpot's body of a 429; no header says how long to wait."""
    return {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "policyName": policy,
        "correlationId": "0b6cd2a9-1f4b-4c4e-a5c5-2f0fd1e0f0aa",
    }


@pytest.mark.parametrize(("policy", "seconds"), [("TEN_SECONDLY_ROLLING", 10.0), ("SECONDLY", 1.0)])
def test_it_is_left_alone_for_as_long_as_it_says(
    stage: Stage, ben: Desk, customer: Customer, policy: str, seconds: float
) -> None:
    stage.control("DELETE", "/journal")
    stage.fails(CALLS, 1, method="POST", status=429, body=limit(policy))
    stage.ring(customer.number)
    plays_on(ben, customer)
    if seconds > 5:  # else it may be logged before anybody looks
        reason, again = waits(ben, customer)
        assert reason == SAYS
        assert again
    logged_once(ben, customer)
    first, second = stage.received("POST", CALLS)
    waited = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
    assert waited >= timedelta(seconds=seconds - 0.05)
    assert (first["status"], second["status"]) == (429, 201)


def test_a_caller_is_not_guessed(stage: Stage, ben: Desk, customer: Customer) -> None:
    stage.fails(SEARCH, status=429, body=limit("SECONDLY"))
    stage.ring(customer.number)
    assert not_known(ben, customer) == SAYS
    plays_on(ben, customer)
    stage.works()
    logged_once(ben, customer)
