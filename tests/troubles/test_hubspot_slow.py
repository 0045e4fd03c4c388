"""HubSpot is slow: nobody at a phone waits for it."""

import time

from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on


def test_the_number_is_there_before_the_name(stage: Stage, ben: Desk, customer: Customer) -> None:
    """Longer than anybody waits for a name; the phone is answered meanwhile."""
    stage.fails("/crm/objects/2026-09/contacts/search", 1, delay_seconds=12.0)
    began = time.monotonic()
    stage.ring(customer.number)
    call = ben.call_is(customer, "ringing")
    assert (call["who"]["answer"], call["number"]) == ("asking", customer.number)
    ben.does("answer", call)
    ben.call_is(customer, "connected")
    assert not_known(ben, customer).startswith("hubspot-unreachable: HubSpot cannot be reached")
    assert time.monotonic() - began < 11.5, "it waited for HubSpot's answer"
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known after all")
    ben.does("hang-up", call)
    ben.wraps_up(customer, notes="Wants <b>twelve</b> bags & a quote.")
    logged_once(ben, customer)


def test_the_log_is_written_however_long_it_takes(stage: Stage, ben: Desk, customer: Customer) -> None:
    stage.fails("/crm/objects/2026-09/calls", 2, delay_seconds=3.0)
    stage.ring(customer.number)
    plays_on(ben, customer)
    logged_once(ben, customer)
