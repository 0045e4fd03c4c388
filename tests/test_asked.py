"""What Offhook's tests ask of a sandbox is heard, and what the sandbox is not faithful in is named."""

import httpx
import pytest
from tests import asked

from hubspot_sandbox.testing import running_sandbox

SEARCH = "/crm/objects/{version}/{object_type}/search"


def test_requests_are_heard_with_what_the_sandbox_promises() -> None:
    with (
        running_sandbox("empty") as sandbox,
        httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer()) as hubspot,
    ):
        hubspot.post("/crm/v3/objects/contacts/search", json={})
        assert asked.unfaithful_since() == []
        hubspot.get("/calling/v1/dispositions")
        hubspot.get("/crm/v3/objects/contacts/1/feelings")
        sandbox.control("POST", "/faults", {"path": "/nowhere", "status": 500})
        assert asked.unfaithful_since() == [
            "GET /calling/v1/dispositions is shape only",
            "GET /crm/v3/objects/contacts/1/feelings is absent",
        ]


def test_the_journal_of_another_process_is_judged_alike() -> None:
    entry = {"method": "POST", "route": SEARCH, "path": "/crm/v3/objects/contacts/search", "fault": False}
    asked.check([entry, {"method": "GET", "route": "", "path": "/crm/v9", "fault": True}])
    with pytest.raises(AssertionError, match="Offhook relies on what it asks"):
        asked.check([entry | {"route": "/calling/v1/dispositions", "method": "GET"}])
