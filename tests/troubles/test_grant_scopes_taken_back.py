"""HubSpot takes scopes back behind everybody's back: the next refresh says so, and the panel shows what is off now."""

from tests.scenarios.desk import Desk, listening
from tests.scenarios.stage import Customer, Json, Stage
from tests.troubles.going_on import logged_once, plays_on, waits

from offhook.demo import people
from offhook.demo.world import APP

LEFT = "oauth crm.objects.contacts.read"


def takes_back(stage: Stage) -> None:
    """What Ben's next refresh brings is good for these scopes only, and HubSpot says so."""
    wish = {"account_id": people.ACORN, "email": people.BEN, "client_id": APP["client_id"], "scopes": LEFT}
    stage.control("POST", "/tokens/expire", {"account_id": people.ACORN, "email": people.BEN})
    fewer: Json = stage.control("POST", "/tokens", wish)
    body = {**fewer, "expires_in": 1800, "token_type": "bearer", "token_use": "access_token"}
    fault = {"pattern": "/oauth/*/token", "times": 1, "status": 200, "body": body}
    stage.control("POST", "/faults", fault)


def off(panel: Json) -> dict[str, str]:
    """Key and reason of every capability that is off."""
    return {each["key"]: each["why"] for each in panel["grant"]["capabilities"] if not each["on"]}


def test_what_is_left_is_kept_and_the_panel_says_what_is_off_and_why(stage: Stage, ben: Desk, customer: Customer) -> None:
    assert "log-calls" not in off(ben.sees())
    takes_back(stage)
    with listening(ben) as stream:
        stream.next()
        found = ben.panel.ask("GET", "/api/contacts?query=Carla")
        told = stream.until("panel", lambda frame: "log-calls" in off(frame["panel"]))
    assert found["contacts"], "contacts may still be found"
    assert told["panel"]["grant"]["state"] == "active"
    reasons = off(ben.sees())
    assert reasons.keys() >= {"log-calls", "create-contacts"}
    assert all(reasons.values())
    assert "find-contacts" not in reasons
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason.startswith("missing-scope: ")
    assert again is None
    ben.consent()
    assert "log-calls" not in off(ben.sees())
    logged_once(ben, customer)
