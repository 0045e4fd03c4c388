"""`GET /_sandbox/`: the control plane tells what it has."""

import httpx

from hubspot_sandbox.control.routes import ROUTER
from hubspot_sandbox.testing import RunningSandbox


def test_the_index_lists_every_endpoint_with_what_it_does(sandbox: RunningSandbox) -> None:
    listed = sandbox.control("GET", "/")["endpoints"]
    routed = {(method, route.path) for route in ROUTER.routes for method in route.methods if method != "OPTIONS"}
    assert len(listed) == len(routed) > 30
    assert ("POST", "/_sandbox/snapshots/{name}/restore") in {(each["method"], each["path"]) for each in listed}
    assert not [each for each in listed if not 10 < len(each["does"]) <= 140]


def test_it_can_be_read_by_people(sandbox: RunningSandbox) -> None:
    answer = httpx.get(sandbox.base_url + "/_sandbox")
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.text.splitlines()) > 100
