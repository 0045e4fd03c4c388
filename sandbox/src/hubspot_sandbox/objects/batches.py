"""`/crm/objects/{version}/{object_type}/batch/…`: up to 100 inputs, 207 when some failed (facts 3.2)."""

from collections.abc import Callable
from typing import TypeVar

from litestar import Response, post
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal, require_kind
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects import model
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.routes import OBJECTS
from hubspot_sandbox.objects.wire import (
    BatchArchive,
    BatchCreate,
    BatchRead,
    BatchUpdate,
    BatchUpsert,
    ObjectInput,
    UpdateInput,
    UpsertInput,
    batch_json,
    check_inputs,
    read_body,
    record_json,
    texts,
)
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem
from hubspot_sandbox.record import Record
from hubspot_sandbox.sight import Verb
from hubspot_sandbox.surface import says

Written = ObjectInput | UpdateInput | UpsertInput
W = TypeVar("W", ObjectInput, UpdateInput, UpsertInput)
B = TypeVar("B", BatchRead, BatchCreate, BatchUpdate, BatchUpsert, BatchArchive)


def _asked(portal: Portal, access: Access, object_type: str, verb: Verb, body: bytes, shape: type[B]) -> tuple[Kind, B]:
    """The kind and the inputs of a batch, for a caller who may do this with such records.

    :raises HubSpotProblem: 400, 403
    """
    kind = kind_of(object_type)
    require_kind(portal, access, kind, verb)
    given = read_body(body, shape)
    check_inputs(given.inputs)
    return kind, given


@post(OBJECTS + "/batch/read", status_code=200, opt=says("faithful", "spec, S40", body=BatchRead, answers=(207,)))
async def batch_read(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """The records that exist; 207 with an error that names the ids that do not."""
    kind, given = _asked(portal, access, object_type, "view", await request.body(), BatchRead)
    by, ids = given.id_property or "", list(dict.fromkeys(str(each.id) for each in given.inputs))
    found = {each: portal.records.get(access.account_id, kind.name, each, by=by) for each in ids}
    reached = model.reach(portal, access, kind, "view")
    seen = model.visible((record for record in found.values() if record), reached)
    results = [_shown(portal, access, record, given) for record in seen]
    absent = [each for each, record in found.items() if record is None]
    return _answer(portal, results, [_absent(kind.noun, absent)] if absent else [], 200)


def _shown(portal: Portal, access: Access, record: Record, given: BatchRead) -> Body:
    history = model.histories(portal, access.account_id, record, given.properties_with_history)
    return record_json(record, given.properties, history)


def _absent(noun: str, ids: list[str]) -> Body:
    """The wording is [unv]."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get some {noun.upper()} objects, they may be deleted or not exist.",
        "context": {"ids": ids},
    }


@post(OBJECTS + "/batch/create", status_code=201, opt=says("faithful", "spec, S40", body=BatchCreate, answers=(207,)))
async def batch_create(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """All or nothing, unless every input has an `objectWriteTraceId`: then each for itself, with 207."""
    kind, given = _asked(portal, access, object_type, "edit", await request.body(), BatchCreate)

    def write(each: ObjectInput) -> Record:
        return model.create(portal, access, kind.name, each)

    results, errors = _write_all(portal, given.inputs, write)
    return _answer(portal, results, errors, 201)


@post(OBJECTS + "/batch/update", status_code=200, opt=says("faithful", "spec, S40", body=BatchUpdate, answers=(207,)))
async def batch_update(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """As batch create; inputs hold `id` (and `idProperty`) and `properties`."""
    kind, given = _asked(portal, access, object_type, "edit", await request.body(), BatchUpdate)

    def write(each: UpdateInput) -> Record:
        record = portal.records.existing(access.account_id, kind.name, str(each.id), by=each.id_property or "")
        model.reached(portal, access, kind, record, "edit")
        values, source = texts(each.properties), access.source
        return portal.records.update(access.account_id, kind.name, record.id, values, source=source)

    results, errors = _write_all(portal, given.inputs, write)
    return _answer(portal, results, errors, 200)


@post(OBJECTS + "/batch/upsert", status_code=200, opt=says("faithful", "spec, S40", body=BatchUpsert, answers=(207,)))
async def batch_upsert(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """Update what has the unique value, create what has not; each result says whether it is `new`."""
    kind, given = _asked(portal, access, object_type, "edit", await request.body(), BatchUpsert)
    fresh: set[str] = set()

    def write(each: UpsertInput) -> Record:
        record, is_new = model.upsert(
            portal, access, kind.name, ObjectInput(properties=each.properties), each.id_property or "", str(each.id)
        )
        fresh.update({record.id} if is_new else ())
        return record

    results, errors = _write_all(portal, given.inputs, write)
    return _answer(portal, [each | {"new": each["id"] in fresh} for each in results], errors, 200)


@post(OBJECTS + "/batch/archive", status_code=204, opt=says("faithful", "spec, S40", body=BatchArchive))
async def batch_archive(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> None:
    """204, whatever of it existed."""
    kind, given = _asked(portal, access, object_type, "edit", await request.body(), BatchArchive)
    with portal.store.transaction():
        for each in given.inputs:
            _archive(portal, access, kind, str(each.id))


def _archive(portal: Portal, access: Access, kind: Kind, record_id: str) -> None:
    record = portal.records.get(access.account_id, kind.name, record_id)
    if record:
        model.reached(portal, access, kind, record, "delete")
        portal.records.archive(access.account_id, kind.name, record.id)


def _write_all(portal: Portal, inputs: tuple[W, ...], write: Callable[[W], Record]) -> tuple[list[Body], list[Body]]:
    """Results and errors. Without trace ids the first error undoes the whole batch."""
    results: list[Body] = []
    errors: list[Body] = []
    with portal.store.transaction():
        if not all(each.object_write_trace_id for each in inputs):
            return [_traced(record_json(write(each)), each) for each in inputs], errors
        for each in inputs:
            try:
                with portal.store.attempt():
                    results.append(_traced(record_json(write(each)), each))
            except HubSpotProblem as problem:
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


HANDLERS = [batch_read, batch_create, batch_update, batch_upsert, batch_archive]
