"""Where records lie in the file: a shelf for each kind of each account, made by the first record."""

from pathlib import Path

import pytest

from hubspot_sandbox.objects.catalogue import KINDS
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem
from hubspot_sandbox.search import Filter, FilterGroup, Search
from hubspot_sandbox.seeds.people import ACORN, BIRCH


def test_reading_what_was_never_written_writes_nothing(portal: Portal) -> None:
    before = portal.store.connection.total_changes
    for kind in (each.name for each in KINDS if each.name != "users"):
        tied = FilterGroup((Filter("associations.contact", "EQ", "1"),))
        assert portal.records.get(BIRCH, kind, "1") is None
        assert portal.records.with_value(BIRCH, kind, "email", "a@x.example") is None
        assert portal.records.page(BIRCH, kind) == []
        assert portal.records.count(BIRCH, kind) == 0
        assert portal.records.search(BIRCH, kind, Search(query="a")).records == []
        assert portal.records.search(BIRCH, kind, Search(filter_groups=(tied,))).records == []
    assert portal.store.connection.total_changes == before


def test_a_first_record_that_is_taken_back_leaves_no_shelf_to_another_kind(portal: Portal) -> None:
    with pytest.raises(HubSpotProblem):
        _create_in_vain(portal)
    portal.records.create(BIRCH, "deals", {"dealname": "Beans"})
    assert portal.records.count(BIRCH, "notes") == 0
    portal.records.create(BIRCH, "notes", {"hs_timestamp": "0"})
    assert [portal.records.count(BIRCH, kind) for kind in ("notes", "deals")] == [1, 1]


def test_shelves_are_found_again_in_the_file(tmp_path: Path) -> None:
    first = Portal(tmp_path / "kept.db")
    made = first.records.create(ACORN, "deals", {"dealname": "Beans"})
    first.close()
    again = Portal(tmp_path / "kept.db")
    assert again.records.existing(ACORN, "deals", made.id) == made
    again.close()


def _create_in_vain(portal: Portal) -> None:
    with portal.store.transaction():
        portal.records.create(BIRCH, "notes", {"hs_timestamp": "0"})
        assert portal.records.count(BIRCH, "notes") == 1
        portal.records.create(BIRCH, "notes", {"nonsense": "x"})


def test_what_is_made_together_is_written_into_the_full_text_index_at_once(tmp_path: Path) -> None:
    """A savepoint or a statement with a journal of its own makes a piece of it for each record, which is slow."""
    portal = Portal(tmp_path / "kept.db")
    pieces = "SELECT count(DISTINCT segid) FROM found_words_idx"
    with portal.store.transaction():
        for name in ("Ann", "Bo", "Cho"):
            portal.records.create(ACORN, "contacts", {"firstname": name, "phone": "+1 415 555 0100"})
    assert portal.store.connection.execute(pieces).fetchone() == (1,)
    assert portal.records.search(ACORN, "contacts", Search(query="bo")).total == 1
    portal.close()
