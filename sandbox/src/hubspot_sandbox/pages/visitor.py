"""Who is looking at a page, and in which account."""

import hashlib
from urllib.parse import quote

import msgspec
from litestar import Request
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.people import Account, Membership, Person, Session, Standing
from hubspot_sandbox.portal import Portal

COOKIE = "hubspot_sandbox_session"
Call = Request[None, None, State]


class Visitor(msgspec.Struct, frozen=True):
    """Somebody who is logged in. `accounts` are those she may enter."""

    session: Session
    person: Person
    accounts: list[Account]

    @property
    def csrf(self) -> str:
        """What every form must send back. Derived from the secret session id, so nothing is stored."""
        return hashlib.sha256(f"form:{self.session.id}".encode()).hexdigest()


class Member(msgspec.Struct, frozen=True):
    """A visitor inside one account. `standing` is what counts for her since she logged in."""

    visitor: Visitor
    account: Account
    membership: Membership
    standing: Standing
    manages_users: bool
    manages_super_admins: bool

    @property
    def session(self) -> Session:
        return self.visitor.session

    @property
    def home(self) -> str:
        return home_of(self.account)


TheVisitor = NamedDependency[Visitor]
TheMember = NamedDependency[Member]


class LogInFirst(Exception):
    """Nobody is logged in; `url` is where to go back to."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class NoSuchAccount(Exception):
    """There is no such account, or this visitor is not a user of it: told in the same words."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__("no access to this account")
        self.visitor = visitor


def home_of(account: Account) -> str:
    """Where an account begins: All contacts."""
    return f"/contacts/{account.id}/objects/0-1/views/all/list"


def find_visitor(request: Call, portal: Portal) -> Visitor | None:
    """Whose cookie this is; None for nobody, or somebody a reset has forgotten."""
    session = portal.session(request.cookies.get(COOKIE))
    person = portal.people.person(session.email) if session else None
    if session is None or person is None:
        return None
    return Visitor(session, person, portal.accounts_of(session))


async def provide_portal(state: State) -> Portal:
    """The pages' own, so that they do not lean on what the API's routes are given."""
    portal: Portal = state.portal
    return portal


async def provide_visitor(request: Call, portal: ThePortal) -> Visitor:
    """:raises LogInFirst:"""
    found = find_visitor(request, portal)
    if found is None:
        raise LogInFirst(log_in_address(local_address(request)))
    return found


async def provide_member(visitor: TheVisitor, portal: ThePortal, hub: FromPath[int]) -> Member:
    """:raises NoSuchAccount:"""
    return enter(visitor, portal, hub)


def enter(visitor: Visitor, portal: Portal, hub: int) -> Member:
    """The visitor in this account.

    :raises NoSuchAccount:
    """
    account = next((each for each in visitor.accounts if each.id == hub), None)
    membership = portal.people.membership(hub, visitor.person.email)
    standing = portal.people.standing(visitor.session, hub)
    if account is None or membership is None or standing is None:
        raise NoSuchAccount(visitor)
    return Member(
        visitor=visitor,
        account=account,
        membership=membership,
        standing=standing,
        manages_users=portal.may_manage_users(visitor.session, hub),
        manages_super_admins=portal.may_manage_super_admins(visitor.session, hub),
    )


def local_address(request: Call) -> str:
    """The path and query of this request, as it was asked."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def log_in_address(back_to: str) -> str:
    return f"/login?next={quote(back_to, safe='')}"


def is_local(url: str) -> bool:
    """Whether a redirect there stays here: one slash at the start, nothing that browsers read as another host."""
    plain = url.isprintable() and url.isascii() and "\\" not in url
    return plain and url.startswith("/") and not url.startswith("//")


def session_cookie(session_id: str) -> Cookie:
    """The cookie of a login; an empty id removes it."""
    return Cookie(
        key=COOKIE,
        value=session_id,
        path="/",
        httponly=True,
        samesite="lax",
        max_age=None if session_id else 0,
    )
