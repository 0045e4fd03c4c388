"""Records of every kind (contacts, companies, calls) over one table.

Values are strings, as in HubSpot. Properties marked `indexed` in the catalogue are also kept in
`property_values`, so that exact search stays a look-up with a million contacts.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from hubspot_sandbox.clock import Clock, iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind, Property
from hubspot_sandbox.objects.values import complaint, is_id
from hubspot_sandbox.problems import conflict, invalid, not_found, property_invalid
from hubspot_sandbox.properties.model import Properties
from hubspot_sandbox.search import (
    Search,
    Statement,
    Where,
    check,
    compile_hits,
    compile_order,
    install_functions,
)
from hubspot_sandbox.store import Shelf, Store

Values = Mapping[str, str | None]
_SELECT = "SELECT id, type, properties, created_at, updated_at, archived_at FROM records"


class Record(msgspec.Struct, frozen=True):
    """One record. Times are HubSpot's ISO strings; properties without a value are absent."""

    id: str
    kind: str
    properties: dict[str, str]
    created_at: str
    updated_at: str
    archived_at: str | None = None

    @property
    def archived(self) -> bool:
        return self.archived_at is not None

    def get(self, name: str, default: str = "") -> str:
        """A property's value, or the default when it has none."""
        return self.properties.get(name, default)


class Found(msgspec.Struct, frozen=True):
    """One page of a search, and how many there are in all."""

    total: int
    records: list[Record]


class Setting(msgspec.Struct, frozen=True):
    index_delay_seconds: float = 0.0


class Records:
    """The room of records of all accounts."""

    def __init__(self, store: Store, clock: Clock, properties: Properties) -> None:
        self._store, self._clock, self._properties = store, clock, properties
        self._settings = Shelf(store, "records", Setting)
        install_functions(store.connection)

    @property
    def index_delay(self) -> float:
        """Seconds until search sees a new record."""
        return (self._settings.get("setting") or Setting()).index_delay_seconds

    def set_index_delay(self, seconds: float) -> None:
        self._settings.put("setting", Setting(seconds))

    # reading ------------------------------------------------------------------------------------------

    def get(self, account_id: int, kind: str, record_id: str, *, by: str = "", archived: bool = False) -> Record | None:
        """One record by id, or by the unique property named in `by` (HubSpot's `idProperty`).

        :raises HubSpotProblem: 400 when `by` is not a unique property
        """
        if by and by != "hs_object_id":
            record_id = self._id_by(account_id, kind, by, record_id)
        if not is_id(record_id):
            return None
        row = self._store.connection.execute(
            f"{_SELECT} WHERE account = ? AND type = ? AND id = ? AND (archived_at IS NOT NULL) = ?",
            (account_id, kind, int(record_id), archived),
        ).fetchone()
        return _record(row) if row else None

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
        """The id of the live record with this value of an indexed property, or nothing."""
        row = self._store.connection.execute(
            "SELECT id FROM property_values WHERE account = ? AND type = ? AND name = ? AND value = ?",
            (account_id, kind, name, value.casefold()),
        ).fetchone()
        return str(row[0]) if row else ""

    def page(
        self, account_id: int, kind: str, *, after: int = 0, limit: int = 10, archived: bool = False
    ) -> list[Record]:
        """Records with an id greater than `after`, by ascending id."""
        rows = self._store.connection.execute(
            f"{_SELECT} WHERE account = ? AND type = ? AND id > ? AND (archived_at IS NOT NULL) = ? ORDER BY id LIMIT ?",
            (account_id, kind, after, archived, limit),
        )
        return [_record(row) for row in rows]

    def count(self, account_id: int, kind: str) -> int:
        row = self._store.connection.execute(
            "SELECT count(*) FROM records WHERE account = ? AND type = ? AND archived_at IS NULL",
            (account_id, kind),
        ).fetchone()
        return int(row[0])

    def search(self, account_id: int, kind: str, search: Search, *, delayed: bool = True) -> Found:
        """What CRM search answers. `delayed=False` sees new records at once, as the pages do.

        :raises HubSpotProblem: 400 for a body beyond the limits or with unknown properties
        """
        check(search)
        properties = self._properties.of(account_id, kind)
        delay = timedelta(seconds=self.index_delay if delayed else 0)
        where = Where(account_id, kind_of(kind), properties, iso(self._clock.now() - delay))
        hits, order = compile_hits(where, search), compile_order(search, properties)
        return Found(self._total(hits), self._select(where, hits, order, search))

    def _total(self, hits: Statement) -> int:
        sql = f"SELECT count(*) FROM ({hits.sql})"  # noqa: S608 - compiled, values are parameters
        return int(self._store.connection.execute(sql, hits.parameters).fetchone()[0])

    def _select(self, where: Where, hits: Statement, order: Statement, search: Search) -> list[Record]:
        rows = self._store.connection.execute(
            f"{_SELECT} WHERE account = ? AND type = ? AND id IN ({hits.sql}) ORDER BY {order.sql} LIMIT ? OFFSET ?",
            (
                where.account_id,
                where.kind.name,
                *hits.parameters,
                *order.parameters,
                search.limit,
                search.after,
            ),
        )
        return [_record(row) for row in rows]

    # writing ------------------------------------------------------------------------------------------

    def create(self, account_id: int, kind: str, values: Values, source: Values | None = None) -> Record:
        """A new record. `source` are read-only properties to set, such as `hs_object_source`.

        :raises HubSpotProblem: 400 for properties or values that do not fit, 409 for a taken unique value
        """
        rules = kind_of(kind)
        self._check(account_id, rules, values, creating=True)
        with self._store.transaction():
            given = _filled(values)
            self._check_unique(account_id, rules, given, "")
            number, now = self._store.next_number(f"{account_id}/{kind}", rules.first_id), iso(self._clock.now())
            stamps = {"hs_object_id": str(number), rules.created: now, rules.modified: now}
            full = rules.derive(given | _filled(source or {}) | stamps)
            return self._keep(account_id, rules, Record(str(number), kind, full, now, now))

    def update(self, account_id: int, kind: str, record_id: str, values: Values, *, by: str = "") -> Record:
        """Change some properties; None or an empty text clears one.

        :raises HubSpotProblem: 404, 400 or 409 as for `create`
        """
        rules = kind_of(kind)
        record = self.existing(account_id, kind, record_id, by=by)
        self._check(account_id, rules, values, creating=False)
        self._check_unique(account_id, rules, _filled(values), record.id)
        return self._change(account_id, rules, record, values)

    def set_calculated(self, account_id: int, kind: str, record_id: str, values: Values) -> None:
        """Change properties that only HubSpot itself may change; nothing happens when the record is gone."""
        record = self.get(account_id, kind, record_id)
        if record:
            self._change(account_id, kind_of(kind), record, values)

    def _change(self, account_id: int, rules: Kind, record: Record, values: Values) -> Record:
        now = iso(self._clock.now())
        full = _filled(record.properties | dict(values) | {rules.modified: now})
        changed = msgspec.structs.replace(record, properties=rules.derive(full), updated_at=now)
        return self._keep(account_id, rules, changed)

    def archive(self, account_id: int, kind: str, record_id: str) -> bool:
        """Put a record into the bin; False when there is none. Its unique values become free."""
        record = self.get(account_id, kind, record_id)
        if record is None:
            return False
        gone = msgspec.structs.replace(record, archived_at=iso(self._clock.now()))
        self._keep(account_id, kind_of(kind), gone)
        return True

    def _keep(self, account_id: int, rules: Kind, record: Record) -> Record:
        words = "\n".join(record.get(name).casefold() for name in rules.searched)
        key = (account_id, rules.name, int(record.id))
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO records (account, type, id, properties, words, created_at,"
                " updated_at, archived_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *key,
                    msgspec.json.encode(record.properties).decode(),
                    words,
                    record.created_at,
                    record.updated_at,
                    record.archived_at,
                ),
            )
            connection.execute("DELETE FROM property_values WHERE account = ? AND type = ? AND id = ?", key)
            if not record.archived:
                self._index(account_id, rules, record)
        return record

    def _index(self, account_id: int, rules: Kind, record: Record) -> None:
        properties = self._properties.of(account_id, rules.name)
        rows = [
            (account_id, rules.name, name, value.casefold(), int(record.id))
            for name, value in record.properties.items()
            if name in properties and properties[name].indexed
        ]
        self._store.connection.executemany(
            "INSERT OR IGNORE INTO property_values (account, type, name, value, id) VALUES (?, ?, ?, ?, ?)",
            rows,
        )

    # rules --------------------------------------------------------------------------------------------

    def _check(self, account_id: int, rules: Kind, values: Values, *, creating: bool) -> None:
        properties = self._properties.of(account_id, rules.name)
        for name, value in values.items():
            _check_value(properties, name, value or "")
        rules.check(_filled(values), creating)

    def _check_unique(self, account_id: int, rules: Kind, values: Mapping[str, str], own_id: str) -> None:
        """The text of the 409 is [unv]."""
        for name, prop in self._properties.of(account_id, rules.name).items():
            holder = self._holder(account_id, rules.name, name, values[name]) if _asked(prop, values) else ""
            if holder and holder != own_id:
                raise conflict(f"{rules.noun.capitalize()} already exists. Existing ID: {holder}")


def _asked(prop: Property, values: Mapping[str, str]) -> bool:
    return prop.has_unique_value and prop.name in values


def _check_value(properties: Mapping[str, Property], name: str, value: str) -> None:
    if name not in properties:
        raise property_invalid("PROPERTY_DOESNT_EXIST", name, f'Property "{name}" does not exist')
    if properties[name].read_only:
        raise property_invalid("READ_ONLY_VALUE", name, f'"{name}" is a read only property')
    found = complaint(properties[name], value) if value else None
    if found:
        raise property_invalid(found[0], name, found[1])


def _filled(values: Values) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _record(row: tuple[Any, ...]) -> Record:
    number, kind, properties, created, updated, archived = row
    return Record(str(number), kind, msgspec.json.decode(properties, type=dict[str, str]), created, updated, archived)
