"""Which kinds can be tied, by which ids, and that ties are told."""

import httpx
import pytest

from hubspot_sandbox.associations.model import DEFAULTS, TYPES
from hubspot_sandbox.changes import Change
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN

NEW = {
    "contacts": {"firstname": "Ann"},
    "companies": {"name": "Acorn"},
    "deals": {"dealname": "Beans"},
    "tickets": {"subject": "Leak", "hs_pipeline_stage": "1"},
    "calls": {"hs_timestamp": "0"},
    "notes": {"hs_timestamp": "0"},
    "tasks": {"hs_timestamp": "0"},
}


def test_every_type_has_one_that_leads_back() -> None:
    for each in TYPES.values():
        back = TYPES[each.reverse]
        assert (back.from_kind, back.to_kind, back.reverse) == (each.to_kind, each.from_kind, each.type_id)


@pytest.mark.parametrize(("one", "other"), sorted(DEFAULTS))
def test_every_pair_of_kinds_is_tied_by_default_and_seen_from_both_sides(api: httpx.Client, one: str, other: str) -> None:
    ids = [api.post(f"/crm/v3/objects/{kind}", json={"properties": NEW[kind]}).json()["id"] for kind in (one, other)]
    tied = api.put(f"/crm/v4/objects/{one}/{ids[0]}/associations/default/{other}/{ids[1]}")
    assert tied.status_code == 200, tied.text
    there = api.get(f"/crm/v4/objects/{one}/{ids[0]}/associations/{other}").json()["results"]
    back = api.get(f"/crm/v4/objects/{other}/{ids[1]}/associations/{one}").json()["results"]
    assert (there[0]["toObjectId"], back[0]["toObjectId"]) == (ids[1], ids[0])
    assert DEFAULTS[one, other] in {each["typeId"] for each in there[0]["associationTypes"]}


def test_ties_are_told_once_in_both_directions(portal: Portal) -> None:
    ann = portal.records.create(ACORN, "contacts", NEW["contacts"])
    deal = portal.records.create(ACORN, "deals", NEW["deals"])
    heard: list[Change] = []
    portal.changes.listen(heard.append)
    for _ in range(2):
        portal.associate(ACORN, "contacts", ann.id, "deals", deal.id)
    portal.associations.unlink(ACORN, "contacts", ann.id, "deals", deal.id)
    told = [(each.what, each.kind, each.to_kind, each.type_id, each.removed) for each in heard]
    assert told == [
        ("associationChange", "contacts", "deals", 4, False),
        ("associationChange", "deals", "contacts", 3, False),
        ("associationChange", "contacts", "deals", 4, True),
        ("associationChange", "deals", "contacts", 3, True),
    ]
