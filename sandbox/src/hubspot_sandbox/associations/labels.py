"""Association labels that an account makes, and the limits it sets, beside HubSpot's own types (S44).

Rules of names and labels: https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-schema/guide
HubSpot numbers labels from low on, so that a number may mean two things in two categories; here it never does [inf].
"""

import re

import msgspec

from hubspot_sandbox.associations.types import TYPES, AssociationType
from hubspot_sandbox.problems import conflict, invalid, not_found
from hubspot_sandbox.store import Shelf, Store

FIRST_ID = 5001
MOST_LABELS = 10
"""Labels between two kinds of records (documented); a pair of labels counts once [inf]."""
NAME = re.compile(r"[^\d\s-][^\s-]*")
"""No hyphen and no number in front (documented); nor blanks [inf]."""


class Limit(msgspec.Struct, frozen=True):
    """At most so many ties of this type for one record."""

    account_id: int
    type_id: int
    most: int


class Labels:
    """The room of association types: HubSpot's, and those of single accounts with their limits."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made = Shelf(store, "association-label", AssociationType)
        self._limits = Shelf(store, "association-limit", Limit)

    def find(self, account_id: int, type_id: int) -> AssociationType | None:
        """A type by its number, as this account sees it."""
        return TYPES.get(type_id) or (self._made.get(f"{account_id}/{type_id}") if type_id >= FIRST_ID else None)

    def name(self, account_id: int, type_id: int) -> str:
        """What version 3 calls a type; of a label the name that it was given [unv]."""
        found = self.find(account_id, type_id)
        return found.name if found else f"label_{type_id}"

    def between(self, account_id: int, from_kind: str, to_kind: str) -> list[AssociationType]:
        """All types from one kind to another, HubSpot's first."""
        known = [*TYPES.values(), *(each for each in self._made.all() if each.account_id == account_id)]
        fitting = [each for each in known if (each.from_kind, each.to_kind) == (from_kind, to_kind)]
        return sorted(fitting, key=lambda each: each.type_id)

    def make(
        self, account_id: int, from_kind: str, to_kind: str, *, name: str, label: str, inverse: str | None
    ) -> list[AssociationType]:
        """A label, or with `inverse` a pair of labels; the new types, the one that leads back first, as documented.

        :raises HubSpotProblem: 400 for a bad name or label or too many, 409 for a taken name or label; texts are [unv]
        """
        self._check(account_id, from_kind, to_kind, name, label, inverse)
        there = self._store.next_number("association-label", FIRST_ID)
        symmetric = from_kind == to_kind and inverse is None
        back = there if symmetric else self._store.next_number("association-label", FIRST_ID)
        made = AssociationType(there, from_kind, to_kind, back, label.strip(), "USER_DEFINED", name, False, account_id)
        self._save(made)
        if symmetric:
            return [made]
        other = AssociationType(
            back, to_kind, from_kind, there, (inverse or label).strip(), "USER_DEFINED", name, False, account_id
        )
        return [self._save(other), made]

    def _check(self, account_id: int, from_kind: str, to_kind: str, name: str, label: str, inverse: str | None) -> None:
        if not NAME.fullmatch(name):
            raise invalid("The name of an association label has no hyphen or blank and does not begin with a number.")
        for text in (label, inverse):
            if text is not None and not text.strip():
                raise invalid("An association label cannot be blank.")
        known = self._made_between(account_id, from_kind, to_kind)
        if len({each.name for each in known}) >= MOST_LABELS:
            raise invalid(f"There are {MOST_LABELS} association labels between these objects, which is the limit.")
        if name in {each.name for each in known}:
            raise conflict(f"An association label with the name {name} already exists.")
        self._check_free(account_id, from_kind, to_kind, label)

    def _check_free(self, account_id: int, from_kind: str, to_kind: str, label: str, own: int = 0) -> None:
        known = self.between(account_id, from_kind, to_kind)
        taken = {(each.label or "").casefold() for each in known if each.type_id != own}
        if label.strip().casefold() in taken:
            raise conflict(f"An association label {label.strip()} already exists.")

    def _made_between(self, account_id: int, from_kind: str, to_kind: str) -> list[AssociationType]:
        found = self.between(account_id, from_kind, to_kind)
        return [each for each in found if each.category == "USER_DEFINED"]

    def _save(self, made: AssociationType) -> AssociationType:
        self._made.put(f"{made.account_id}/{made.type_id}", made)
        return made

    def rename(self, own: AssociationType, label: str, inverse: str | None) -> None:
        """Another label; one that is for both sides changes on both. Name and number never change.

        :raises HubSpotProblem: 400 for a blank one, 409 for a taken one
        """
        back = self.find(own.account_id, own.reverse) or own
        both = back.label == own.label
        for each, text in ((own, label), (back, inverse or (label if both else back.label or ""))):
            if not text.strip():
                raise invalid("An association label cannot be blank.")
            if each is own or back.type_id != own.type_id:
                self._check_free(own.account_id, each.from_kind, each.to_kind, text, each.type_id)
                self._save(msgspec.structs.replace(each, label=text.strip()))

    def own(self, account_id: int, from_kind: str, to_kind: str, type_id: int) -> AssociationType:
        """A label that the account made between these kinds.

        :raises HubSpotProblem: 404; 400 for one of HubSpot's own; texts are [unv]
        """
        found = self.find(account_id, type_id)
        if found is None or (found.from_kind, found.to_kind) != (from_kind, to_kind):
            raise not_found(f"There is no association label {type_id} between these objects.")
        if found.category != "USER_DEFINED":
            raise invalid(f"Association type {type_id} is HubSpot's own and cannot be changed or deleted.")
        return found

    def remove(self, made: AssociationType) -> None:
        """Both directions are gone, and their limits. Whether it is in use was asked before."""
        for number in (made.type_id, made.reverse):
            self._made.remove(f"{made.account_id}/{number}")
            self.purge(made.account_id, number)

    # limits -------------------------------------------------------------------------------------------

    def limit(self, account_id: int, type_id: int) -> int:
        """How many ties of this type a record may have; 0 for any number."""
        found = self._limits.get(f"{account_id}/{type_id}")
        return found.most if found else 0

    def limited(self, account_id: int) -> list[tuple[AssociationType, int]]:
        """The account's limits with their types."""
        limits = sorted(
            (each for each in self._limits.all() if each.account_id == account_id), key=lambda one: one.type_id
        )
        found = ((self.find(account_id, each.type_id), each.most) for each in limits)
        return [(known, most) for known, most in found if known]

    def set_limit(self, account_id: int, limited: AssociationType, most: int) -> None:
        """A label's limit is at most that of the objects, if there is one (documented); texts are [unv].

        :raises HubSpotProblem: 400
        """
        if most < 1:
            raise invalid("maxToObjectIds must be 1 or more.")
        for other in self.between(account_id, limited.from_kind, limited.to_kind):
            known = self.limit(account_id, other.type_id)
            if known and limited.label is not None and other.label is None and most > known:
                raise invalid(f"The limit of a label must be between 1 and {known}, the limit of the objects.")
            if known and limited.label is None and other.label is not None and most < known:
                raise invalid(f"The limit of the objects must be {known} or more, the limit of a label.")
        self._limits.put(f"{account_id}/{limited.type_id}", Limit(account_id, limited.type_id, most))

    def purge(self, account_id: int, type_id: int) -> None:
        self._limits.remove(f"{account_id}/{type_id}")
