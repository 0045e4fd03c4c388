"""`/crm/objects/{version}/{object_type}/batch/…`: up to 100 inputs, 207 when some failed (facts 3.2)."""

from collections.abc import Callable
from typing import TypeVar

from litestar import Response, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal, require_kind
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects import model
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.routes import OBJECTS
from hubspot_sandbox.objects.wire import (
    BatchArchive,
    BatchCreate,
    BatchRead,
    BatchUpdate,
    ObjectInput,
    UpdateInput,
    batch_json,
    check_inputs,
    read_body,
    record_json,
    texts,
)
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem
from hubspot_sandbox.records import Record

Written = ObjectInput | UpdateInput
W = TypeVar("W", ObjectInput, UpdateInput)


@post(OBJECTS + "/batch/read", status_code=200)
async def batch_read(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """The records that exist; 207 with an error that names the ids that do not."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "view")
    given = read_body(await request.body(), BatchRead)
    check_inputs(given.inputs)
    by, ids = given.id_property or "", list(dict.fromkeys(str(each.id) for each in given.inputs))
    found = {each: portal.records.get(access.account_id, kind.name, each, by=by) for each in ids}
    results = [
        record_json(record, given.properties, given.properties_with_history) for record in found.values() if record
    ]
    absent = [each for each, record in found.items() if record is None]
    return _answer(portal, results, [_absent(kind.noun, absent)] if absent else [], 200)


def _absent(noun: str, ids: list[str]) -> Body:
    """The wording is [unv]."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get some {noun.upper()} objects, they may be deleted or not exist.",
        "context": {"ids": ids},
    }


@post(OBJECTS + "/batch/create", status_code=201)
async def batch_create(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """All or nothing, unless every input has an `objectWriteTraceId`: then each for itself, with 207."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), BatchCreate)
    check_inputs(given.inputs)

    def write(each: ObjectInput) -> Record:
        return model.create(portal, access, kind.name, each)

    results, errors = _write_all(portal, given.inputs, write)
    return _answer(portal, results, errors, 201)


@post(OBJECTS + "/batch/update", status_code=200)
async def batch_update(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """As batch create; inputs hold `id` (and `idProperty`) and `properties`."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), BatchUpdate)
    check_inputs(given.inputs)

    def write(each: UpdateInput) -> Record:
        values, by = texts(each.properties), each.id_property or ""
        return portal.records.update(access.account_id, kind.name, str(each.id), values, by=by)

    results, errors = _write_all(portal, given.inputs, write)
    return _answer(portal, results, errors, 200)


@post(OBJECTS + "/batch/archive", status_code=204)
async def batch_archive(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> None:
    """204, whatever of it existed."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), BatchArchive)
    check_inputs(given.inputs)
    with portal.store.transaction():
        for each in given.inputs:
            portal.records.archive(access.account_id, kind.name, str(each.id))


def _write_all(portal: Portal, inputs: tuple[W, ...], write: Callable[[W], Record]) -> tuple[list[Body], list[Body]]:
    """Results and errors. Without trace ids the first error undoes the whole batch."""
    traced = all(each.object_write_trace_id for each in inputs)
    results: list[Body] = []
    errors: list[Body] = []
    with portal.store.transaction():
        for each in inputs:
            try:
                results.append(_traced(record_json(write(each)), each))
            except HubSpotProblem as problem:
                if not traced:
                    raise
                errors.append(_error(problem, each))
    return results, errors


def _traced(answer: Body, given: Written) -> Body:
    trace = given.object_write_trace_id
    return answer | ({"objectWriteTraceId": trace} if trace else {})


def _error(problem: HubSpotProblem, given: Written) -> Body:
    body = problem.body()
    context = body.get("context", {}) | {"objectWriteTraceId": [given.object_write_trace_id]}
    return body | {"context": context}


def _answer(portal: Portal, results: list[Body], errors: list[Body], status: int) -> Response[Body]:
    now = iso(portal.clock.now())
    return Response(batch_json(results, now, now, errors), status_code=207 if errors else status)


HANDLERS = [batch_read, batch_create, batch_update, batch_archive]
