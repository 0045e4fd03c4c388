"""User provisioning: who is in an account, under which permission set and in which teams, decided by a program (S46).

A *role* of the API is a permission set. What is changed here counts for the person from her next login, as what is
changed by hand (S34). Nobody becomes Super Admin here: no request has the field, and one that has it anyway is read
without it [inf]. Super Admins cannot be changed or removed [comm: https://github.com/aptitude8-team/User-Provisioning];
status and texts of refusals are [unv].
"""

import re

import msgspec
from msgspec import UNSET, UnsetType

from hubspot_sandbox.access import Access
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.people import Membership, Person
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem, conflict, invalid, not_found, person_refused

NEWCOMER = {"contacts.view": "own"}
"""HubSpot says *minimal permissions, which is contacts-base*; what these are here is [inf]."""
BILLING_SCOPES = ("billing-write", "settings.billing.write")
"""The guide says the first, the list of scopes has the second."""
WRITE_SCOPES = ("settings.users.write", "crm.objects.users.write")
ADDRESS = re.compile(r"[\w.!#$%&'*+=?^`{|}~-]{1,64}@[a-z\d-]+(\.[a-z\d-]+)+", re.ASCII | re.IGNORECASE)
LONGEST_ADDRESS = 254
Id = str | int | None


class NewUser(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a create. `sendWelcomeEmail` is called required in the newest documentation, and is not so here."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    role_id: Id = None
    primary_team_id: Id = None
    secondary_team_ids: tuple[str | int, ...] | None = None
    send_welcome_email: bool | None = None


class UserChange(msgspec.Struct, frozen=True, rename="camel"):
    """The body of an update. What is not named stays; null or an empty text takes role or team away [inf]."""

    first_name: str | None = None
    last_name: str | None = None
    role_id: Id | UnsetType = UNSET
    primary_team_id: Id | UnsetType = UNSET
    secondary_team_ids: tuple[str | int, ...] | UnsetType | None = UNSET


def require_manager(portal: Portal, access: Access) -> None:
    """The scope, and for a user-level app the person's right to add and edit users [inf].

    :raises HubSpotProblem: 403
    """
    access.require(*WRITE_SCOPES)
    member = portal.people.membership(access.account_id, access.token.email) if access.user_level else None
    may = member is not None and member.active and portal.people.standing_of(member).has("users.edit")
    if access.user_level and not may:
        raise person_refused()


def active_users(portal: Portal, account_id: int) -> list[Membership]:
    """By ascending user id. Deactivated people are not listed [unv]."""
    members = (each for each in portal.people.members(account_id) if each.active)
    return sorted(members, key=lambda member: member.user_id)


def find(portal: Portal, account_id: int, user_id: str, by: str) -> Membership:
    """By user id, or by e-mail address when `by` is EMAIL.

    :raises HubSpotProblem: 404; 400 for another `by`
    """
    if by not in ("USER_ID", "EMAIL"):
        raise invalid(f"Invalid idProperty {by}. Valid values are USER_ID and EMAIL.")
    for member in active_users(portal, account_id):
        if user_id.lower() == (member.email if by == "EMAIL" else str(member.user_id)):
            return member
    raise not_found(f"User {user_id} not found")


def add(portal: Portal, access: Access, given: NewUser) -> Membership:
    """Put somebody into the account. A deactivated user comes back as she was, with what is asked for now [inf].

    :raises HubSpotProblem: 409 when she is there already; 400 for what is no address, an unknown role or team
    """
    account_id, email = access.account_id, _address(given.email)
    change = UserChange(
        role_id=UNSET if given.role_id is None else given.role_id,
        primary_team_id=UNSET if given.primary_team_id is None else given.primary_team_id,
        secondary_team_ids=UNSET if given.secondary_team_ids is None else given.secondary_team_ids,
    )
    with portal.store.transaction():
        _join(portal, account_id, email, given)
        made = _settle(portal, access, email, change)
    if given.send_welcome_email:
        portal.notices.tell(account_id, (email,), f"You've been invited to {access.account.name}")
    return made


def _join(portal: Portal, account_id: int, email: str, given: NewUser) -> None:
    known = portal.people.membership(account_id, email)
    if known and known.active:
        raise conflict(f"User already exists. Existing ID: {known.user_id}")
    if known:
        portal.people.set_active(account_id, email, True)
        return
    if portal.people.person(email) is None:
        portal.people.add_person(Person(email, given.first_name or "", given.last_name or ""))
    portal.people.add_member(account_id, email, rights=NEWCOMER)


def change(portal: Portal, access: Access, member: Membership, given: UserChange) -> Membership:
    """Another name, role or teams.

    :raises HubSpotProblem: 400 for a Super Admin, an unknown role or team
    """
    _refuse_super_admin(member)
    with portal.store.transaction():
        person = portal.people.person(member.email)
        if person and (given.first_name is not None or given.last_name is not None):
            names = (given.first_name, person.first_name), (given.last_name, person.last_name)
            portal.people.rename(person.email, *(old if new is None else new for new, old in names))
        return _settle(portal, access, member.email, given)


def remove(portal: Portal, access: Access, member: Membership) -> None:
    """Take somebody out of the account.

    :raises HubSpotProblem: 400 for a Super Admin, and for the person behind the token [inf]
    """
    _refuse_super_admin(member)
    if member.email == access.token.email:
        raise invalid("You cannot remove yourself from the account.")
    _check_seats(portal, access, *member.set_ids)
    portal.people.remove_member(access.account_id, member.email)


def _settle(portal: Portal, access: Access, email: str, given: UserChange) -> Membership:
    """Role and teams as asked for."""
    account_id = access.account_id
    member = find(portal, account_id, email, "EMAIL")
    if given.role_id is not UNSET:
        wanted = _known(portal, access, "role", given.role_id)
        if wanted != member.permission_set_id or member.more_set_ids:
            _check_seats(portal, access, *({wanted} ^ set(member.set_ids)))
            member = portal.people.assign_permission_set(account_id, email, wanted)
    primary = member.primary_team_id
    if given.primary_team_id is not UNSET:
        primary = _known(portal, access, "team", given.primary_team_id)
    others = member.secondary_team_ids
    if given.secondary_team_ids is not UNSET:
        others = tuple(_known(portal, access, "team", each) for each in given.secondary_team_ids or ())
    return portal.people.set_teams(account_id, email, primary, tuple(dict.fromkeys(each for each in others if each)))


def _known(portal: Portal, access: Access, what: str, given: Id) -> int:
    """The number of a role or team of this account; 0 for none.

    :raises HubSpotProblem: 400
    """
    if given in (None, ""):
        return 0
    look_up = portal.people.permission_set if what == "role" else portal.people.team
    found = look_up(access.account_id, int(given)) if is_id(str(given)) else None
    if found is None:
        raise invalid(f"There is no {what} with id {given} in this account.", None, **{f"{what}Id": [str(given)]})
    return found.id


def _check_seats(portal: Portal, access: Access, *set_ids: int) -> None:
    """Only apps that may write billing handle permission sets with paid seats (S46); that it is 400 is [comm].

    :raises HubSpotProblem: 400
    """
    if set(BILLING_SCOPES) & set(access.token.scopes):
        return
    for found in (portal.people.permission_set(access.account_id, each) for each in set_ids):
        if found and found.paid_seats:
            message = f"The role {found.name} has paid seats, so that the scope {BILLING_SCOPES[0]} is required."
            raise HubSpotProblem(400, message, "VALIDATION_ERROR", context={"requiredScopes": [BILLING_SCOPES[0]]})


def _refuse_super_admin(member: Membership) -> None:
    if member.super_admin:
        raise invalid("Super Admins cannot be changed or removed with this API.", userId=[str(member.user_id)])


def _address(text: str) -> str:
    """:raises HubSpotProblem: 400 for what is no e-mail address"""
    address = text.strip().lower()
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise invalid(f"Email address {text} is invalid", email=[text])
    return address
