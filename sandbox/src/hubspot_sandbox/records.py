"""Records of every kind (contacts, companies, deals, calls…): their rules, and what happens when one is written.

Values are strings, as in HubSpot. The SQL stands in `shelves.py` and `search.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import msgspec

from hubspot_sandbox.changes import Change, Changes, Happening
from hubspot_sandbox.clock import Clock, iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind, Property
from hubspot_sandbox.objects.values import appended, complaint, index_key, normal
from hubspot_sandbox.problems import conflict, invalid, not_found, property_invalid
from hubspot_sandbox.properties.model import Properties
from hubspot_sandbox.record import Record, Source, Version
from hubspot_sandbox.search import Found, Search, Where, find, install_functions
from hubspot_sandbox.shelves import Entry, Shelves, chunks
from hubspot_sandbox.shelves import Shelf as RecordShelf
from hubspot_sandbox.sight import EVERYTHING, Sight
from hubspot_sandbox.store import Shelf, Store

__all__ = ["Found", "Record", "Records", "Setting", "Values"]

Values = Mapping[str, str | None]
BY_KEY, CALCULATED = Source(), Source("CALCULATED")


class Setting(msgspec.Struct, frozen=True):
    index_delay_seconds: float = 0.0


class Records:
    """The room of records of all accounts."""

    def __init__(self, store: Store, clock: Clock, properties: Properties, changes: Changes) -> None:
        self._store, self._clock, self._properties, self._changes = store, clock, properties, changes
        self._settings = Shelf(store, "records", Setting)
        self.index_delay = (self._settings.get("setting") or Setting()).index_delay_seconds
        """Seconds until search sees a new record, or a new value."""
        self.shelves = Shelves(store)
        install_functions(store.connection)

    def set_index_delay(self, seconds: float) -> None:
        self._settings.put("setting", Setting(seconds))
        self.index_delay = seconds

    # reading ------------------------------------------------------------------------------------------

    def get(self, account_id: int, kind: str, record_id: str, *, by: str = "", archived: bool = False) -> Record | None:
        """One record by id, or by the unique property named in `by` (HubSpot's `idProperty`).

        An id that went into a merged record leads there.

        :raises HubSpotProblem: 400 when `by` is not a unique property
        """
        shelf = self.shelves.shelf(account_id, kind)
        if by and by != "hs_object_id":
            record_id = self._id_by(account_id, kind, by, record_id)
        found = self.shelves.get(shelf, record_id, archived)
        if found is None and not archived:
            merged = self.shelves.merged_into(shelf, record_id)
            found = self.shelves.get(shelf, merged) if merged else None
        return found and self._seen(account_id, kind, [found])[0]

    def existing(self, account_id: int, kind: str, record_id: str, *, by: str = "") -> Record:
        """:raises HubSpotProblem: 404 when there is none (or it is archived)"""
        record = self.get(account_id, kind, record_id, by=by)
        if record is None:
            raise not_found()
        return record

    def _id_by(self, account_id: int, kind: str, name: str, value: str) -> str:
        prop = self._properties.of(account_id, kind).get(name)
        if prop is None or not prop.has_unique_value:
            raise invalid(f"idProperty {name} is not a unique property of {kind}")
        return self._holder(account_id, kind, name, value)

    def _holder(self, account_id: int, kind: str, name: str, value: str) -> str:
        prop = self._properties.indexed(account_id, kind).get(name)
        return self.shelves.holder(self.shelves.shelf(account_id, kind), name, index_key(prop, value) if prop else value)

    def with_value(self, account_id: int, kind: str, name: str, value: str) -> Record | None:
        """The live record with this value of an indexed property."""
        return self.get(account_id, kind, self._holder(account_id, kind, name, value))

    def page(
        self, account_id: int, kind: str, *, after: int = 0, limit: int = 10, archived: bool = False
    ) -> list[Record]:
        """Records with an id greater than `after`, by ascending id."""
        found = self.shelves.page(self.shelves.shelf(account_id, kind), after, limit, archived)
        return self._seen(account_id, kind, found)

    def count(self, account_id: int, kind: str) -> int:
        return self.shelves.count(self.shelves.shelf(account_id, kind))

    def search(
        self, account_id: int, kind: str, search: Search, *, delayed: bool = True, sight: Sight = EVERYTHING
    ) -> Found:
        """What CRM search answers, as it was before the index delay. `delayed=False` sees all at once, as the pages do.

        :raises HubSpotProblem: 400 for a body beyond the limits or with unknown properties
        """
        delay = self.index_delay if delayed else 0
        seen_until = iso(self._clock.now() - timedelta(seconds=delay)) if delay else ""
        with self._as_indexed(account_id, kind, seen_until):
            found = find(self._store.connection, self.where(account_id, kind, seen_until, sight), search)
        return msgspec.structs.replace(found, records=self._seen(account_id, kind, found.records))

    @contextmanager
    def _as_indexed(self, account_id: int, kind: str, seen_until: str) -> Iterator[None]:
        """As long as this lasts, what has changed later than the index has seen is as it was before [inf]."""
        shelf = self.shelves.shelf(account_id, kind)
        changed = self.shelves.changed_since(shelf, seen_until) if seen_until else []
        if not changed:
            yield
            return
        with self._store.in_passing():
            for record in changed:
                old = self._before(shelf, record, seen_until)
                self.shelves.put(shelf, self._entry_of(account_id, old), self._entry_of(account_id, record))
            yield

    def _before(self, shelf: RecordShelf, record: Record, until: str) -> Record:
        """A record as it was at that time, by its history."""
        values, times = dict(record.properties), [record.created_at]
        for name in self.shelves.names_since(shelf, record.id, until):
            old = next((each for each in self.shelves.versions(shelf, record.id, name) if each.at <= until), None)
            values[name] = old.value if old else ""
            times += [old.at] if old else []
        rules = kind_of(record.kind)
        full = rules.derive(_filled(values | {rules.modified: max(times)}))
        return msgspec.structs.replace(record, properties=full, updated_at=max(times))

    def where(self, account_id: int, kind: str, seen_until: str = "", sight: Sight = EVERYTHING) -> Where:
        """Among which records a search or a segment looks."""
        shelf, properties = self.shelves.shelf(account_id, kind), self._properties.of(account_id, kind)
        return Where(account_id, shelf, kind_of(kind), properties, seen_until, sight)

    def _seen(self, account_id: int, kind: str, records: list[Record]) -> list[Record]:
        """The records without the values of archived properties, which they keep."""
        hidden = self._properties.hidden(account_id, kind)
        return [_without(hidden, each) for each in records] if hidden else records

    def _whole(self, account_id: int, record: Record) -> Record:
        """The record as it is kept, with what is hidden."""
        if not self._properties.hidden(account_id, record.kind):
            return record
        shelf = self.shelves.shelf(account_id, record.kind)
        return self.shelves.get(shelf, record.id, record.archived) or record

    def history(self, account_id: int, record: Record, name: str) -> list[Version]:
        """Every value a property had, newest first; the first one is as old as the record. Of archived ones nothing."""
        if name in self._properties.hidden(account_id, record.kind):
            return []
        later = self.shelves.versions(self.shelves.shelf(account_id, record.kind), record.id, name)
        if later or not record.get(name):
            return later
        return [Version(record.get(name), record.created_at, record.origin("CRM_UI"))]

    # writing ------------------------------------------------------------------------------------------

    def create(self, account_id: int, kind: str, values: Values, source: Source | None = None) -> Record:
        """A new record, which says where it came from when `source` is given and its kind can say it.

        :raises HubSpotProblem: 400 for properties or values that do not fit, 409 for a taken unique value
        """
        rules = kind_of(kind)
        given = self._checked(account_id, rules, values)
        rules.check(given, True)
        with self._store.transaction():
            self._check_unique(account_id, rules, given, "")
            record = self._new(account_id, rules, given | _stamps(rules, source))
            self.shelves.put(self.shelves.shelf_to_fill(account_id, kind), self._entry(account_id, rules, record))
            self._tell(account_id, record, "creation")
        return record

    def load(self, account_id: int, kind: str, rows: Iterable[Mapping[str, str]]) -> int:
        """Create many records at once, for seeds: values are taken as they are. Returns how many."""
        rules, count = kind_of(kind), 0
        entries = (self._entry(account_id, rules, self._new(account_id, rules, dict(row))) for row in rows)
        with self._store.transaction():
            shelf = self.shelves.shelf_to_fill(account_id, kind)
            for chunk in chunks(entries):
                self.shelves.put_new(shelf, chunk)
                count += len(chunk)
        return count

    def _new(self, account_id: int, rules: Kind, values: dict[str, str]) -> Record:
        number, now = self._store.next_number(f"{account_id}/{rules.name}", rules.first_id), iso(self._clock.now())
        stamps = {"hs_object_id": str(number), rules.created: now, rules.modified: now}
        return Record(str(number), rules.name, rules.derive(values | stamps), now, now)

    def update(
        self, account_id: int, kind: str, record_id: str, values: Values, *, by: str = "", source: Source = BY_KEY
    ) -> Record:
        """Change some properties; None or an empty text clears one.

        :raises HubSpotProblem: 404, 400 or 409 as for `create`
        """
        rules = kind_of(kind)
        record = self.existing(account_id, kind, record_id, by=by)
        given = self._checked(account_id, rules, self._added(account_id, record, values))
        rules.check(given, False)
        with self._store.transaction():
            self._check_unique(account_id, rules, given, record.id)
            return self.change(account_id, record, {name: given.get(name, "") for name in values}, source)

    def _added(self, account_id: int, record: Record, values: Values) -> Values:
        """Values that begin with a semicolon are added to the choices that a record has."""
        properties = self._properties.of(account_id, record.kind)
        return {
            name: appended(properties[name], record.get(name), value) if value and name in properties else value
            for name, value in values.items()
        }

    def set_calculated(self, account_id: int, kind: str, record_id: str, values: Values) -> None:
        """Change properties that only HubSpot itself may change; nothing happens when the record is gone."""
        record = self.get(account_id, kind, record_id)
        if record:
            self.change(account_id, record, {name: value or "" for name, value in values.items()}, CALCULATED)

    def change(self, account_id: int, record: Record, values: Mapping[str, str], source: Source = BY_KEY) -> Record:
        """Write checked values over a record's, with history; empty ones clear. Unchanged values change nothing."""
        rules, now, record = kind_of(record.kind), iso(self._clock.now()), self._whole(account_id, record)
        full = rules.derive(_filled({**record.properties, **values, rules.modified: now}))
        told = {name: full.get(name, "") for name in values if full.get(name, "") != record.get(name)}
        if not told:
            return self._seen(account_id, record.kind, [record])[0]
        changed = msgspec.structs.replace(record, properties=full, updated_at=now)
        shelf = self.shelves.shelf(account_id, record.kind)
        with self._store.transaction():
            entries = self._entry(account_id, rules, changed), self._entry(account_id, rules, record)
            self.shelves.put(shelf, *entries)
            self.shelves.remember(shelf, record.id, self._versions(account_id, record, told, Version("", now, source)))
            for name, value in told.items():
                self._tell(account_id, changed, "propertyChange", source=source, name=name, value=value)
        return self._seen(account_id, record.kind, [changed])[0]

    def _versions(
        self, account_id: int, record: Record, told: Mapping[str, str], new: Version
    ) -> Iterable[tuple[str, Version]]:
        """The new values, each after its first one where that was not written down yet."""
        shelf = self.shelves.shelf(account_id, record.kind)
        for name, value in told.items():
            if record.get(name) and not self.shelves.versions(shelf, record.id, name):
                yield name, self.history(account_id, record, name)[0]
            yield name, msgspec.structs.replace(new, value=value)

    def archive(self, account_id: int, kind: str, record_id: str) -> bool:
        """Put a record into the bin; False when there is none. Its unique values become free."""
        shelf, record = self.shelves.shelf(account_id, kind), self.get(account_id, kind, record_id)
        if record is None:
            return False
        record = self._whole(account_id, record)
        gone = msgspec.structs.replace(record, archived_at=iso(self._clock.now()))
        with self._store.transaction():
            entries = self._entry(account_id, kind_of(kind), gone), self._entry(account_id, kind_of(kind), record)
            self.shelves.put(shelf, *entries)
            self._tell(account_id, record, "deletion")
        return True

    def merge(self, account_id: int, primary: Record, other: Record, values: Mapping[str, str]) -> Record:
        """Both records become a new one with these values; their ids lead to it from now on."""
        rules, shelf = kind_of(primary.kind), self.shelves.shelf(account_id, primary.kind)
        old_ids = ";".join(
            filter(None, [*(each.get("hs_merged_object_ids") for each in (primary, other)), primary.id, other.id])
        )
        with self._store.transaction():
            for each in (self._whole(account_id, primary), self._whole(account_id, other)):
                gone = msgspec.structs.replace(each, archived_at=iso(self._clock.now()))
                self.shelves.put(shelf, self._entry_of(account_id, gone), self._entry_of(account_id, each))
            made = self._new(account_id, rules, {**values, "hs_merged_object_ids": old_ids})
            oldest = min(primary.created_at, other.created_at)
            full = {**made.properties, rules.created: oldest}
            made = msgspec.structs.replace(made, properties=full, created_at=oldest)
            self.shelves.put(shelf, self._entry_of(account_id, made))
            self.shelves.mark_merged(shelf, [primary.id, other.id], made.id)
            self._tell(account_id, made, "merge", merged=(primary.id, other.id))
        return made

    def forget(self, account_id: int, record: Record, what: Happening = "privacyDeletion") -> None:
        """Remove a record for good, with its history. Its ties are the caller's."""
        with self._store.transaction():
            whole = self._whole(account_id, record)
            self.shelves.forget(self.shelves.shelf(account_id, record.kind), self._entry_of(account_id, whole))
            self._tell(account_id, record, what)

    def _entry_of(self, account_id: int, record: Record) -> Entry:
        return self._entry(account_id, kind_of(record.kind), record)

    def _entry(self, account_id: int, rules: Kind, record: Record) -> Entry:
        properties, values = self._properties.indexed(account_id, rules.name), record.properties
        indexed = {name: index_key(properties[name], value) for name, value in values.items() if name in properties}
        words = "\n".join(values[name].casefold() for name in rules.searched if name in values)
        return Entry(record, indexed, words)

    def _tell(
        self,
        account_id: int,
        record: Record,
        what: Happening,
        *,
        source: Source | None = None,
        name: str = "",
        value: str = "",
        merged: tuple[str, ...] = (),
    ) -> None:
        at, by = self._clock.now(), source or record.origin("API")
        who = by.id if source or what == "creation" else ""
        told = Change(account_id, record.kind, record.id, what, at, by.type, who, name=name, value=value, merged=merged)
        self._changes.tell(told)

    # rules --------------------------------------------------------------------------------------------

    def _checked(self, account_id: int, rules: Kind, values: Values) -> dict[str, str]:
        """The values in HubSpot's form, without the empty ones.

        :raises HubSpotProblem: 400 for an unknown or read-only property, or a value that does not fit
        """
        properties = self._properties.of(account_id, rules.name)
        for name, value in values.items():
            _check_value(properties, name, value or "")
        return {name: normal(properties[name], value) for name, value in values.items() if value}

    def _check_unique(self, account_id: int, rules: Kind, values: Mapping[str, str], own_id: str) -> None:
        """The sentence as reported by many: https://github.com/HubSpot/hubspot-api-nodejs/issues/545"""
        properties = self._properties.of(account_id, rules.name)
        for name, value in values.items():
            holder = self._holder(account_id, rules.name, name, value) if properties[name].has_unique_value else ""
            if holder and holder != own_id:
                raise conflict(f"{rules.noun.capitalize()} already exists. Existing ID: {holder}")


def _check_value(properties: Mapping[str, Property], name: str, value: str) -> None:
    if name not in properties:
        raise property_invalid("PROPERTY_DOESNT_EXIST", name, f'Property "{name}" does not exist')
    if properties[name].read_only:
        raise property_invalid("READ_ONLY_VALUE", name, f'"{name}" is a read only property')
    found = complaint(properties[name], value) if value else None
    if found:
        raise property_invalid(found[0], name, found[1])


def _without(names: frozenset[str], record: Record) -> Record:
    shown = {name: value for name, value in record.properties.items() if name not in names}
    return msgspec.structs.replace(record, properties=shown)


def _stamps(rules: Kind, source: Source | None) -> dict[str, str]:
    return {name: value for name, value in (source.stamps if source else {}).items() if name in rules.properties}


def _filled(values: Values) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
