"""The official `hubspot-api-client`, unmodified, keeps segments."""

from typing import Any

import pytest
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.contacts import SimplePublicObjectInputForCreate  # type: ignore[import-untyped]
from hubspot.crm.lists import (  # type: ignore[import-untyped]
    ListCreateRequest,
    ListFilterUpdateRequest,
    ListSearchRequest,
    MembershipChangeRequest,
)
from hubspot.crm.lists.exceptions import ApiException, NotFoundException  # type: ignore[import-untyped]
from sandbox.tests.lists.making import anyone, named

from hubspot_sandbox.seeds.people import SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox


@pytest.fixture
def crm(sandbox: RunningSandbox) -> Any:
    return HubSpot(access_token=SERVICE_KEY, host=sandbox.base_url).crm


def contact(crm: Any, name: str) -> str:
    return str(crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"firstname": name})).id)


def create(crm: Any, name: str, processing: str = "MANUAL", **more: Any) -> str:
    wish = ListCreateRequest(object_type_id="0-1", processing_type=processing, name=name, **more)
    return str(crm.lists.lists_api.create(wish).list.list_id)


def test_keeps_a_list_and_its_members(crm: Any) -> None:
    ann, bob = contact(crm, "Ann"), contact(crm, "Bob")
    number = create(crm, "People")
    api = crm.lists.memberships_api
    added = api.add(number, request_body=[ann, bob, "999999"])
    assert (added.records_ids_added, added.record_ids_missing) == ([ann, bob], ["999999"])
    changed = api.add_and_remove(
        number, membership_change_request=MembershipChangeRequest(record_ids_to_add=[], record_ids_to_remove=[ann])
    )
    assert changed.record_ids_removed == [ann]
    page = api.get_page(number, limit=10)
    assert ([each.record_id for each in page.results], page.results[0].membership_timestamp.tzinfo is not None) == (
        [bob],
        True,
    )
    assert [each.record_id for each in api.get_page_ordered_by_added_to_list_date(number).results] == [bob]
    assert [each.list_id for each in api.get_lists("0-1", bob).results] == [number]
    other = create(crm, "Others")
    api.add_all_from_list(other, number)
    assert [each.record_id for each in api.get_page(other).results] == [bob]
    api.remove_all(number)
    assert api.get_page(number).results == []
    assert api.remove(other, request_body=[bob]).record_ids_removed == [bob]


def test_finds_renames_deletes_and_restores(crm: Any) -> None:
    number, other = create(crm, "One list"), create(crm, "Two")
    api = crm.lists.lists_api
    assert api.get_by_id(number).list.name == "One list"
    assert api.get_by_name(list_name="One list", object_type_id="0-1").list.list_id == number
    assert [each.list_id for each in api.get_all(list_ids=[number, other]).lists] == [number, other]
    found = api.do_search(ListSearchRequest(query="list", offset=0, count=10))
    assert (found.total, found.has_more, found.lists[0].additional_properties["hs_list_size"]) == (1, False, "0")
    assert api.update_name(number, list_name="Renamed").updated_list.name == "Renamed"
    with pytest.raises(ApiException) as taken:
        create(crm, "Two")
    assert (taken.value.status, "ILS.DUPLICATE_LIST_NAMES" in taken.value.body) == (400, True)
    api.remove(number)
    with pytest.raises(NotFoundException):
        api.get_by_id(number)
    api.restore(number)
    assert api.get_by_id(number).list.name == "Renamed"


def test_keeps_an_active_list_by_its_filters(crm: Any) -> None:
    ann, bob = contact(crm, "Ann"), contact(crm, "Bob")
    number = create(crm, "Anns", "DYNAMIC", filter_branch=anyone([named("Ann")]))
    members = crm.lists.memberships_api
    assert [each.record_id for each in members.get_page(number).results] == [ann]
    wish = ListFilterUpdateRequest(filter_branch=anyone([named("Bob")]))
    changed = crm.lists.lists_api.update_list_filters(number, wish).updated_list
    assert (changed.list_version, changed.filter_branch.filter_branch_type) == (2, "OR")
    read = crm.lists.lists_api.get_by_id(number, include_filters=True).list.filter_branch
    assert read.filter_branches[0].filters[0].operation.operator == "IS_EQUAL_TO"
    assert [each.record_id for each in members.get_page(number).results] == [bob]
    with pytest.raises(ApiException) as fixed:
        members.add(number, request_body=[ann])
    assert fixed.value.status == 400
