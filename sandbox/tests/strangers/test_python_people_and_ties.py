"""A stranger that must be satisfied: `hubspot-api-client`, unmodified, for users, owners, and association labels."""

from typing import Any

import pytest
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.associations.v4 import (  # type: ignore[import-untyped]
    AssociationSpec,
    BatchInputPublicAssociationMultiArchive,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicDefaultAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicAssociationMultiArchive,
    PublicAssociationMultiPost,
    PublicDefaultAssociationMultiPost,
    PublicFetchAssociationsBatchRequest,
)
from hubspot.crm.associations.v4.schema import (  # type: ignore[import-untyped]
    BatchInputPublicAssociationDefinitionConfigurationCreateRequest,
    BatchInputPublicAssociationDefinitionConfigurationUpdateRequest,
    BatchInputPublicAssociationSpec,
    PublicAssociationDefinitionCreateRequest,
    PublicAssociationDefinitionUpdateRequest,
)
from hubspot.crm.associations.v4.schema.exceptions import ApiException as LabelRefused  # type: ignore[import-untyped]
from hubspot.settings.users import PublicUserUpdate, UserProvisionRequest  # type: ignore[import-untyped]
from hubspot.settings.users.exceptions import ApiException, NotFoundException  # type: ignore[import-untyped]

from hubspot_sandbox.seeds.people import ADA, BEN, FINN, SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox

NEW = "gus@acorn.example"


@pytest.fixture
def hubspot(sandbox: RunningSandbox) -> Any:
    return HubSpot(access_token=SERVICE_KEY, host=sandbox.base_url)


def record(hubspot: Any, kind: str) -> str:
    values = {"contacts": {"firstname": "Ann"}, "companies": {"name": "Acorn"}}[kind]
    return str(getattr(hubspot.crm, kind).basic_api.create({"properties": values}).id)


def types(read: Any) -> list[int]:
    return [each.type_id for each in read.to[0].association_types]


def test_a_user_comes_gets_a_role_and_goes(hubspot: Any) -> None:
    api = hubspot.settings.users
    (role,), (team,) = api.roles_api.get_all().results, api.teams_api.get_all().results
    made = api.users_api.create(UserProvisionRequest(email=NEW, primary_team_id=team.id, send_welcome_email=True))
    assert (made.email, made.role_ids, made.send_welcome_email) == (NEW, [], True)
    changed = api.users_api.replace(NEW, PublicUserUpdate(role_id=role.id), id_property="EMAIL")
    assert (changed.role_id, changed.primary_team_id, changed.super_admin) == (role.id, team.id, False)
    assert api.users_api.get_by_id(made.id).role_ids == [role.id]
    page = api.users_api.get_page(limit=2)
    rest = api.users_api.get_page(after=page.paging.next.after)
    assert NEW in {each.email for each in [*page.results, *rest.results]}
    api.users_api.archive(made.id)
    with pytest.raises(NotFoundException):
        api.users_api.get_by_id(NEW, id_property="EMAIL")


def test_what_users_are_refused_is_its_exception(hubspot: Any) -> None:
    users = hubspot.settings.users.users_api
    for refused, status in (
        (lambda: users.create(UserProvisionRequest(email=BEN)), 409),
        (lambda: users.create(UserProvisionRequest(email=NEW, role_id="999")), 400),
        (lambda: users.replace(ADA, PublicUserUpdate(role_id=""), id_property="EMAIL"), 400),
        (lambda: users.archive("999"), 404),
    ):
        with pytest.raises(ApiException) as caught:
            refused()
        assert caught.value.status == status


def test_owners_by_address_by_user_and_archived(hubspot: Any) -> None:
    owners = hubspot.crm.owners.owners_api
    (ada,) = owners.get_page(email=ADA).results
    assert owners.get_by_id(owner_id=ada.user_id, id_property="userId").id == ada.id
    (finn,) = owners.get_page(archived=True).results
    assert (finn.email, finn.user_id, finn.archived) == (FINN, None, True)
    page = owners.get_page(limit=2)
    assert owners.get_page(limit=2, after=page.paging.next.after).results[0].id > page.results[-1].id


def test_labels_are_made_renamed_listed_and_deleted(hubspot: Any) -> None:
    api = hubspot.crm.associations.v4.schema.definitions_api
    wish = PublicAssociationDefinitionCreateRequest(name="manager", label="Manager", inverse_label="Employee")
    employee, manager = api.create("contacts", "contacts", wish).results
    assert (manager.label, employee.label, manager.category) == ("Manager", "Employee", "USER_DEFINED")
    api.update(
        "contacts",
        "contacts",
        PublicAssociationDefinitionUpdateRequest(association_type_id=manager.type_id, label="Boss"),
    )
    listed = {each.label for each in api.get_all("contacts", "contacts").results}
    assert listed == {None, "Boss", "Employee"}
    with pytest.raises(LabelRefused) as twice:
        api.create("contacts", "contacts", wish)
    assert twice.value.status == 409
    api.remove("contacts", "contacts", manager.type_id)
    assert [each.label for each in api.get_all("contacts", "contacts").results] == [None]


def test_ties_in_batches(hubspot: Any) -> None:
    api = hubspot.crm.associations.v4.batch_api
    ann, bob, acorn = record(hubspot, "contacts"), record(hubspot, "contacts"), record(hubspot, "companies")
    primary = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)

    def pair(contact: str) -> Any:
        return PublicAssociationMultiPost(types=[primary], _from={"id": contact}, to={"id": acorn})

    made = api.create("contacts", "companies", BatchInputPublicAssociationMultiPost(inputs=[pair(ann), pair("424242")]))
    assert (made.num_errors, made.results[0].labels, made.results[0].from_object_id) == (1, ["Primary"], ann)
    assert made.errors[0].context["INVALID_OBJECT_IDS"] == ["CONTACT=424242 is not valid"]
    plain = PublicDefaultAssociationMultiPost(_from={"id": bob}, to={"id": acorn})
    tied = api.create_default("contacts", "companies", BatchInputPublicDefaultAssociationMultiPost(inputs=[plain]))
    assert tied.results[0].association_spec.association_type_id == 279

    wanted = [PublicFetchAssociationsBatchRequest(id=each) for each in (ann, bob)]
    reading = BatchInputPublicFetchAssociationsBatchRequest(inputs=wanted)
    read = api.get_page("contacts", "companies", reading)
    assert [types(each) for each in read.results] == [[1, 279], [1, 279]]
    labels = BatchInputPublicAssociationMultiPost(inputs=[pair(ann)])
    api.archive_labels("contacts", "companies", labels)
    gone = PublicAssociationMultiArchive(_from={"id": bob}, to=[{"id": acorn}])
    api.archive("contacts", "companies", BatchInputPublicAssociationMultiArchive(inputs=[gone]))
    left = api.get_page("contacts", "companies", reading)
    assert [types(each) for each in left.results] == [[279]]
    assert left.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_limits_of_associations(hubspot: Any) -> None:
    api = hubspot.crm.associations.v4.schema.definition_configurations_api
    wish = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}
    made = api.batch_create(
        "contacts", "companies", BatchInputPublicAssociationDefinitionConfigurationCreateRequest(inputs=[wish])
    )
    assert made.results[0].user_enforced_max_to_object_ids == 1
    more = BatchInputPublicAssociationDefinitionConfigurationUpdateRequest(inputs=[wish | {"maxToObjectIds": 2}])
    assert api.batch_update("contacts", "companies", more).results[0].user_enforced_max_to_object_ids == 2
    assert [each.type_id for each in api.get_all().results] == [279]
    assert api.get_all_between_two_object_types("contacts", "companies").results[0].label is None
    gone = BatchInputPublicAssociationSpec(inputs=[{"category": "HUBSPOT_DEFINED", "typeId": 279}])
    api.batch_remove("contacts", "companies", gone)
    assert api.get_all().results == []


def test_a_report_is_asked_for(hubspot: Any) -> None:
    (ada,) = hubspot.crm.owners.owners_api.get_page(email=ADA).results
    assert hubspot.crm.associations.v4.report_api.request(ada.user_id).user_email == ADA
