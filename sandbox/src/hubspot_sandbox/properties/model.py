"""Which properties a kind of record has in an account: HubSpot's own and the ones that were added.

    of(account, kind)            name -> Property: what records may hold; the hot path, kept in memory
    indexed(account, kind)       those with a look-up, archived ones too, so that a restored one finds its records again
    hidden(account, kind)        names of archived ones: records keep their values, and nobody sees them
    definition(s)                the whole definition, for the properties API
    create, update, archive      writing; only what was added can be changed

Behaviour marked S53 was observed by others on a developer test account in September 2026.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.problems import HubSpotProblem, invalid, not_found
from hubspot_sandbox.properties.definition import Definition, Maker, Shown
from hubspot_sandbox.properties.groups import Groups
from hubspot_sandbox.properties.rules import MOST_CUSTOM, MOST_UNIQUE, check_name, check_shape
from hubspot_sandbox.store import Shelf, Store

Added = dict[str, Definition]


class View(msgspec.Struct, frozen=True):
    """What records of one kind of one account are read and written by."""

    live: Mapping[str, Property]
    indexed: Mapping[str, Property]
    hidden: frozenset[str]


class Properties:
    """The room of property definitions."""

    def __init__(self, store: Store) -> None:
        self._store, self._custom = store, Shelf(store, "property", Definition)
        self._known: dict[tuple[int, str], Added] | None = None
        self._views: dict[tuple[int, str], View] = {}
        self.groups = Groups(store, self.of)

    # reading ------------------------------------------------------------------------------------------

    def of(self, account_id: int, kind: str) -> Mapping[str, Property]:
        """Every property of a kind that is not archived, by name. Do not change what you get."""
        return self._view(account_id, kind).live

    def indexed(self, account_id: int, kind: str) -> Mapping[str, Property]:
        """Properties by which records are looked up, archived ones too."""
        return self._view(account_id, kind).indexed

    def hidden(self, account_id: int, kind: str) -> frozenset[str]:
        """Names of archived properties, whose values stay with the records unseen."""
        return self._view(account_id, kind).hidden

    def _view(self, account_id: int, kind: str) -> View:
        found = self._views.get((account_id, kind))
        if found is None:
            found = _view(kind_of(kind).properties, self._added(account_id, kind))
            self._views[account_id, kind] = found
        return found

    def definitions(self, account_id: int, kind: str, *, archived: bool = False) -> list[Definition]:
        """By name."""
        own = [] if archived else [Definition(account_id, kind, each) for each in kind_of(kind).properties.values()]
        added = [each for each in self._added(account_id, kind).values() if each.archived == archived]
        return sorted([*own, *added], key=lambda each: each.name)

    def definition(self, account_id: int, kind: str, name: str, *, archived: bool = False) -> Definition:
        """:raises HubSpotProblem: 404; the sentence is ours [unv]"""
        own = kind_of(kind).properties.get(name)
        if own is not None and not archived:
            return Definition(account_id, kind, own)
        found = self._added(account_id, kind).get(name)
        if found is None or found.archived != archived:
            raise not_found(f"Property '{name}' does not exist.")
        return found

    def _added(self, account_id: int, kind: str) -> Added:
        if self._known is None:
            self._known = {}
            for each in self._custom.all():
                self._known.setdefault((each.account_id, each.kind), {})[each.name] = each
        return self._known.get((account_id, kind), {})

    # writing ------------------------------------------------------------------------------------------

    def create(self, account_id: int, kind: str, prop: Property, shown: Shown, maker: Maker) -> Definition:
        """A new property. The name of an archived one brings that back, with the new definition and its old age (S53);
        that the records' values come back with it is [inf].

        :raises HubSpotProblem: 400; 409 when the name is taken (S53)
        """
        check_name(prop.name)
        if prop.name in self.of(account_id, kind):
            raise _taken(prop.name)
        checked = check_shape(prop, external=shown.external_options)
        self.groups.check(account_id, kind, prop.group_name)
        self._check_room(account_id, kind, checked)
        archived = self._added(account_id, kind).get(prop.name)
        born, by = (archived.created_at, archived.created_user_id) if archived else (maker.at, maker.user_id)
        return self._put(Definition(account_id, kind, checked, shown, born, maker.at, by, maker.user_id))

    def update(self, old: Definition, prop: Property, shown: Shown, maker: Maker) -> Definition:
        """Another definition of the same name. Values that records have are not looked at again [unv].

        :raises HubSpotProblem: 400, also for HubSpot's own properties
        """
        _check_changeable(old, "changed")
        checked = check_shape(prop, external=shown.external_options)
        self.groups.check(old.account_id, old.kind, prop.group_name)
        changed = msgspec.structs.replace(
            old, prop=checked, shown=shown, updated_at=maker.at, updated_user_id=maker.user_id
        )
        return self._put(changed)

    def archive(self, old: Definition, maker: Maker) -> None:
        """Into the bin; searches, reads and writes of records know it no more.

        :raises HubSpotProblem: 400 for HubSpot's own properties
        """
        _check_changeable(old, "archived")
        gone = msgspec.structs.replace(old, archived_at=maker.at, updated_at=maker.at, updated_user_id=maker.user_id)
        self._put(gone)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Several changes that are kept together or not at all."""
        try:
            with self._store.transaction():
                yield
        finally:
            self._known, self._views = None, {}

    def _put(self, definition: Definition) -> Definition:
        account_id, kind = definition.account_id, definition.kind
        self._custom.put(f"{account_id}/{kind}/{definition.name}", definition)
        self._known, self._views = None, {}
        return definition

    def _check_room(self, account_id: int, kind: str, new: Property) -> None:
        """Ten unique ones a kind, as the guide says; a thousand in all is [inf], and so are the texts."""
        live = [each.prop for each in self._added(account_id, kind).values() if not each.archived]
        if len(live) >= MOST_CUSTOM:
            raise invalid(f"There can be at most {MOST_CUSTOM} custom properties of {kind}.")
        if new.has_unique_value and sum(each.has_unique_value for each in live) >= MOST_UNIQUE:
            raise invalid(f"There can be at most {MOST_UNIQUE} properties with unique values of {kind}.")


def _view(own: Mapping[str, Property], added: Added) -> View:
    live = {**own, **{name: each.prop for name, each in added.items() if not each.archived}}
    everything = {**own, **{name: each.prop for name, each in added.items()}}
    indexed = {name: prop for name, prop in everything.items() if prop.indexed}
    return View(live, indexed, frozenset(name for name, each in added.items() if each.archived))


def _taken(name: str) -> HubSpotProblem:
    """As observed (S53)."""
    return HubSpotProblem(
        409,
        f"A property named '{name}' already exists.",
        "OBJECT_ALREADY_EXISTS",
        sub_category="Properties.PROPERTY_WITH_NAME_EXISTS",
    )


def _check_changeable(definition: Definition, what: str) -> None:
    """HubSpot's own definitions are read-only here, all of them; the text is ours [unv]."""
    if definition.prop.hubspot_defined:
        raise invalid(f"Property '{definition.name}' is defined by HubSpot and cannot be {what}.")
