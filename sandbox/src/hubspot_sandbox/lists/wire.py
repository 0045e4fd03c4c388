"""The JSON of segments: what requests hold and how lists and memberships are answered (S54)."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from hubspot_sandbox.lists.members import Membership
from hubspot_sandbox.lists.model import ObjectList, Processing
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.values import timestamp
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body

RecordId = str | int
MOST_FOUND = 500
Count = Annotated[int, msgspec.Meta(ge=1, le=MOST_FOUND)]
Offset = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
ALWAYS = (
    "hs_list_size", "hs_last_record_added_at", "hs_last_record_removed_at", "hs_folder_name", "hs_list_reference_count"
)  # fmt: skip
"""Additional properties that every search answers when they have a value."""


class ListInput(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a create. Permissions and membership settings are read past."""

    name: str
    object_type_id: str
    processing_type: Processing
    filter_branch: dict[str, Any] | None = None
    custom_properties: dict[str, str] | None = None
    list_folder_id: int | None = None


class FilterChange(msgspec.Struct, frozen=True, rename="camel"):
    filter_branch: dict[str, Any]


class ListSearch(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a search; everything may be left out."""

    query: str | None = None
    count: Count | None = None
    offset: Offset | None = None
    list_ids: tuple[RecordId, ...] | None = None
    processing_types: tuple[str, ...] | None = None
    object_type_id: str | None = None
    additional_properties: tuple[str, ...] | None = None
    sort: str | None = None


class ListPage(msgspec.Struct, frozen=True, rename="camel"):
    """The body of `/all`."""

    count: Count | None = None
    after: str | None = None
    processing_types: tuple[str, ...] | None = None
    object_type_id: str | None = None
    additional_properties: tuple[str, ...] | None = None


class MembershipChange(msgspec.Struct, frozen=True, rename="camel"):
    record_ids_to_add: tuple[RecordId, ...] = ()
    record_ids_to_remove: tuple[RecordId, ...] = ()


class RecordInput(msgspec.Struct, frozen=True, rename="camel"):
    object_type_id: str
    record_id: RecordId


class BatchRecords(msgspec.Struct, frozen=True):
    inputs: tuple[RecordInput, ...]


def list_json(each: ObjectList, *, filters: bool = False) -> Body:
    """A segment; its filters only when they are asked for."""
    answer: Body = {
        "listId": str(each.number),
        "listVersion": each.version,
        "createdAt": each.created_at,
        "updatedAt": each.updated_at,
        "filtersUpdatedAt": each.filters_updated_at,
        "processingStatus": "COMPLETE",
        "processingType": each.processing,
        "objectTypeId": kind_of(each.kind).type_id,
        "name": each.name,
        **_makers(each),
    }
    return answer | ({"filterBranch": each.filter_branch} if filters and each.filter_branch else {})


def whole_json(portal: Portal, each: ObjectList, *, filters: bool = False) -> Body:
    """With how many are in it, and who may change it, which is not kept here."""
    settled = portal.lists.settled(each)
    return list_json(settled, filters=filters) | {
        "size": portal.lists.members.count(portal.lists.place(settled)),
        "listPermissions": {"teamsWithEditAccess": [], "usersWithEditAccess": []},
        "membershipSettings": {"membershipTeamId": None, "includeUnassigned": None},
    }


def found_json(portal: Portal, each: ObjectList, wanted: Iterable[str] | None) -> Body:
    """A segment as a search finds it, with those of the additional properties that have a value."""
    settled = portal.lists.settled(each)
    place = portal.lists.place(settled)
    known = {
        **settled.custom_properties,
        "hs_list_size": str(portal.lists.members.count(place)),
        "hs_list_reference_count": "0",
        "hs_folder_name": portal.lists.folders.get(settled.account_id, str(settled.folder)).name,
        "hs_last_record_added_at": _milliseconds(portal.lists.members.newest(place)),
        "hs_last_record_removed_at": _milliseconds(settled.removed_at),
    }
    names = (*ALWAYS, *(wanted or ()))
    return list_json(settled) | {"additionalProperties": {name: known[name] for name in names if known.get(name)}}


def _makers(each: ObjectList) -> Body:
    known = {"createdById": each.created_by, "updatedById": each.updated_by}
    return {name: value for name, value in known.items() if value}


def _milliseconds(text: str) -> str:
    at = timestamp(text) if text else None
    return str(round(at.timestamp() * 1000)) if at else ""


def membership_json(each: Membership) -> Body:
    return {"recordId": each.record_id, "membershipTimestamp": each.added_at}


def memberships_of(portal: Portal, account_id: int, object_type: str, record_id: str) -> list[Body]:
    """The segments that a record is in. It is in each since it came in last [inf: HubSpot also knows the first time]."""
    kind = kind_of(object_type)
    record = portal.record(account_id, kind.name, record_id)
    if record is None:
        return []
    lists = {each.number: portal.lists.settled(each) for each in portal.lists.of(account_id) if each.kind == kind.name}
    since = portal.lists.members.of_record(account_id, record.id, lists)
    return [
        {
            "listId": str(number),
            "listVersion": lists[number].version,
            "isPublicList": True,
            "firstAddedTimestamp": at,
            "lastAddedTimestamp": at,
        }
        for number, at in since.items()
    ]
