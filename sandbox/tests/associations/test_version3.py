"""Version 3 of associations: the same ties, under names."""

from typing import Any

import httpx
import pytest
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.associations import (  # type: ignore[import-untyped]
    BatchInputPublicAssociation,
    BatchInputPublicObjectId,
    PublicAssociation,
)
from sandbox.tests.associations.conftest import Make

from hubspot_sandbox.seeds.people import SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox

BATCH = "/crm/v3/associations/contacts/companies/batch"


def ties(api: httpx.Client, contact: str) -> list[dict[str, str]]:
    return list(api.get(f"/crm/v3/objects/contacts/{contact}/associations/companies").json()["results"])


def test_a_tie_is_made_read_and_removed_by_name(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    path = f"/crm/v3/objects/contacts/{ann}/associations/companies/{acorn}/contact_to_company"
    made = api.put(path)
    assert made.status_code == 200, made.text
    both = [{"id": acorn, "type": "contact_to_company"}, {"id": acorn, "type": "contact_to_company_unlabeled"}]
    assert made.json()["associations"]["companies"]["results"] == ties(api, ann) == both
    newer = api.get(f"/crm/v4/objects/contacts/{ann}/associations/companies").json()["results"]
    assert [each["typeId"] for each in newer[0]["associationTypes"]] == [1, 279]
    assert api.delete(path).status_code == 204
    assert ties(api, ann) == both[1:]
    assert api.delete(f"{path}_unlabeled").status_code == 204
    assert ties(api, ann) == []


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("contacts", "companies", "contact_to_company_unlabeled"),
        ("deals", "contacts", "deal_to_contact"),
        ("companies", "deals", "company_to_deal"),
        ("companies", "companies", "parent_to_child_company"),
        ("companies", "companies", "company_to_company"),
        ("calls", "contacts", "call_to_contact"),
    ],
)
def test_the_names_of_types(api: httpx.Client, one: str, other: str, name: str) -> None:
    found = api.get(f"/crm/v3/associations/{one}/{other}/types").json()["results"]
    assert name in {each["name"] for each in found}
    assert len({each["name"] for each in found}) == len({each["id"] for each in found}) == len(found)


def test_a_label_has_the_name_that_it_was_given(api: httpx.Client, make: Make) -> None:
    api.post("/crm/v4/associations/contacts/companies/labels", json={"name": "chef", "label": "Chef de cuisine"})
    ann, acorn = make("contacts"), make("companies")
    api.put(f"/crm/v3/objects/contacts/{ann}/associations/companies/{acorn}/chef")
    assert {"id": acorn, "type": "chef"} in ties(api, ann)
    read = api.get(f"/crm/objects/2026-09/contacts/{ann}", params={"associations": "companies"}).json()
    assert {"id": acorn, "type": "chef"} in read["associations"]["companies"]["results"]


def test_what_is_not_there_is_refused(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    path = f"/crm/v3/objects/contacts/{ann}/associations/companies"
    assert api.put(f"{path}/{acorn}/nonsense").status_code == 400
    assert api.put(f"{path}/424242/contact_to_company").status_code == 400
    assert api.delete(f"{path}/{acorn}/nonsense").status_code == 400
    assert api.get(path, params={"limit": "x"}).status_code == 400
    assert api.get("/crm/v3/objects/contacts/424242/associations/companies").status_code == 404
    assert api.get("/crm/v3/associations/contacts/nonsense/types").status_code == 400
    gone = {"inputs": [{"from": {"id": ann}, "to": {"id": acorn}, "type": "nonsense"}]}
    assert api.post(f"{BATCH}/archive", json=gone).status_code == 400


def test_the_official_client_is_satisfied(sandbox: RunningSandbox, make: Make) -> None:
    api = HubSpot(access_token=SERVICE_KEY, host=sandbox.base_url).crm.associations.batch_api
    ann, bob, acorn = make("contacts"), make("contacts"), make("companies")

    def pairs(*contacts: str) -> Any:
        made = [PublicAssociation(_from={"id": each}, to={"id": acorn}, type="contact_to_company") for each in contacts]
        return BatchInputPublicAssociation(inputs=made)

    made = api.create("contacts", "companies", pairs(ann, "424242"))
    assert (made.num_errors, [each._from.id for each in made.results]) == (1, [ann])
    read = api.read("contacts", "companies", BatchInputPublicObjectId(inputs=[{"id": ann}, {"id": bob}]))
    assert [each.type for each in read.results[0].to] == ["contact_to_company", "contact_to_company_unlabeled"]
    assert read.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    api.archive("contacts", "companies", pairs(ann))
    left = api.read("contacts", "companies", BatchInputPublicObjectId(inputs=[{"id": ann}]))
    assert [each.type for each in left.results[0].to] == ["contact_to_company_unlabeled"]
