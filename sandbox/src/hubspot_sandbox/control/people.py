"""`/_sandbox/…/people`: who is in an account, and what she may do there."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.control.accounts import Name, check_account
from hubspot_sandbox.control.permission_sets import set_id
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.people import Membership, Person, UnknownPerson
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, conflict, invalid, not_found
from hubspot_sandbox.users.model import ADDRESS, LONGEST_ADDRESS


class PersonWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to put into an account. Of somebody who is known from another account, name and password may be left out.

    `permission_set` is the name of one that is there; `teams` are names, the first is the primary one, and a team that
    is not there is made.
    """

    email: str
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    super_admin: bool = False
    rights: dict[str, str] = {}
    permission_set: str = ""
    teams: tuple[Name, ...] = ()
    active: bool = True
    password: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RightsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rights` replaces all rights; `change` alters some. They count from the next login.

    `permission_set` names the set whose rights count instead, or several, and with an empty text none; `teams` replaces
    all teams.
    """

    account_id: int
    rights: dict[str, str] | None = None
    change: dict[str, str] = {}
    super_admin: bool | None = None
    active: bool | None = None
    permission_set: str | tuple[Name, ...] | None = None
    teams: tuple[Name, ...] | None = None


def member_json(portal: Portal, member: Membership) -> Body:
    """All saved of a person in an account, rights included, which HubSpot's API never tells."""
    person = portal.people.person(member.email)
    under = (portal.people.permission_set(member.account_id, each) for each in member.set_ids)
    teams = (portal.people.team(member.account_id, each) for each in member.team_ids)
    return {
        "account_id": member.account_id,
        "email": member.email,
        "name": person.name if person else "",
        "user_id": member.user_id,
        "owner_id": member.owner_id,
        "super_admin": member.super_admin,
        "active": member.active,
        "rights": member.rights,
        "permission_set": ", ".join(each.name for each in under if each),
        "teams": [each.name for each in teams if each],
    }


@get("/accounts/{account_id:int}/people")
async def list_people(portal: ThePortal, account_id: FromPath[int]) -> list[Body]:
    """Everybody in an account, with all that is saved of them."""
    check_account(portal, account_id)
    return [member_json(portal, each) for each in portal.people.members(account_id)]


@post("/accounts/{account_id:int}/people", status_code=201)
async def add_person(request: Call, portal: ThePortal, account_id: FromPath[int]) -> Body:
    """Put somebody into an account: `email`, `name`, `super_admin`, `rights`, `permission_set`, `teams`, `password`."""
    check_account(portal, account_id)
    wish = read_body(await request.body(), PersonWish)
    email = _address(wish.email)
    if portal.people.membership(account_id, email):
        raise conflict(f"{email} is in account {account_id} already; change her by POST /_sandbox/people/{email}/rights")
    try:
        with portal.store.transaction():
            return member_json(portal, _join(portal, account_id, email, wish))
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong


def _join(portal: Portal, account_id: int, email: str, wish: PersonWish) -> Membership:
    known = portal.people.person(email) or Person(email, email.partition("@")[0].title(), "")
    first, _, last = wish.name.strip().partition(" ")
    named = msgspec.structs.replace(known, first_name=first, last_name=last.strip()) if first else known
    portal.people.add_person(msgspec.structs.replace(named, password=wish.password or known.password))
    return portal.people.add_member(
        account_id,
        email,
        rights=wish.rights,
        super_admin=wish.super_admin,
        active=wish.active,
        permission_set_id=set_id(portal, account_id, wish.permission_set),
        team_ids=_team_ids(portal, account_id, wish.teams),
    )


@delete("/accounts/{account_id:int}/people/{email:str}", status_code=204)
async def remove_person(portal: ThePortal, account_id: FromPath[int], email: FromPath[str]) -> None:
    """Take somebody out of an account; 404 when she is not in it."""
    try:
        portal.people.remove_member(account_id, email)
    except UnknownPerson as unknown:
        raise not_found(str(unknown)) from unknown


@post("/people/{email:str}/rights", status_code=200)
async def set_rights(request: Call, portal: ThePortal, email: FromPath[str]) -> Body:
    """Save rights, permission set, teams as an administrator would; answers with all that is saved then."""
    wish = read_body(await request.body(), RightsWish)
    try:
        with portal.store.transaction():
            return member_json(portal, _apply(portal, email, wish))
    except UnknownPerson as unknown:
        raise not_found(str(unknown)) from unknown
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong


def _apply(portal: Portal, email: str, wish: RightsWish) -> Membership:
    people, account_id = portal.people, wish.account_id
    known = people.membership(account_id, email)
    rights = (known.rights if known else {}) if wish.rights is None else wish.rights
    member = people.set_rights(account_id, email, rights | wish.change)
    if wish.super_admin is not None:
        member = people.set_super_admin(account_id, email, wish.super_admin)
    if wish.active is not None:
        member = people.set_active(account_id, email, wish.active)
    if wish.permission_set is not None:
        names = (wish.permission_set,) if isinstance(wish.permission_set, str) else wish.permission_set
        ids = tuple(set_id(portal, account_id, each) for each in names)
        member = people.assign_permission_set(account_id, email, *ids)
    if wish.teams is not None:
        ids = _team_ids(portal, account_id, wish.teams)
        member = people.set_teams(account_id, email, next(iter(ids), 0), ids[1:])
    return member


def _team_ids(portal: Portal, account_id: int, names: Iterable[str]) -> tuple[int, ...]:
    """Of these teams, which are made when they are not there."""
    known = {each.name: each.id for each in portal.people.teams(account_id)}
    wanted = dict.fromkeys(name.strip() for name in names)
    return tuple(known.get(name) or portal.people.save_team(account_id, name).id for name in wanted)


def _address(text: str) -> str:
    """:raises HubSpotProblem: 400 for what is no e-mail address"""
    if len(text) > LONGEST_ADDRESS or not ADDRESS.fullmatch(text) or "/" in text:
        raise invalid(f"{text[:80]!r} is not an e-mail address")
    return text.lower()


HANDLERS = [list_people, add_person, remove_person, set_rights]
