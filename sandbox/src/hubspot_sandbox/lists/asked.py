"""One filter of one property at one time, and what it is compared with."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from hubspot_sandbox.clock import iso
from hubspot_sandbox.lists.branches import Operation, wrong
from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.search import Statement, Where, known_property, value_of

T = TypeVar("T")


class Asked(msgspec.Struct, frozen=True):
    """What is asked of which property among which records. `stamped`: of when it was updated, not of its value."""

    where: Where
    prop: Property
    operation: Operation
    now: datetime
    stamped: bool = False

    @property
    def value(self) -> Statement:
        """What of a record is compared."""
        return updated_at(self.where, self.prop) if self.stamped else value_of(self.where, self.prop)

    @property
    def other(self) -> Statement:
        """The same of the property that it is compared with.

        :raises HubSpotProblem: 400 for none, an unknown one, or one of another type
        """
        name = self.operation.comparison_property_name
        if not name:
            raise wrong("The operation needs comparisonPropertyName.")
        found = known_property(self.where.properties, name)
        if found.type != self.prop.type and not self.stamped:
            raise wrong(f"Property {name} of type {found.type} cannot be compared with {self.prop.name}.")
        return updated_at(self.where, found) if self.stamped else value_of(self.where, found)

    def at(self, moment: datetime) -> str:
        """A point of time in the form that it is compared in."""
        return iso(moment)[:10] if self.prop.type == "date" and not self.stamped else iso(moment)


Test = Callable[[Statement, Asked], Statement]


def updated_at(where: Where, prop: Property) -> Statement:
    """When the property was written last; with its record, when it has not been changed since."""
    value = value_of(where, prop)
    written = "(SELECT max(past.at) FROM history AS past WHERE past.key = records.key AND past.name = ?)"
    sql = f"coalesce({written}, CASE WHEN {value.sql} IS NOT NULL THEN created_at END)"
    return Statement(sql, (prop.name, *value.parameters))


def one_of(table: Mapping[str, T], name: str, place: str) -> T:
    """:raises HubSpotProblem: 400 that tells what there is"""
    if name not in table:
        raise wrong(f"{name} is not available in {place}, which has {', '.join(table)}.")
    return table[name]
