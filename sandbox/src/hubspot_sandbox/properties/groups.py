"""Groups of properties: HubSpot's own, which are those that its properties name, and the ones that were added."""

import json
from collections.abc import Callable, Mapping

import msgspec

from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.problems import HubSpotProblem, correlation_id, not_found
from hubspot_sandbox.properties.rules import check_name, wrong
from hubspot_sandbox.store import Shelf, Store

LABELS = {
    "contactinformation": "Contact information",
    "companyinformation": "Company information",
    "dealinformation": "Deal information",
    "ticketinformation": "Ticket information",
    "sales_properties": "Sales properties",
}
Live = Callable[[int, str], Mapping[str, Property]]


class Group(msgspec.Struct, frozen=True):
    """A group of a kind in an account. `display_order` -1 comes after all that have one."""

    account_id: int
    kind: str
    name: str
    label: str
    display_order: int = -1
    archived: bool = False


class GroupHeld(HubSpotProblem):
    """400 for a group that still holds properties, with the error once more as a text in its message (S53)."""

    def body(self) -> dict[str, object]:
        inner = super().body()
        return {"status": "error", "message": json.dumps(inner), "correlationId": correlation_id()}


class Groups:
    """The room of property groups. `live` gives a kind's properties."""

    def __init__(self, store: Store, live: Live) -> None:
        self._groups, self._live = Shelf(store, "property-group", Group), live

    def of(self, account_id: int, kind: str) -> dict[str, Group]:
        """The groups that are there, by name."""
        names = {each.group_name for each in kind_of(kind).properties.values()}
        own = {name: Group(account_id, kind, name, LABELS.get(name, name.capitalize())) for name in sorted(names)}
        added = [each for each in self._groups.all() if (each.account_id, each.kind) == (account_id, kind)]
        return {name: each for name, each in {**own, **{each.name: each for each in added}}.items() if not each.archived}

    def get(self, account_id: int, kind: str, name: str) -> Group:
        """:raises HubSpotProblem: 404; the sentence is ours [unv]"""
        found = self.of(account_id, kind).get(name)
        if found is None:
            raise not_found(f"Property group '{name}' does not exist.")
        return found

    def check(self, account_id: int, kind: str, name: str) -> None:
        """:raises HubSpotProblem: 400 when there is no such group; the text is ours [unv]"""
        if name not in self.of(account_id, kind):
            raise wrong("groupName", "INVALID_GROUP", f"Property group '{name}' does not exist.")

    def create(self, account_id: int, kind: str, name: str, label: str, display_order: int = -1) -> Group:
        """A new group, or an archived one under a new label (S53).

        :raises HubSpotProblem: 400; 409 when there is one of this name, by analogy with properties [unv]
        """
        check_name(name)
        if name in self.of(account_id, kind):
            raise HubSpotProblem(409, f"A property group named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
        return self._put(Group(account_id, kind, name, _checked(label), display_order))

    def update(self, group: Group, label: str | None, display_order: int | None) -> Group:
        """That HubSpot's own groups can be renamed is [unv]."""
        return self._put(
            msgspec.structs.replace(
                group,
                label=group.label if label is None else _checked(label),
                display_order=group.display_order if display_order is None else display_order,
            )
        )

    def archive(self, group: Group) -> None:
        """:raises HubSpotProblem: 400 while a property is in it (S53)"""
        if any(each.group_name == group.name for each in self._live(group.account_id, group.kind).values()):
            raise GroupHeld(
                400,
                "Can't delete or purge a group with active properties",
                "VALIDATION_ERROR",
                sub_category="PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES",
            )
        self._put(msgspec.structs.replace(group, archived=True))

    def _put(self, group: Group) -> Group:
        self._groups.put(f"{group.account_id}/{group.kind}/{group.name}", group)
        return group


def _checked(label: str) -> str:
    if not label.strip():
        raise wrong("label", "REQUIRED_FIELD", "A property group needs a label.")
    return label
