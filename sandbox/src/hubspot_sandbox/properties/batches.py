"""`/crm/properties/{version}/{object_type}/batch/…`: many definitions at once; 207 when some failed (S52)."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from litestar import Response, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.wire import batch_json, check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem
from hubspot_sandbox.properties.definition import Definition
from hubspot_sandbox.properties.routes import PROPERTIES, archive, create, require
from hubspot_sandbox.properties.wire import BatchCreate, BatchNames, BatchRead, definition_json
from hubspot_sandbox.surface import says

T = TypeVar("T")


@post(
    PROPERTIES + "/batch/create",
    status_code=201,
    opt=says("faithful", "spec", body=BatchCreate, answers=(207,), differs="at most 100 inputs"),
)
async def batch_create(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """Each for itself; 207 with an error for each that could not be made."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    given = read_body(await request.body(), BatchCreate)
    check_inputs(given.inputs)
    return _answer(portal, given.inputs, lambda each: create(portal, access, kind, each), 201)


@post(
    PROPERTIES + "/batch/read",
    status_code=200,
    opt=says("faithful", "spec", body=BatchRead, answers=(207,), differs="at most 100 inputs"),
)
async def batch_read(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """The ones that there are; 207 with an error for each other one. There are no sensitive ones."""
    kind = kind_of(object_type)
    require(access, kind, "read")
    given = read_body(await request.body(), BatchRead)
    check_inputs(given.inputs)
    names = list(dict.fromkeys(each.name for each in given.inputs))

    def find(name: str) -> Definition:
        return portal.properties.definition(access.account_id, kind.name, name, archived=given.archived)

    return _answer(portal, names, find, 200)


@post(PROPERTIES + "/batch/archive", status_code=204, opt=says("faithful", "spec, S52", body=BatchNames))
async def batch_archive(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> None:
    """204, whatever of it was there; 400 as for a single one, and then nothing is archived [inf]."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    given = read_body(await request.body(), BatchNames)
    check_inputs(given.inputs)
    found = {each.name: each for each in portal.properties.definitions(access.account_id, kind.name)}
    names = dict.fromkeys(each.name for each in given.inputs)
    with portal.properties.all_or_nothing():
        for name in names:
            if name in found:
                archive(portal, access, found[name])


def _answer(portal: Portal, inputs: Iterable[T], act: Callable[[T], Definition], status: int) -> Response[Body]:
    results: list[Body] = []
    errors: list[Body] = []
    for each in inputs:
        try:
            results.append(definition_json(act(each)))
        except HubSpotProblem as problem:
            errors.append(_error(problem))
    now = iso(portal.clock.now())
    return Response(batch_json(results, now, now, errors), status_code=207 if errors else status)


def _error(problem: HubSpotProblem) -> Body:
    """With all fields that the clients' model of an error requires."""
    return {"context": {}, "links": {}, "errors": [], **problem.body()}


HANDLERS = [batch_create, batch_read, batch_archive]
