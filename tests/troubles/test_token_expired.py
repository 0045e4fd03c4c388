"""The access token is too old before its time, as after a clock that was wrong: it is renewed, and nobody notices."""

from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on, waits

TOKENS = "/oauth/2026-09/token"


def test_a_new_one_is_fetched(stage: Stage, ben: Desk, customer: Customer) -> None:
    stage.control("POST", "/clock", {"advance_seconds": 1801})
    stage.control("DELETE", "/journal")
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    plays_on(ben, customer)
    logged_once(ben, customer)
    assert ben.sees()["grant"]["state"] == "active"
    assert [each["body"]["grant_type"] for each in stage.received("POST", TOKENS)] == ["refresh_token"]


def test_none_can_be_had_just_now(stage: Stage, ben: Desk, customer: Customer) -> None:
    """That is HubSpot's trouble, not the agent's: nobody is asked to connect again."""
    stage.control("POST", "/clock", {"advance_seconds": 1801})
    stage.fails("/oauth/", status=503)
    stage.ring(customer.number)
    says = "hubspot-unavailable: HubSpot is not working properly just now."
    assert not_known(ben, customer) == says
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason == says
    assert again
    assert ben.sees()["grant"]["state"] == "active"
    stage.works()
    logged_once(ben, customer)
