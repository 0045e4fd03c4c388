"""Which properties a kind of record has in an account: HubSpot's own and the ones that were added."""

import msgspec

from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.problems import conflict
from hubspot_sandbox.store import Shelf, Store


class CustomProperty(msgspec.Struct, frozen=True):
    """A property that was added to an account."""

    account_id: int
    kind: str
    property: Property


class Properties:
    """The room of property definitions."""

    def __init__(self, store: Store) -> None:
        self._custom = Shelf(store, "property", CustomProperty)
        self._all = self._custom.all()

    def of(self, account_id: int, kind: str) -> dict[str, Property]:
        """Every property of a kind in this account, by name."""
        added = {
            each.property.name: each.property for each in self._all if (each.account_id, each.kind) == (account_id, kind)
        }
        return kind_of(kind).properties | added

    def add(self, account_id: int, kind: str, prop: Property) -> Property:
        """:raises HubSpotProblem: 409 when the name is taken"""
        if prop.name in self.of(account_id, kind):
            raise conflict(f"A property named '{prop.name}' already exists.")
        self._custom.put(f"{account_id}/{kind}/{prop.name}", CustomProperty(account_id, kind, prop))
        self._all = self._custom.all()
        return prop
