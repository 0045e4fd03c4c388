"""HubSpot's own association types: numbers, directions, labels (facts 3.4, S44). Data only."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Category = Literal["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK"]


class AssociationType(msgspec.Struct, frozen=True):
    """A directed type: HubSpot's own, of every account (`account_id` 0), or a label that an account made.

    A labelled tie always comes with the unlabelled one. A record has at most one tie of a `single` type. `reverse` is
    the type that leads back; with a label for both sides between records of one kind it is the type itself. `name` is
    what version 3 and `associations` of a record call it.
    """

    type_id: int
    from_kind: str
    to_kind: str
    reverse: int
    label: str | None = None
    category: Category = "HUBSPOT_DEFINED"
    name: str = ""
    single: bool = False
    account_id: int = 0


_PAIRS = (
    ("contacts", "companies", 279, 280),
    ("contacts", "deals", 4, 3),
    ("contacts", "tickets", 15, 16),
    ("companies", "deals", 342, 341),
    ("companies", "tickets", 340, 339),
    ("deals", "tickets", 27, 28),
    ("calls", "contacts", 194, 193),
    ("calls", "companies", 182, 181),
    ("calls", "deals", 206, 205),
    ("calls", "tickets", 220, 219),
    ("notes", "contacts", 202, 201),
    ("notes", "companies", 190, 189),
    ("notes", "deals", 214, 213),
    ("notes", "tickets", 228, 227),
    ("tasks", "contacts", 204, 203),
    ("tasks", "companies", 192, 191),
    ("tasks", "deals", 216, 215),
    ("tasks", "tickets", 230, 229),
)
"""The default types of each pair of kinds, there and back (S44)."""
_SAME_KIND = (("contacts", 449), ("companies", 450), ("deals", 451), ("tickets", 452))
_PRIMARY = (("contacts", "companies", 1, 2), ("deals", "companies", 5, 6), ("tickets", "companies", 26, 25))
_FAMILY = (
    AssociationType(14, "companies", "companies", 13, "Parent Company", name="child_to_parent_company", single=True),
    AssociationType(13, "companies", "companies", 14, "Child Company", name="parent_to_child_company"),
)
"""The numbers are documented, the labels [unv]; that a company has one parent is [inf]."""


def _both_ways(pairs: Iterable[tuple[str, str, int, int]]) -> Iterator[AssociationType]:
    for one, other, there, back in pairs:
        yield AssociationType(there, one, other, back)
        yield AssociationType(back, other, one, there)


def _primary() -> Iterator[AssociationType]:
    """A contact, deal or ticket has one primary company."""
    for one, other, there, back in _PRIMARY:
        yield AssociationType(there, one, other, back, "Primary", single=True)
        yield AssociationType(back, other, one, there, "Primary")


def _named(each: AssociationType) -> AssociationType:
    """`contact_to_company` is the primary one; the one beside it has `_unlabeled` at its end."""
    name = f"{_singular(each.from_kind)}_to_{_singular(each.to_kind)}"
    beside_primary = each.label is None and any({each.from_kind, each.to_kind} == set(pair[:2]) for pair in _PRIMARY)
    return msgspec.structs.replace(each, name=each.name or (f"{name}_unlabeled" if beside_primary else name))


def _singular(kind: str) -> str:
    return kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind.removesuffix("s")


_TYPES = tuple(
    _named(each)
    for each in (
        *_both_ways(_PAIRS),
        *(AssociationType(number, kind, kind, number) for kind, number in _SAME_KIND),
        *_primary(),
        *_FAMILY,
    )
)
TYPES = {each.type_id: each for each in _TYPES}
PRIMARY_COMPANY = 1
DEFAULTS = {(each.from_kind, each.to_kind): each.type_id for each in _TYPES if each.label is None}
