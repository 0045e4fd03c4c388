"""The official `hubspot-api-client`, unmodified, defines properties."""

from typing import Any

import pytest
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.contacts import (  # type: ignore[import-untyped]
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.properties import (  # type: ignore[import-untyped]
    BatchInputPropertyCreate,
    BatchInputPropertyName,
    BatchReadInputPropertyName,
    OptionInput,
    PropertyCreate,
    PropertyGroupCreate,
    PropertyGroupUpdate,
    PropertyUpdate,
)
from hubspot.crm.properties.exceptions import ApiException, NotFoundException  # type: ignore[import-untyped]

from hubspot_sandbox.seeds.people import SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox


@pytest.fixture
def crm(sandbox: RunningSandbox) -> Any:
    return HubSpot(access_token=SERVICE_KEY, host=sandbox.base_url).crm


def text(name: str, **more: Any) -> PropertyCreate:
    return PropertyCreate(
        name=name, label=name.capitalize(), type="string", field_type="text", group_name="contactinformation", **more
    )


def test_defines_changes_and_archives_a_property(crm: Any) -> None:
    api = crm.properties.core_api
    made = api.create("contacts", text("crm_number", has_unique_value=True, description="Ours"))
    assert (made.name, made.has_unique_value, made.hubspot_defined, made.created_at.year) == (
        "crm_number", True, False, made.updated_at.year
    )  # fmt: skip
    assert api.update("contacts", "crm_number", PropertyUpdate(label="Number")).label == "Number"
    with pytest.raises(ApiException) as taken:
        api.create("contacts", text("crm_number"))
    assert taken.value.status == 409
    api.archive("contacts", "crm_number")
    with pytest.raises(NotFoundException):
        api.get_by_name("contacts", "crm_number")
    assert api.get_by_name("contacts", "crm_number", archived=True).archived_at
    assert [each.name for each in api.get_all("contacts", archived=True).results] == ["crm_number"]


def test_defines_many_at_once(crm: Any) -> None:
    api = crm.properties.batch_api
    made = api.create("contacts", BatchInputPropertyCreate(inputs=[text("one"), text("two")]))
    assert [each.name for each in made.results] == ["one", "two"]
    some = api.create("contacts", BatchInputPropertyCreate(inputs=[text("two"), text("three")]))
    assert (some.num_errors, some.errors[0].category) == (1, "OBJECT_ALREADY_EXISTS")
    wish = BatchReadInputPropertyName(archived=False, inputs=[{"name": "one"}])
    assert api.read("contacts", wish).results[0].label == "One"
    api.archive("contacts", BatchInputPropertyName(inputs=[{"name": "one"}]))
    assert api.read("contacts", wish).num_errors == 1


def test_keeps_groups(crm: Any) -> None:
    api = crm.properties.groups_api
    assert api.create("contacts", PropertyGroupCreate(name="ours", label="Ours")).archived is False
    assert api.update("contacts", "ours", PropertyGroupUpdate(label="Our fields", display_order=2)).display_order == 2
    assert api.get_by_name("contacts", "ours").label == "Our fields"
    assert "ours" in [each.name for each in api.get_all("contacts").results]
    api.archive("contacts", "ours")
    assert "ours" not in [each.name for each in api.get_all("contacts").results]


def test_what_it_defined_works_on_contacts(crm: Any) -> None:
    sizes = [OptionInput(label=each, value=each, display_order=0, hidden=False) for each in ("s", "m")]
    wish = PropertyCreate(
        name="size",
        label="Size",
        type="enumeration",
        field_type="select",
        group_name="contactinformation",
        options=sizes,
    )
    crm.properties.core_api.create("contacts", wish)
    made = crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"size": "m"}))
    only = Filter(property_name="size", operator="IN", values=["m"])
    request = PublicObjectSearchRequest(
        filter_groups=[FilterGroup(filters=[only])], properties=["size"], limit=5, sorts=[], after="0"
    )
    found = crm.contacts.search_api.do_search(request)
    assert [(each.id, each.properties["size"]) for each in found.results] == [(made.id, "m")]
