"""HubSpot moves the account to another data centre (status 477), and says for how long."""

from datetime import datetime, timedelta

from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, plays_on, waits

CALLS = "/crm/objects/2026-09/calls"


def test_the_log_waits_until_it_is_there(stage: Stage, ben: Desk, customer: Customer) -> None:
    stage.control("DELETE", "/journal")
    body = {"status": "error", "message": "This account is being migrated", "category": "MIGRATION_IN_PROGRESS"}
    stage.fails(CALLS, 1, method="POST", status=477, headers={"Retry-After": "4"}, body=body)
    stage.ring(customer.number)
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason == "hubspot-migrating: HubSpot is moving this account to another data centre."
    logged_once(ben, customer)
    first, second = stage.received("POST", CALLS)
    waited = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
    assert waited >= timedelta(seconds=3.95)
    assert again
