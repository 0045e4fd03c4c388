"""A segment's filter definition as one SQL condition on our records."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from hubspot_sandbox.lists.branches import Association, Branch, Filters, InListFilter, PropertyFilter, every_filter, wrong
from hubspot_sandbox.lists.operations import MOVING, compile_property, operation_type
from hubspot_sandbox.search import Statement, Where

MembersOf = Callable[[Where, str], Statement]
"""The condition that a record is in a segment, by id."""


class World(msgspec.Struct, frozen=True):
    """What a definition is compiled against: the time, the kinds' records, other segments."""

    now: datetime
    where: Callable[[str], Where]
    members_of: MembersOf


def compile_branches(world: World, kind: str, branches: Iterable[Branch]) -> Statement:
    """The condition that holds for the members, without the shelf.

    :raises HubSpotProblem: 400 for properties, operations or segments that do not fit
    """
    return _joined(" OR ", [_and(world, kind, each) for each in branches])


def _and(world: World, kind: str, branch: Branch) -> Statement:
    """Without any filter everything is let in, as nothing fails [inf]."""
    where = world.where(kind)
    tied = [_associated(world, where, association, filters) for association, filters in branch.associated]
    return _joined(" AND ", [*_filters(world, where, branch.filters), *tied])


def _filters(world: World, where: Where, filters: Filters) -> list[Statement]:
    return [_filter(world, where, each) for each in filters]


def _filter(world: World, where: Where, each: PropertyFilter | InListFilter) -> Statement:
    if isinstance(each, PropertyFilter):
        return compile_property(where, each, world.now)
    return _turned(world.members_of(where, str(each.list_id)), each.operator)


def _turned(condition: Statement, operator: str) -> Statement:
    if operator not in ("IN_LIST", "NOT_IN_LIST"):
        raise wrong(f"operator {operator} is not one of IN_LIST, NOT_IN_LIST.")
    return Statement(f"{'NOT ' if operator == 'NOT_IN_LIST' else ''}({condition.sql})", condition.parameters)


def _associated(world: World, where: Where, association: Association, filters: Filters) -> Statement:
    """Tied by the type to a record that passes all the filters."""
    other = world.where(association.object_type_id)
    passing = _joined(" AND ", _filters(world, other, filters))
    others = f"SELECT key FROM records WHERE shelf = ? AND archived_at IS NULL AND ({passing.sql})"  # noqa: S608
    tied = "account = ? AND from_type = ? AND to_type = ? AND type_id = ?"
    sql = f"records.key IN (SELECT ? | from_id FROM associations WHERE {tied} AND (? | to_id) IN ({others}))"  # noqa: S608
    names = (where.account_id, where.kind.name, other.kind.name, association.association_type_id)
    parameters = (where.shelf.first_key, *names, other.shelf.first_key, other.shelf.number, *passing.parameters)
    return _turned(Statement(sql, parameters), association.operator)


def _joined(word: str, pieces: list[Statement]) -> Statement:
    sql = word.join(f"({each.sql})" for each in pieces) or "1"
    return Statement(sql, tuple(each for piece in pieces for each in piece.parameters))


def moves(branches: list[Branch]) -> bool:
    """Whether the time alone changes who is in it; of other segments it is assumed."""
    found = (each for _, each in every_filter(branches))
    return any(isinstance(each, InListFilter) or operation_type(each.operation) in MOVING for each in found)
