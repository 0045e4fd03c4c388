"""What tests of the control plane ask."""

from typing import Any

import httpx

from hubspot_sandbox.testing import RunningSandbox

CONTACTS = "/crm/objects/2026-09/contacts"
CONTACT = {"properties": {"firstname": "Ann"}}


def refused(sandbox: RunningSandbox, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """The status and the message of a refusal by the control plane."""
    answer = httpx.request(method, f"{sandbox.base_url}/_sandbox{path}", json=body, timeout=10)
    said = answer.json()
    assert said["status"] == "error"
    return answer.status_code, said["message"]


def asked(sandbox: RunningSandbox, method: str, path: str, token: str = "", **how: Any) -> httpx.Response:
    """A call of the API, by the service key unless there is a token."""
    headers = sandbox.bearer(token) if token else sandbox.bearer()
    return httpx.request(method, sandbox.base_url + path, headers=headers, timeout=10, **how)
