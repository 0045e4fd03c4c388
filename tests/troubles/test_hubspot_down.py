"""HubSpot is down: nobody answers there, or it answers that it cannot."""

from collections.abc import Callable

import pytest
from tests.scenarios.desk import Desk, listening, said
from tests.scenarios.stage import Customer, Json, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on, waits

CRM = "/crm/objects/2026-09/"
SEARCH = "/crm/objects/2026-09/contacts/search"


def test_it_is_gone_and_comes_back(stage: Stage, ben: Desk, customer: Customer) -> None:
    stage.kill("sandbox")
    stage.ring(customer.number)
    assert not_known(ben, customer).startswith("hubspot-unreachable: HubSpot cannot be reached")
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason.startswith("hubspot-unreachable: HubSpot cannot be reached")
    assert again
    stage.start_sandbox()
    stage.wait("sandbox")
    logged_once(ben, customer)


@pytest.mark.parametrize("status", [500, 503])
def test_it_answers_that_it_cannot(stage: Stage, ben: Desk, customer: Customer, status: int) -> None:
    stage.fails(CRM, status=status)
    stage.ring(customer.number)
    says = "hubspot-unavailable: HubSpot is not working properly just now."
    assert not_known(ben, customer) == says
    plays_on(ben, customer)
    assert waits(ben, customer)[0] == says
    found = ben.panel.ask("GET", "/api/contacts?query=Carla")
    assert (found["answer"], said(found["reason"])) == ("could-not-ask", says)
    assert stage.timeline(customer.id) == []
    stage.works()
    logged_once(ben, customer)


def about(customer: Customer, answer: str) -> Callable[[Json], bool]:
    """Frames of this caller: the stream also tells of earlier calls whose log is only now being written."""
    return lambda frame: frame["call"]["number"] == customer.number and frame["call"]["who"]["answer"] == answer


def test_it_comes_back_while_the_phone_rings(stage: Stage, ben: Desk, customer: Customer) -> None:
    """Then the caller is known after all, and the record opens, once."""
    stage.fails(SEARCH, 1, status=503)
    with listening(ben) as stream:
        stream.until("panel")
        stage.ring(customer.number)
        stream.until("call", about(customer, "could-not-ask"))
        known = stream.until("call", about(customer, "one"))
        assert known["call"]["state"] == "ringing"
        popped = stream.until("screen-pop")
        assert popped["url"].endswith(f"/record/0-1/{customer.id}")
        plays_on(ben, customer)
        logged_once(ben, customer)
        assert "screen-pop" not in {frame["type"] for frame in stream.rest()}


def test_an_answer_that_is_no_json_is_no_answer(stage: Stage, ben: Desk, customer: Customer) -> None:
    """A proxy's page with status 200 does not mean that nobody has this number, nor that the call is logged."""
    stage.fails(CRM, 4, status=200, body="<html>Down for maintenance</html>", headers={"content-type": "text/html"})
    stage.ring(customer.number)
    not_known(ben, customer)
    plays_on(ben, customer)
    stage.works()
    logged_once(ben, customer)
