"""A stranger that must be satisfied: the official `hubspot-api-client`, unmodified, pointed at the sandbox.

Its webhooks settings and its signature helper are in `webhooks/test_settings.py` and `webhooks/test_delivery.py`.
"""

from typing import Any

import pytest
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.associations.v4 import (  # type: ignore[import-untyped]
    AssociationSpec,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicDefaultAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicAssociationMultiPost,
    PublicDefaultAssociationMultiPost,
    PublicFetchAssociationsBatchRequest,
)
from hubspot.crm.contacts import (  # type: ignore[import-untyped]
    BatchInputSimplePublicObjectBatchInput,
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.contacts.exceptions import ApiException, ForbiddenException, NotFoundException  # type: ignore[import-untyped]
from hubspot.crm.deals.exceptions import ApiException as DealException  # type: ignore[import-untyped]
from hubspot.crm.objects.calls import SimplePublicObjectInputForCreate as CallInput  # type: ignore[import-untyped]
from hubspot.oauth.exceptions import ApiException as OAuthException  # type: ignore[import-untyped]

from hubspot_sandbox.seeds.demo import CARLA_EMAIL, CARLA_NUMBER
from hubspot_sandbox.seeds.people import (
    ACORN,
    ADA,
    BEN,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URL,
    REQUIRED_SCOPES,
    SERVICE_KEY,
)
from hubspot_sandbox.testing import RunningSandbox


def client(sandbox: RunningSandbox, token: str = SERVICE_KEY) -> Any:
    return HubSpot(access_token=token, host=sandbox.base_url)


def test_finds_carla_by_number(demo: RunningSandbox) -> None:
    wanted = Filter(
        property_name="hs_searchable_calculated_phone_number",
        operator="EQ",
        value=CARLA_NUMBER.removeprefix("+1"),
    )
    request = PublicObjectSearchRequest(
        filter_groups=[FilterGroup(filters=[wanted])], properties=["email", "phone"], limit=5, sorts=[], after="0"
    )
    found = client(demo).crm.contacts.search_api.do_search(request)
    assert (found.total, found.results[0].properties["email"]) == (1, CARLA_EMAIL)


def test_pages_through_all_contacts(demo: RunningSandbox) -> None:
    assert len(client(demo).crm.contacts.get_all()) == 1000


def test_writes_contacts(sandbox: RunningSandbox) -> None:
    contacts = client(sandbox).crm.contacts
    made = contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"email": "ann@acorn.example"}))
    contacts.basic_api.update(made.id, SimplePublicObjectInput(properties={"phone": "(415) 555-0100"}))
    read = contacts.basic_api.get_by_id("ann@acorn.example", id_property="email", properties=["phone"])
    assert (read.id, read.properties["phone"]) == (made.id, "(415) 555-0100")
    change = {"id": made.id, "properties": {"city": "Cork"}}
    batch = contacts.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=[change]))
    assert batch.status == "COMPLETE"
    contacts.basic_api.archive(made.id)
    with pytest.raises(NotFoundException):
        contacts.basic_api.get_by_id(made.id)


def test_a_duplicate_and_a_missing_scope_are_its_exceptions(sandbox: RunningSandbox) -> None:
    given = SimplePublicObjectInputForCreate(properties={"email": "ann@acorn.example"})
    client(sandbox).crm.contacts.basic_api.create(given)
    with pytest.raises(ApiException) as conflict:
        client(sandbox).crm.contacts.basic_api.create(given)
    assert conflict.value.status == 409
    token = sandbox.mint(ACORN, BEN, CLIENT_ID, "oauth crm.objects.contacts.read")["access_token"]
    with pytest.raises(ForbiddenException):
        client(sandbox, token).crm.contacts.basic_api.create(given)


def test_logs_a_call_on_a_contact_and_reads_it_back(sandbox: RunningSandbox) -> None:
    crm = client(sandbox).crm
    contact = crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"email": "a@acorn.example"}))
    tie = {
        "to": {"id": contact.id},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}],
    }
    properties = {
        "hs_timestamp": "2026-11-23T10:00:00.000Z",
        "hs_call_direction": "INBOUND",
        "hs_call_status": "COMPLETED",
        "hs_call_duration": "61000",
        "hs_call_from_number": "+14155550100",
        "hs_call_body": "Notes",
    }
    made = crm.objects.calls.basic_api.create(CallInput(properties=properties, associations=[tie]))
    ties = crm.associations.v4.basic_api.get_page("contacts", contact.id, "calls")
    assert [each.to_object_id for each in ties.results] == [made.id]
    read = crm.objects.calls.basic_api.get_by_id(made.id, properties=list(properties), associations=["contacts"])
    assert {name: read.properties[name] for name in properties} == properties
    assert read.associations["contacts"].results[0].id == contact.id


def test_associations_v4(sandbox: RunningSandbox) -> None:
    crm = client(sandbox).crm
    contact = crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"email": "a@acorn.example"}))
    company = crm.companies.basic_api.create({"properties": {"name": "Acorn"}})
    api = crm.associations.v4.basic_api
    api.create_default("contacts", contact.id, "companies", company.id)
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)
    assert api.create("contacts", contact.id, "companies", company.id, [spec]).labels == ["Primary"]
    types = api.get_page("contacts", contact.id, "companies").results[0].association_types
    assert [each.type_id for each in types] == [1, 279]
    api.archive("contacts", contact.id, "companies", company.id)
    assert api.get_page("contacts", contact.id, "companies").results == []


def test_companies_are_made_found_and_changed(sandbox: RunningSandbox) -> None:
    companies = client(sandbox).crm.companies
    made = companies.basic_api.create({"properties": {"name": "Oak & Sons", "domain": "oak.example"}})
    companies.basic_api.update(made.id, {"properties": {"phone": "+1 312 555 0123"}})
    found = companies.search_api.do_search({"query": "oak", "limit": 5, "properties": ["name", "phone"]})
    assert [each.properties["phone"] for each in found.results] == ["+1 312 555 0123"]
    companies.basic_api.archive(made.id)
    assert [each.id for each in companies.get_all(archived=True)] == [made.id]


def test_deals_in_batches(sandbox: RunningSandbox) -> None:
    deals = client(sandbox).crm.deals
    wanted = [{"properties": {"dealname": name, "amount": "12.5"}, "associations": []} for name in ("One", "Two")]
    made = deals.batch_api.create({"inputs": wanted})
    ids = [each.id for each in made.results]
    read = deals.batch_api.read(
        {"inputs": [{"id": each} for each in [*ids, "99"]], "properties": ["dealname"], "propertiesWithHistory": []}
    )
    assert sorted(each.properties["dealname"] for each in read.results) == ["One", "Two"]
    assert (read.num_errors, read.errors[0].category) == (1, "OBJECT_NOT_FOUND")
    deals.batch_api.archive({"inputs": [{"id": ids[0]}]})
    assert [each.id for each in deals.get_all()] == [ids[1]]
    assert [each.id for each in deals.get_all(archived=True)] == [ids[0]]
    with pytest.raises(DealException) as refused:
        deals.basic_api.create({"properties": {"amount": "much"}, "associations": []})
    assert refused.value.status == 400


def test_calls_are_found_by_their_external_id_and_changed(sandbox: RunningSandbox) -> None:
    calls = client(sandbox).crm.objects.calls
    given = {"hs_timestamp": "2026-11-23T10:00:00.000Z", "hs_call_external_id": "call-7", "hs_call_status": "RINGING"}
    made = calls.basic_api.create(CallInput(properties=given, associations=[]))
    wanted = {"propertyName": "hs_call_external_id", "operator": "EQ", "value": "call-7"}
    found = calls.search_api.do_search({"filterGroups": [{"filters": [wanted]}], "properties": ["hs_call_status"]})
    assert [each.id for each in found.results] == [made.id]
    calls.basic_api.update(made.id, SimplePublicObjectInput(properties={"hs_call_status": "COMPLETED"}))
    read = calls.basic_api.get_by_id(made.id, properties_with_history=["hs_call_status"])
    assert [each.value for each in read.properties_with_history["hs_call_status"]] == ["COMPLETED", "RINGING"]


def test_associations_v4_in_batches(sandbox: RunningSandbox) -> None:
    crm = client(sandbox).crm
    emails = ("a@acorn.example", "b@acorn.example")
    people = [crm.contacts.basic_api.create({"properties": {"email": email}, "associations": []}).id for email in emails]
    company = crm.companies.basic_api.create({"properties": {"name": "Acorn"}}).id
    api = crm.associations.v4.batch_api
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=279)
    labelled = PublicAssociationMultiPost(types=[spec], _from={"id": people[0]}, to={"id": company})
    made = api.create("contacts", "companies", BatchInputPublicAssociationMultiPost(inputs=[labelled]))
    assert (made.status, made.results[0].to_object_id) == ("COMPLETE", company)
    default = PublicDefaultAssociationMultiPost(_from={"id": people[1]}, to={"id": company})
    api.create_default("contacts", "companies", BatchInputPublicDefaultAssociationMultiPost(inputs=[default]))
    asked = [PublicFetchAssociationsBatchRequest(id=company)]
    read = api.get_page("companies", "contacts", BatchInputPublicFetchAssociationsBatchRequest(inputs=asked))
    assert sorted(each.to_object_id for each in read.results[0].to) == sorted(people)


def test_owners_users_and_properties(demo: RunningSandbox) -> None:
    hubspot = client(demo)
    owner = hubspot.crm.owners.owners_api.get_page(email=ADA).results[0]
    assert owner.first_name == "Ada"
    assert hubspot.crm.owners.owners_api.get_by_id(owner_id=int(owner.id)).email == ADA
    assert any(user.super_admin for user in hubspot.settings.users.users_api.get_page().results)
    names = [each.name for each in hubspot.crm.properties.core_api.get_all("contacts").results]
    assert "hs_searchable_calculated_phone_number" in names


def test_exchanges_a_code_and_refreshes(sandbox: RunningSandbox) -> None:
    code = sandbox.portal.grants.issue_code(
        account_id=ACORN, client_id=CLIENT_ID, email=ADA, scopes=REQUIRED_SCOPES, redirect_uri=REDIRECT_URL
    )
    oauth = HubSpot(host=sandbox.base_url).oauth
    secrets = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    tokens = oauth.tokens_api.create(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URL, **secrets)
    again = oauth.tokens_api.create(grant_type="refresh_token", refresh_token=tokens.refresh_token, **secrets)
    assert (tokens.expires_in, again.refresh_token) == (1800, tokens.refresh_token)
    about = oauth.access_tokens_api.get(again.access_token)
    assert (about.hub_id, about.user, about.scopes) == (ACORN, ADA, list(REQUIRED_SCOPES))
    assert client(sandbox, again.access_token).crm.contacts.basic_api.get_page().results == []


def test_a_refresh_token_is_introspected_and_revoked(sandbox: RunningSandbox) -> None:
    oauth, pair = HubSpot(host=sandbox.base_url).oauth, sandbox.mint(ACORN, ADA, CLIENT_ID, "oauth")
    about = oauth.refresh_tokens_api.get(pair["refresh_token"])
    assert (about.hub_id, about.user, about.client_id, about.scopes) == (ACORN, ADA, CLIENT_ID, ["oauth"])
    oauth.refresh_tokens_api.archive(pair["refresh_token"])
    with pytest.raises(OAuthException) as refused:
        oauth.tokens_api.create(
            grant_type="refresh_token",
            refresh_token=pair["refresh_token"],
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
        )
    assert (refused.value.status, "BAD_REFRESH_TOKEN" in refused.value.body) == (400, True)
