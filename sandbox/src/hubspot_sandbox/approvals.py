"""Approval of apps (beta, S14): which apps an account lets in, for whom, and with which optional scopes.

    not required, as at first        nothing here is asked
    required, app unknown            a person may request it; Super Admins are told, and approve or deny
    required, app approved           whom the approval names may go on, with the optional scopes it allows

An approval replaces no right: what the person lacks is refused as ever [inf]. A Super Admin is stopped, too, until the
app is approved [comm], and then always let in [inf].
"""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec

from hubspot_sandbox.apps import Apps
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.grants import Grants
from hubspot_sandbox.notices import Notices
from hubspot_sandbox.people import Membership, People
from hubspot_sandbox.store import Shelf, Store

Audience = Literal["everyone", "admins", "users"]
State = Literal["open", "denied"]


class Rule(msgspec.Struct, frozen=True):
    """The account's setting: apps must be approved."""

    account_id: int


class Approval(msgspec.Struct, frozen=True):
    """An app that is approved. `users` are e-mail addresses, for the audience *users*; `blocked` optional scopes."""

    account_id: int
    client_id: str
    approved_by: str
    approved_at: datetime
    audience: Audience = "everyone"
    users: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    def lets_in(self, member: Membership) -> bool:
        """Whether this person is among those who may install."""
        named = self.audience == "users" and member.email in self.users
        return named or self.audience == "everyone" or member.super_admin


class ApprovalRequest(msgspec.Struct, frozen=True):
    """Somebody asked for an app. A denied one stays until the person asks again."""

    account_id: int
    client_id: str
    email: str
    scopes: tuple[str, ...]
    asked_at: datetime
    state: State = "open"

    @property
    def key(self) -> str:
        return f"{self.account_id}/{self.client_id}/{self.email}"


class NoApprovers(Exception):
    """There is nobody but the asking person who could approve."""


class Approvals:
    """The room of approvals."""

    def __init__(self, store: Store, clock: Clock, people: People, apps: Apps, grants: Grants, notices: Notices) -> None:
        self._store, self._clock, self._people, self._apps = store, clock, people, apps
        self._grants, self._notices = grants, notices
        self._rules = Shelf(store, "approval-rule", Rule)
        self._approvals = Shelf(store, "approval", Approval)
        self._requests = Shelf(store, "approval-request", ApprovalRequest)

    # the account's setting ----------------------------------------------------------------------------

    def required(self, account_id: int) -> bool:
        return self._rules.get(str(account_id)) is not None

    def require(self, account_id: int, on: bool) -> None:
        """Switch the need for approval on or off. Installed apps stay; their approval is asked at the next consent."""
        if on:
            self._rules.put(str(account_id), Rule(account_id))
        else:
            self._rules.remove(str(account_id))

    # approvals ----------------------------------------------------------------------------------------

    def approval(self, account_id: int, client_id: str) -> Approval | None:
        return self._approvals.get(f"{account_id}/{client_id}")

    def approvals(self, account_id: int) -> list[Approval]:
        return [each for each in self._approvals.all() if each.account_id == account_id]

    def approve(
        self,
        account_id: int,
        client_id: str,
        by: str,
        *,
        audience: Audience = "everyone",
        users: Collection[str] = (),
        blocked: Collection[str] = (),
    ) -> Approval:
        """Approve an app, or change its approval; its requests are done. Required scopes cannot be blocked (S14).

        :raises ValueError: unknown app, no user named, or a blocked scope that is not one of the app's optional ones
        """
        app = self._apps.get(client_id)
        if app is None:
            raise ValueError(f"there is no app {client_id!r}")
        if not set(blocked) <= set(app.scopes.optional):
            raise ValueError("only optional permissions can be blocked")
        if audience == "users" and not users:
            raise ValueError("choose at least one user")
        emails = tuple(sorted(email.lower() for email in users)) if audience == "users" else ()
        now, refused = self._clock.now(), tuple(sorted(blocked))
        made = Approval(account_id, client_id, by, now, audience, emails, refused)
        with self._store.transaction():
            self._approvals.put(f"{account_id}/{client_id}", made)
            for request in self.requests(account_id, client_id):
                self._requests.remove(request.key)
        return made

    def revoke(self, account_id: int, client_id: str) -> bool:
        """Take the approval back, which uninstalls the app for everyone; at once, in HubSpot within 30 minutes."""
        known = self.approval(account_id, client_id)
        with self._store.transaction():
            self._approvals.remove(f"{account_id}/{client_id}")
            self._grants.uninstall(account_id, client_id)
        return known is not None

    # requests -----------------------------------------------------------------------------------------

    def approvers(self, account_id: int, asking: str) -> list[Membership]:
        """The active Super Admins, without her who asks."""
        members = self._people.members(account_id)
        return [each for each in members if each.super_admin and each.active and each.email != asking]

    def ask(self, account_id: int, client_id: str, email: str, scopes: Collection[str]) -> ApprovalRequest:
        """Ask for an app, once; Super Admins are told.

        :raises NoApprovers: nobody else could approve
        """
        if not self.approvers(account_id, email):
            raise NoApprovers
        known, app, person = (
            self.request(account_id, client_id, email),
            self._apps.get(client_id),
            self._people.person(email),
        )
        if known and known.state == "open":
            return known
        made = ApprovalRequest(account_id, client_id, email, tuple(scopes), self._clock.now())
        self._requests.put(made.key, made)
        who, what = person.name if person else email, app.name if app else client_id
        self._notices.tell_admins(account_id, f"{who} requests approval of {what}")
        return made

    def request(self, account_id: int, client_id: str, email: str) -> ApprovalRequest | None:
        return self._requests.get(f"{account_id}/{client_id}/{email}")

    def requests(self, account_id: int, client_id: str = "") -> list[ApprovalRequest]:
        """All requests of the account, or those for one app, oldest first."""
        found = (each for each in self._requests.all() if each.account_id == account_id)
        return sorted((each for each in found if client_id in ("", each.client_id)), key=lambda each: each.asked_at)

    def deny(self, account_id: int, client_id: str, email: str) -> bool:
        """Say no to a request; False when there is none."""
        known = self.request(account_id, client_id, email)
        if known:
            self._requests.put(known.key, msgspec.structs.replace(known, state="denied"))
        return known is not None
