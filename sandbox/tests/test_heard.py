"""What was asked is told apart by caller and endpoint, and what is promised without a test is named."""

from collections import Counter

import httpx
from sandbox.tests.heard import Heard, listed

from hubspot_sandbox.openapi import Endpoint
from hubspot_sandbox.surface import Says
from hubspot_sandbox.testing import RunningSandbox

SEARCH = "/crm/objects/{version}/{object_type}/search"
NODE = "node-fetch/1.0"


def endpoint(method: str, path: str, fidelity: str = "faithful") -> Endpoint:
    return Endpoint(method, path, None, Says("faithful" if fidelity == "faithful" else "shape only", "S11"))


def test_the_journal_tells_the_endpoint_and_the_caller(sandbox: RunningSandbox) -> None:
    with httpx.Client(base_url=sandbox.base_url, headers={**sandbox.bearer(), "User-Agent": "tester/1"}) as asks:
        asks.post("/crm/v3/objects/contacts/search", json={})
        asks.get("/crm/v9/objects/contacts")
    found = [(each["route"], each["caller"], each["status"]) for each in sandbox.journal()]
    assert found == [(SEARCH, "tester/1", 200), ("", "tester/1", 404)]


def test_whatever_a_sandbox_is_asked_is_heard(sandbox: RunningSandbox) -> None:
    heard = Heard()
    with heard.listening("test_some.py"):
        httpx.post(sandbox.base_url + "/crm/v3/objects/contacts/search", headers={"User-Agent": "tester/1"})
        sandbox.control("POST", "/reset", {"seed": "empty"})
    httpx.post(sandbox.base_url + "/crm/v3/objects/contacts/search", headers={"User-Agent": "tester/1"})
    assert heard.rows == [(("test_some.py", "tester/1", "POST", SEARCH, 401), 1)]


def test_strangers_are_told_by_their_user_agent() -> None:
    rows = [
        (("test_a.py", NODE, "POST", SEARCH, 200), 2),
        (("test_b.py", NODE, "POST", SEARCH, 200), 1),
        (("test_b.py", "python-httpx/1", "GET", "", 404), 9),
    ]
    asked = Heard(rows).by_strangers()
    assert asked == {f"@hubspot/api-client for Node ({NODE})": Counter({("POST", SEARCH, 200): 3})}


def test_a_list_has_a_line_for_each_endpoint() -> None:
    calls = Counter({("POST", SEARCH, 200): 3, ("GET", "", 404): 1, ("POST", SEARCH, 0): 1})
    assert listed(calls) == ["GET (no endpoint) -> 404 × 1", f"POST {SEARCH} -> no answer × 1, 200 × 3"]


def test_a_faithful_endpoint_must_have_succeeded_and_refused() -> None:
    promised = [endpoint("POST", SEARCH), endpoint("GET", "/crm/owners/{version}"), endpoint("PUT", "/x", "shape only")]
    rows = [
        (("test_a.py", "", "POST", SEARCH, 207), 1),
        (("test_a.py", "", "POST", SEARCH, 429), 1),
        (("test_a.py", "", "GET", "/crm/owners/{version}", 503), 1),
        (("test_openapi.py", "", "GET", "/crm/owners/{version}", 200), 1),
        (("test_openapi.py", "", "GET", "/crm/owners/{version}", 400), 1),
    ]
    assert Heard(rows).never_answered(promised) == [
        "GET /crm/owners/{version}: no test sees it succeed",
        "GET /crm/owners/{version}: no test sees it refuse",
    ]
