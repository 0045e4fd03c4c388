"""Owners of records: who they are, and who is in a team with whom. Pure.

https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from offhook.hubspot.rate import Urgency
from offhook.hubspot.wire import OWNERS, Paging, Request, with_query

# HubSpot's largest page of owners.
PAGE = 500


class Person(Struct, frozen=True):
    """An owner and the ids of her teams. Who was deactivated is not listed."""

    id: str
    name: str
    teams: tuple[str, ...] = ()


class Page(Struct, frozen=True):
    """Some owners, and where the next begin."""

    owners: tuple[Person, ...]
    after: str | None


class _Team(Struct):
    id: str


class _Owner(Struct, rename="camel"):
    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    teams: tuple[_Team, ...] = ()


class _Owners(Struct):
    results: tuple[_Owner, ...] = ()
    paging: Paging = Paging()


def page_of_owners(after: str | None = None) -> Request[Page]:
    query = {"limit": str(PAGE)} | ({"after": after} if after else {})
    return Request("GET", with_query(OWNERS, **query), _page, urgency=Urgency.LATER)


def _page(body: bytes) -> Page:
    given = msgspec.json.decode(body, type=_Owners, strict=False)
    return Page(tuple(_person(each) for each in given.results), given.paging.next.after)


def _person(owner: _Owner) -> Person:
    name = f"{owner.first_name or ''} {owner.last_name or ''}".strip()
    return Person(owner.id, name or owner.email or "", tuple(team.id for team in owner.teams))


def mates(owners: Iterable[Person]) -> Mapping[str, tuple[str, ...]]:
    """Owner → the owners of her teams, she among them; alone when she is in none."""
    everybody = tuple(owners)
    members: defaultdict[str, set[str]] = defaultdict(set)
    for owner in everybody:
        for team in owner.teams:
            members[team].add(owner.id)
    return {each.id: tuple(sorted({each.id}.union(*(members[team] for team in each.teams)))) for each in everybody}
