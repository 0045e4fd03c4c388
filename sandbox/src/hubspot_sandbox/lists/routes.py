"""`/crm/lists/{version}…`: segments, which HubSpot called lists (S54)."""

import base64
import binascii
import json

from litestar import delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.lists.folders import ROOT
from hubspot_sandbox.lists.model import ObjectList
from hubspot_sandbox.lists.wire import (
    FilterChange,
    ListInput,
    ListPage,
    ListSearch,
    found_json,
    whole_json,
)
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.routes import flag
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem, invalid
from hubspot_sandbox.properties.routes import maker
from hubspot_sandbox.surface import says

LISTS = "/crm/lists/{version:str}"
ONE = LISTS + "/{list_id:str}"
READ, WRITE = "crm.lists.read", ("crm.lists.write", "cms.membership.access_groups.write")
PROCESSING = ("MANUAL", "DYNAMIC", "SNAPSHOT")
COUNT = 20
NO_SETTINGS = "no permissions and membership settings"
FILTERS = "filters PROPERTY, IN_LIST and ASSOCIATION; no events, forms, e-mails or pages"


@post(
    LISTS,
    status_code=200,
    opt=says("faithful", "S54, S55, sdk", body=ListInput, differs=f"{NO_SETTINGS}; {FILTERS}"),
)
async def create_list(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{list}`. A SNAPSHOT has its members at once; a DYNAMIC one always has the right ones."""
    access.require(*WRITE)
    given = read_body(await request.body(), ListInput)
    made = portal.lists.create(
        access.account_id,
        given.name,
        kind_of(given.object_type_id).name,
        given.processing_type,
        given.filter_branch,
        custom_properties=given.custom_properties,
        folder_id=str(given.list_folder_id or ROOT),
        maker=maker(portal, access).user_id,
    )
    return {"list": whole_json(portal, made, filters=True)}


@get(LISTS, opt=says("faithful", "S54, sdk", query=("listIds", "includeFilters")))
async def get_lists(request: Call, portal: ThePortal, access: Caller) -> Body:
    """The ones with these ids, in their order; unknown ones are left out [unv]."""
    access.require(READ)
    query = request.query_params
    wanted = [each for given in query.getall("listIds", []) for each in given.split(",") if each]
    wrong = next((each for each in wanted if not is_id(each)), None)
    if wrong is not None:
        raise invalid(f"{wrong} is not a list id", [{"message": f"{wrong} is not a list id", "code": "INVALID_INT_ID"}])
    known = {str(each.number): each for each in portal.lists.of(access.account_id)}
    found = [known[each] for each in dict.fromkeys(wanted) if each in known]
    filters = flag(query.get("includeFilters"))
    return {"lists": [whole_json(portal, each, filters=filters) for each in found]}


@get(
    LISTS + "/object-type-id/{object_type:str}/name/{list_name:str}",
    opt=says("faithful", "S54, sdk", query=("includeFilters",)),
)
async def get_list_by_name(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], list_name: FromPath[str]
) -> Body:
    """`{list}`; 404 when there is none of this name and kind."""
    access.require(READ)
    found = portal.lists.by_name(access.account_id, kind_of(object_type).name, list_name)
    return {"list": whole_json(portal, found, filters=flag(request.query_params.get("includeFilters")))}


@get(ONE, opt=says("faithful", "S54, sdk", query=("includeFilters",)))
async def get_list(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """`{list}`; 404 for unknown and deleted ones."""
    access.require(READ)
    found = portal.lists.get(access.account_id, list_id)
    return {"list": whole_json(portal, found, filters=flag(request.query_params.get("includeFilters")))}


@post(
    LISTS + "/search",
    status_code=200,
    opt=says("faithful", "S54, sdk", body=ListSearch, differs="always by id; `sort` is read past"),
)
async def search_lists(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{total, offset, hasMore, lists}`; `offset` is where the next page begins."""
    access.require(READ)
    given = read_body(await request.body() or b"{}", ListSearch)
    _check_types(given.processing_types)
    found = [each for each in _chosen(portal, access, given) if _fits(each, given)]
    offset, count = given.offset or 0, given.count or COUNT
    page = found[offset : offset + count]
    return {
        "total": len(found),
        "offset": offset + len(page),
        "hasMore": offset + len(page) < len(found),
        "lists": [found_json(portal, each, given.additional_properties) for each in page],
    }


def _chosen(portal: Portal, access: Access, given: ListSearch | ListPage) -> list[ObjectList]:
    kind = kind_of(given.object_type_id).name if given.object_type_id else ""
    types = given.processing_types or PROCESSING
    return [each for each in portal.lists.of(access.account_id) if each.processing in types and kind in ("", each.kind)]


def _fits(each: ObjectList, given: ListSearch) -> bool:
    """All words of the query stand in the name [inf]; small and capital letters are the same."""
    ids = [str(one) for one in given.list_ids or ()]
    words = (given.query or "").casefold().split()
    return str(each.number) in (ids or [str(each.number)]) and all(word in each.name.casefold() for word in words)


def _check_types(types: tuple[str, ...] | None) -> None:
    """The subcategory is the guide's."""
    wrong = next((each for each in types or () if each not in PROCESSING), None)
    if wrong is not None:
        raise _refused("INVALID_PROCESSING_TYPE", f"{wrong} is not one of {', '.join(PROCESSING)}.")


def _refused(sub_category: str, message: str) -> HubSpotProblem:
    return HubSpotProblem(400, message, "VALIDATION_ERROR", sub_category=sub_category)


@post(LISTS + "/all", status_code=200, opt=says("faithful", "S54", body=ListPage))
async def all_lists(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{results, paging?}` by id; the token of the next page holds only with the same filters."""
    access.require(READ)
    given = read_body(await request.body() or b"{}", ListPage)
    _check_types(given.processing_types)
    after, count = _read_cursor(given), given.count or COUNT
    found = [each for each in _chosen(portal, access, given) if each.number > after]
    page = found[:count]
    answer: Body = {"results": [found_json(portal, each, given.additional_properties) for each in page]}
    more = len(found) > count
    return answer | ({"paging": {"next": {"after": _cursor(given, page[-1].number)}}} if more else {})


def _cursor(given: ListPage, number: int) -> str:
    types = sorted(given.processing_types or ())
    held = {"listId": str(number), "objectTypeId": given.object_type_id, "processingTypes": types}
    return base64.b64encode(json.dumps(held).encode()).decode()


def _read_cursor(given: ListPage) -> int:
    """:raises HubSpotProblem: 400 INVALID_CURSOR for what no answer gave, or gave for other filters"""
    if not given.after:
        return 0
    try:
        held = json.loads(base64.b64decode(given.after, validate=True))
        number = held["listId"] if isinstance(held, dict) else ""
    except (binascii.Error, ValueError, KeyError, RecursionError):
        number = ""
    if not (isinstance(number, str) and is_id(number) and given.after == _cursor(given, int(number))):
        raise _refused("INVALID_CURSOR", "The after token is malformed, or the filters have changed.")
    return int(number)


@put(ONE + "/update-list-name", opt=says("faithful", "S54, sdk", query=("listName", "includeFilters")))
async def rename_list(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """`{updatedList}`; the name is in the query."""
    access.require(*WRITE)
    query = request.query_params
    found = portal.lists.get(access.account_id, list_id)
    changed = portal.lists.rename(found, query.get("listName", ""), maker(portal, access).user_id)
    return {"updatedList": whole_json(portal, changed, filters=flag(query.get("includeFilters")))}


@put(
    ONE + "/update-list-filters",
    opt=says("faithful", "S54, S55, sdk", body=FilterChange, query=("enrollObjectsInWorkflows",), differs=FILTERS),
)
async def refilter_list(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """`{updatedList}`; of DYNAMIC ones only, and all filters at once."""
    access.require(*WRITE)
    given = read_body(await request.body(), FilterChange)
    found = portal.lists.get(access.account_id, list_id)
    changed = portal.lists.refilter(found, given.filter_branch, maker(portal, access).user_id)
    return {"updatedList": whole_json(portal, changed, filters=True)}


@delete(ONE, status_code=204, opt=says("faithful", "S54, sdk"))
async def delete_list(portal: ThePortal, access: Caller, list_id: FromPath[str]) -> None:
    """204; 404 for unknown and deleted ones [unv]."""
    access.require(*WRITE)
    portal.lists.delete(portal.lists.get(access.account_id, list_id))


@put(ONE + "/restore", status_code=204, opt=says("faithful", "S54, sdk"))
async def restore_list(portal: ThePortal, access: Caller, list_id: FromPath[str]) -> None:
    """204, with its members; 404 after 90 days."""
    access.require(*WRITE)
    portal.lists.restore(access.account_id, list_id)


HANDLERS = [
    create_list,
    get_lists,
    get_list_by_name,
    get_list,
    search_lists,
    all_lists,
    rename_list,
    refilter_list,
    delete_list,
    restore_list,
]
