"""The service is told to stop, in the middle of calls, and starts again: as for an update."""

from tests.scenarios.desk import Desk, listening
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import NOTES, logged_once, plays_on

# As WebSocket says it: the other side goes away and may come back.
GOING_AWAY = {1001, 1012}


def stop(stage: Stage) -> None:
    process = stage.processes.pop("service")
    process.terminate()
    assert process.wait(30) == 0, stage.log_of("service")


def test_calls_that_ring_and_calls_that_are_talked_on_go_on(stage: Stage, ben: Desk, customer: Customer) -> None:
    other = stage.customer("Omar", "Ortiz")
    with listening(ben) as stream:
        ben.talks(customer, notes=NOTES)
        stage.ring(other.number)
        ben.call_is(other, "ringing")
        stop(stage)
        assert stream.ends() in GOING_AWAY
    stage.service_comes_back()
    assert {each["state"] for each in ben.sees()["calls"]} == {"connected", "ringing"}
    ben.does("hang-up", ben.call(customer))
    ben.wraps_up(customer, notes=NOTES)
    plays_on(ben, other)
    logged_once(ben, customer)
    logged_once(ben, other)


def test_it_goes_quietly_while_hubspot_is_slow(stage: Stage, ben: Desk, customer: Customer) -> None:
    """A log that is being written when the service stops is written once."""
    stage.fails("/crm/objects/2026-09/calls", 1, method="POST", delay_seconds=2.0)
    stage.ring(customer.number)
    plays_on(ben, customer)
    stop(stage)
    stage.service_comes_back()
    logged_once(ben, customer)
