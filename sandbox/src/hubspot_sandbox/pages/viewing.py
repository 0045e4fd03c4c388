"""Which records a person may see on the pages, by the View right she had at login.

*Team* is read as *own*: teams are not modelled yet, and in HubSpot somebody without a team sees her own.
"""

import msgspec

from hubspot_sandbox import rights
from hubspot_sandbox.pages.errors import PageProblem
from hubspot_sandbox.pages.visitor import Member
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.records import Found, Record
from hubspot_sandbox.search import MAX_RESULTS, Filter, FilterGroup, Search

PAGE_SIZE = 25
MAX_QUERY = 200
LAST_PAGE = MAX_RESULTS // PAGE_SIZE
OWNER = "hubspot_owner_id"


class View(msgspec.Struct, frozen=True):
    """What a list page asks for."""

    query: str = ""
    page: int = 1
    mine: bool = False


def list_records(portal: Portal, member: Member, kind: str, view: View) -> Found:
    """One page of the records she may see.

    :raises PageProblem: 403 when she may see none of this kind
    """
    search = Search(
        query=view.query,
        filter_groups=_only_own(member) if view.mine else _visible(member, kind),
        limit=PAGE_SIZE,
        after=(view.page - 1) * PAGE_SIZE,
    )
    return portal.records.search(member.account.id, kind, search, delayed=False)


def may_see(member: Member, record: Record) -> bool:
    """Whether her View right covers this record, by its owner."""
    level, unassigned = _level(member, record.kind)
    owner = record.get(OWNER)
    if level == "all":
        return True
    return level != "none" and (owner == str(member.membership.owner_id) or (unassigned and not owner))


def _visible(member: Member, kind: str) -> tuple[FilterGroup, ...]:
    level, unassigned = _level(member, kind)
    if level == "none":
        detail = f"Your user may not view {kind}. An administrator can change that in Settings > Users & Teams."
        raise PageProblem(403, f"You don't have access to {kind}", detail, member=member)
    if level == "all":
        return ()
    without_owner = FilterGroup((Filter(OWNER, "NOT_HAS_PROPERTY"),))
    return (*_only_own(member), without_owner) if unassigned else _only_own(member)


def _only_own(member: Member) -> tuple[FilterGroup, ...]:
    return (FilterGroup((Filter(OWNER, "EQ", str(member.membership.owner_id)),)),)


def _level(member: Member, kind: str) -> tuple[str, bool]:
    """The View level for a kind of record, and whether records without owner count too."""
    if member.standing.super_admin:
        return "all", True
    held = member.standing.rights
    return rights.value_of(held, f"{kind}.view"), rights.value_of(held, f"{kind}.view.unassigned") == "on"
