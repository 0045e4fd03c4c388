"""The sandbox keeps to its own document: no 5xx, and no status that the document does not name."""

from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import status_code_conformance

from hubspot_sandbox.testing import RunningSandbox

TRIES = 15
"""Generated requests an operation."""
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
CHECKS = (not_a_server_error, status_code_conformance)


def test_generated_requests_meet_the_document(sandbox: RunningSandbox) -> None:
    document = sandbox.control("GET", "/openapi.json")
    operations = _operations(sandbox, document)
    broken = [said for operation in operations for said in _broken(operation, sandbox)]
    assert len(operations) == sum(map(len, document["paths"].values())) > 50
    assert not broken, "\n\n".join(broken)
    statuses = Counter(entry["status"] for entry in sandbox.journal())
    assert {200, 400, 404} <= set(statuses), f"the requests reach too little: {statuses}"


def test_a_status_missing_from_the_document_is_found(sandbox: RunningSandbox) -> None:
    document = sandbox.control("GET", "/openapi.json")
    path = "/crm/objects/{version}/{object_type}/{object_id}"
    document["paths"] = {path: {"get": document["paths"][path]["get"]}}
    del document["paths"][path]["get"]["responses"]["404"]
    (operation,) = _operations(sandbox, document)
    assert "404" in "".join(_broken(operation, sandbox))


def _operations(sandbox: RunningSandbox, document: dict[str, Any]) -> list[Operation]:
    sandbox.control("POST", "/limits", {"enabled": False})
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=sandbox.base_url)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def _broken(operation: Operation, sandbox: RunningSandbox) -> list[str]:
    """What the first failing request of an operation did, or nothing."""

    @settings(
        max_examples=TRIES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def asks(case: schemathesis.Case[Any]) -> None:
        answer = case.call(headers=sandbox.bearer())
        case.validate_response(answer, checks=list(CHECKS))

    try:
        asks()
    except BaseExceptionGroup as failures:
        return [f"{operation.label}: {failure}" for failure in failures.exceptions]
    return []
