"""Which records a person may view and edit on the pages, by the rights she had at login (see `sight.py`)."""

import msgspec

from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.pages.errors import PageProblem
from hubspot_sandbox.pages.visitor import Member
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Record
from hubspot_sandbox.search import MAX_RESULTS, Filter, FilterGroup, Found, Search, Sort
from hubspot_sandbox.sight import Sight, Verb, sight

PAGE_SIZE = 25
MAX_QUERY = 200
LAST_PAGE = MAX_RESULTS // PAGE_SIZE
OWNER = "hubspot_owner_id"


class View(msgspec.Struct, frozen=True):
    """What a list page asks for. `sort` is a property, with `-` before it for descending."""

    query: str = ""
    page: int = 1
    mine: bool = False
    sort: str = ""


def reach(portal: Portal, member: Member, kind: str, verb: Verb = "view") -> Sight:
    """The records of a kind that she may view (or edit)."""
    mates = portal.people.team_owner_ids(member.membership)
    return sight(member.standing, kind_of(kind).right, verb, str(member.membership.owner_id), mates)


def list_records(portal: Portal, member: Member, kind: str, view: View) -> Found:
    """One page of the records she may see.

    :raises PageProblem: 403 when she may see none of this kind
    """
    seen = reach(portal, member, kind)
    if seen.nothing:
        detail = f"Your user may not view {kind}. An administrator can change that in Settings > Users & Teams."
        raise PageProblem(403, f"You don't have access to {kind}", detail, member=member)
    mine = FilterGroup((Filter(OWNER, "EQ", str(member.membership.owner_id)),))
    search = Search(
        query=view.query,
        filter_groups=(mine,) if view.mine else (),
        sorts=_sorts(view.sort),
        limit=PAGE_SIZE,
        after=(view.page - 1) * PAGE_SIZE,
    )
    return portal.records.search(member.account.id, kind, search, delayed=False, sight=seen)


def _sorts(name: str) -> tuple[Sort, ...]:
    direction = "DESCENDING" if name.startswith("-") else "ASCENDING"
    return (Sort(name.removeprefix("-"), direction),) if name else ()


def may_see(portal: Portal, member: Member, record: Record) -> bool:
    """Whether her View right covers this record, by its owner."""
    return reach(portal, member, record.kind).covers(record.get(OWNER))


def may_change(portal: Portal, member: Member, record: Record) -> bool:
    """Whether she may view and edit this record."""
    return may_see(portal, member, record) and reach(portal, member, record.kind, "edit").covers(record.get(OWNER))


def may_create(portal: Portal, member: Member, kind: str) -> bool:
    """[inf] A new record needs the same rights as a change of one."""
    return not reach(portal, member, kind).nothing and not reach(portal, member, kind, "edit").nothing
