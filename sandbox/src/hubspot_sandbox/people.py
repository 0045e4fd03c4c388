"""Accounts, people, memberships with their rights, and browser sessions.

A session takes a snapshot of the person's rights when she logs in. What an administrator changes later is
saved at once and shown in Users & Teams, but counts for her only from her next login (HubSpot's rule: facts
2.2, S34).
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from hubspot_sandbox import rights as catalogue
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.store import Shelf, Store

Tier = Literal["free", "starter", "professional", "enterprise"]
AccountType = Literal["STANDARD", "DEVELOPER_TEST", "SANDBOX", "APP_DEVELOPER"]


class Account(msgspec.Struct, frozen=True):
    """A HubSpot account (portal). `id` is the hub id; `ui_domain` empty means the sandbox's own address."""

    id: int
    name: str
    domain: str
    tier: Tier = "professional"
    time_zone: str = "Europe/Dublin"
    currency: str = "EUR"
    account_type: AccountType = "STANDARD"
    ui_domain: str = ""


class Person(msgspec.Struct, frozen=True):
    """Somebody who can log in; may be a member of several accounts."""

    email: str
    first_name: str
    last_name: str
    password: str = "demo"  # noqa: S105 - a documented sandbox value

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Standing(msgspec.Struct, frozen=True):
    """What a person may do in one account: rights, or everything as super admin."""

    rights: dict[str, str] = {}
    super_admin: bool = False

    def has(self, key: str, at_least: str = "on") -> bool:
        """Whether the right is held at this value or more. A super admin holds every right."""
        return self.super_admin or catalogue.holds(self.rights, catalogue.Need(key, at_least, key))


class Membership(msgspec.Struct, frozen=True):
    """A person in an account, as saved: what Users & Teams shows."""

    account_id: int
    email: str
    user_id: int
    owner_id: int
    created_at: datetime
    rights: dict[str, str] = {}
    super_admin: bool = False
    active: bool = True
    permission_set_id: int = 0
    more_set_ids: tuple[int, ...] = ()
    primary_team_id: int = 0
    secondary_team_ids: tuple[int, ...] = ()
    last_login_at: datetime | None = None

    @property
    def set_ids(self) -> tuple[int, ...]:
        """All her permission sets; their rights add up."""
        return tuple(each for each in (self.permission_set_id, *self.more_set_ids) if each)

    @property
    def team_ids(self) -> tuple[int, ...]:
        """All her teams, the primary one first."""
        return tuple(each for each in (self.primary_team_id, *self.secondary_team_ids) if each)


class PermissionSet(msgspec.Struct, frozen=True):
    """Rights under a name, for many people; in the API it is a *role*. Made by administrators, only in the pages.

    `paid_seats`: only an app that may write billing can put people under it (S46).
    """

    id: int
    account_id: int
    name: str
    rights: dict[str, str] = {}
    paid_seats: bool = False


class Team(msgspec.Struct, frozen=True):
    """Some people of an account. Who is in it stands in their memberships."""

    id: int
    account_id: int
    name: str


class Session(msgspec.Struct, frozen=True):
    """A browser that somebody logged in with; `standings` is the snapshot by account id."""

    id: str
    email: str
    logged_in_at: datetime
    standings: dict[int, Standing] = {}


class UnknownPerson(LookupError):
    """Nobody with this e-mail address, or not in this account."""


class People:
    """The room of accounts, people, memberships and sessions."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._accounts = Shelf(store, "account", Account)
        self._people = Shelf(store, "person", Person)
        self._members = Shelf(store, "membership", Membership)
        self._former = Shelf(store, "former-membership", Membership)
        self._sessions = Shelf(store, "session", Session)
        self._sets = Shelf(store, "permission-set", PermissionSet)
        self._teams = Shelf(store, "team", Team)
        self.joined: Callable[[Membership], None] = lambda member: None
        """Told whenever a membership was made or changed."""
        self.left: Callable[[Membership], None] = lambda member: None
        """Told whenever somebody was taken out of an account."""

    # accounts -----------------------------------------------------------------------------------------

    def add_account(self, account: Account) -> Account:
        self._accounts.put(str(account.id), account)
        return account

    def account(self, account_id: int) -> Account | None:
        return self._accounts.get(str(account_id))

    def remove_account(self, account_id: int) -> None:
        """The account is deleted: its tokens answer 401, its refresh tokens BAD_HUB."""
        self._accounts.remove(str(account_id))

    def accounts(self) -> list[Account]:
        return self._accounts.all()

    def accounts_of(self, email: str) -> list[Account]:
        """The accounts in which this person is active: what the account chooser lists."""
        found = (self.membership(account.id, email) for account in self.accounts())
        accounts = (self.account(member.account_id) for member in found if member and member.active)
        return [account for account in accounts if account]

    # people and memberships ---------------------------------------------------------------------------

    def add_person(self, person: Person) -> Person:
        person = msgspec.structs.replace(person, email=person.email.lower())
        self._people.put(person.email, person)
        return person

    def person(self, email: str) -> Person | None:
        return self._people.get(email.lower())

    def people(self) -> list[Person]:
        return self._people.all()

    def rename(self, email: str, first_name: str, last_name: str) -> None:
        """Change a person's name, which is one in all her accounts [inf]."""
        person = self.person(email)
        if person:
            self.add_person(msgspec.structs.replace(person, first_name=first_name, last_name=last_name))
            for member in self._memberships(email):
                self.joined(member)

    def add_member(
        self,
        account_id: int,
        email: str,
        *,
        rights: catalogue.Rights | None = None,
        super_admin: bool = False,
        active: bool = True,
        permission_set_id: int = 0,
        team_ids: Sequence[int] = (),
    ) -> Membership:
        """Put a person into an account. Her user id is one for all accounts, her owner id is not [inf].

        Somebody who was there before gets the same ids again [inf].
        """
        email = email.lower()
        former = self._former.take(f"{account_id}/{email}")
        member = Membership(
            account_id=account_id,
            email=email,
            user_id=former.user_id if former else self._user_id(email),
            owner_id=former.owner_id if former else self._store.next_number("owner", 77010001),
            created_at=self._clock.now(),
            rights=catalogue.clean(rights or {}),
            super_admin=super_admin,
            active=active,
            permission_set_id=permission_set_id,
            primary_team_id=next(iter(team_ids), 0),
            secondary_team_ids=tuple(team_ids[1:]),
        )
        return self._save(member)

    def _user_id(self, email: str) -> int:
        known = [*self._memberships(email), *(each for each in self._former.all() if each.email == email)]
        return known[0].user_id if known else self._store.next_number("user", 5101001)

    def _memberships(self, email: str) -> list[Membership]:
        """One for each account that she is in."""
        return [member for member in self._members.all() if member.email == email.lower()]

    def membership(self, account_id: int, email: str) -> Membership | None:
        return self._members.get(f"{account_id}/{email.lower()}")

    def members(self, account_id: int) -> list[Membership]:
        """Everybody in the account, in the order they were added."""
        found = [member for member in self._members.all() if member.account_id == account_id]
        return sorted(found, key=lambda member: member.owner_id)

    def owners(self, account_id: int) -> list[Membership]:
        """Everybody who may own, or may have owned, records: also people who were taken out of the account."""
        former = [member for member in self._former.all() if member.account_id == account_id]
        return sorted([*self.members(account_id), *former], key=lambda member: member.owner_id)

    def set_rights(self, account_id: int, email: str, rights: catalogue.Rights) -> Membership:
        """Save the rights as given (what is not named is at its least). Counts from the next login.

        :raises ValueError: unknown right or value
        :raises UnknownPerson: not a member
        """
        member = self._member(account_id, email)
        return self._save(msgspec.structs.replace(member, rights=catalogue.clean(rights)))

    def set_super_admin(self, account_id: int, email: str, on: bool) -> Membership:
        """Make super admin, or remove super admin; the ordinary rights stay as they were."""
        return self._save(msgspec.structs.replace(self._member(account_id, email), super_admin=on))

    def set_active(self, account_id: int, email: str, on: bool) -> Membership:
        return self._save(msgspec.structs.replace(self._member(account_id, email), active=on))

    def _member(self, account_id: int, email: str) -> Membership:
        member = self.membership(account_id, email)
        if member is None:
            raise UnknownPerson(f"{email} is not a user of account {account_id}")
        return member

    def _save(self, member: Membership) -> Membership:
        self._members.put(f"{member.account_id}/{member.email}", member)
        self.joined(member)
        return member

    # permission sets and teams ------------------------------------------------------------------------

    def standing_of(self, member: Membership) -> Standing:
        """What a member may do by what is saved now: the rights of her permission sets, or else her own."""
        found = [each for each in self.permission_sets(member.account_id) if each.id in member.set_ids]
        rights = catalogue.most(each.rights for each in found) if found else member.rights
        return Standing(rights, member.super_admin)

    def permission_set(self, account_id: int, set_id: int) -> PermissionSet | None:
        return self._sets.get(f"{account_id}/{set_id}")

    def permission_sets(self, account_id: int) -> list[PermissionSet]:
        return sorted((each for each in self._sets.all() if each.account_id == account_id), key=lambda each: each.id)

    def save_permission_set(
        self, account_id: int, name: str, rights: catalogue.Rights, set_id: int = 0, *, paid_seats: bool = False
    ) -> PermissionSet:
        """A new one, or with `set_id` a changed one. Its members' rights change with it, from their next login.

        :raises ValueError: no name, unknown right or value
        """
        if not name.strip():
            raise ValueError("a permission set needs a name")
        number = set_id or self._store.next_number("permission-set", 1601)
        known = self.permission_set(account_id, number)
        paid = paid_seats or (known is not None and known.paid_seats)
        made = PermissionSet(number, account_id, name.strip(), catalogue.clean(rights), paid)
        self._sets.put(f"{account_id}/{number}", made)
        return made

    def remove_permission_set(self, account_id: int, set_id: int) -> None:
        """Its members keep what they had of it, as rights of their own [inf]."""
        found = self.permission_set(account_id, set_id)
        with self._store.transaction():
            for member in self.members(account_id):
                if found and set_id in member.set_ids:
                    left = [each for each in member.set_ids if each != set_id]
                    kept = member if left else msgspec.structs.replace(member, rights=found.rights)
                    self._save(_under(kept, left))
            self._sets.remove(f"{account_id}/{set_id}")

    def assign_permission_set(self, account_id: int, email: str, *set_ids: int) -> Membership:
        """Put a member under these sets and no others, or with 0 back to her own rights. Counts from her next login."""
        return self._save(_under(self._member(account_id, email), set_ids))

    def team(self, account_id: int, team_id: int) -> Team | None:
        return self._teams.get(f"{account_id}/{team_id}")

    def teams(self, account_id: int) -> list[Team]:
        return sorted((each for each in self._teams.all() if each.account_id == account_id), key=lambda each: each.id)

    def save_team(self, account_id: int, name: str, team_id: int = 0) -> Team:
        """:raises ValueError: no name"""
        if not name.strip():
            raise ValueError("a team needs a name")
        made = Team(team_id or self._store.next_number("team", 4401001), account_id, name.strip())
        self._teams.put(f"{account_id}/{made.id}", made)
        return made

    def set_teams(self, account_id: int, email: str, primary: int, secondary: Sequence[int] = ()) -> Membership:
        member = self._member(account_id, email)
        return self._save(msgspec.structs.replace(member, primary_team_id=primary, secondary_team_ids=tuple(secondary)))

    def team_owner_ids(self, member: Membership) -> frozenset[str]:
        """The owner ids of everybody who shares a team with her, herself included."""
        mine = set(member.team_ids)
        mates = (each for each in self.members(member.account_id) if mine & set(each.team_ids))
        return frozenset({str(member.owner_id), *(str(each.owner_id) for each in mates)})

    def remove_member(self, account_id: int, email: str) -> None:
        """Take a person out of an account. She stays there as an archived owner."""
        member = self._member(account_id, email)
        key = f"{account_id}/{member.email}"
        with self._store.transaction():
            self._members.remove(key)
            self._former.put(key, msgspec.structs.replace(member, active=False, super_admin=False))
            self.left(member)

    # sessions -----------------------------------------------------------------------------------------

    def log_in(self, email: str, password: str) -> str | None:
        """A new session id, or None when the person is unknown, inactive everywhere or the password wrong."""
        person = self.person(email)
        accounts = self.accounts_of(email)
        if person is None or not accounts or not secrets.compare_digest(person.password, password):
            return None
        found = (self.membership(account.id, person.email) for account in accounts)
        session = Session(
            id=secrets.token_urlsafe(24),
            email=person.email,
            logged_in_at=self._clock.now(),
            standings={member.account_id: self.standing_of(member) for member in found if member},
        )
        self._sessions.put(session.id, session)
        for account in accounts:
            member = self._member(account.id, person.email)
            self._save(msgspec.structs.replace(member, last_login_at=session.logged_in_at))
        return session.id

    def log_out(self, sid: str) -> None:
        self._sessions.remove(sid)

    def session(self, sid: str | None) -> Session | None:
        return self._sessions.get(sid) if sid else None

    def standing(self, session: Session, account_id: int) -> Standing | None:
        """What counts for this session in the account; None when she is no (active) member."""
        member = self.membership(account_id, session.email)
        return session.standings.get(account_id) if member and member.active else None


def _under(member: Membership, set_ids: Sequence[int]) -> Membership:
    """The member under these permission sets, the first of them as her role."""
    first, *more = dict.fromkeys(each for each in set_ids if each) or (0,)
    return msgspec.structs.replace(member, permission_set_id=first, more_set_ids=tuple(more))
