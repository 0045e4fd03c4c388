"""What HubSpot says of an account and of a person in it, and what it lets her do, asked now and without a trace."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from offhook.desktop.callers import ActingFor
from offhook.diagnosis import of_grant
from offhook.diagnosis.check import Finding, Probe, answered, ask, not_asked
from offhook.diagnosis.of_account import Asked
from offhook.errors import GrantError, OffhookError
from offhook.examination.whom import Whom
from offhook.grants.access import Access
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.grant import Grant, GrantState, holder_of_account
from offhook.grants.vault import Secret
from offhook.hubspot import scopes
from offhook.hubspot.client import Acting
from offhook.hubspot.users import User


class InHubSpot:
    """Asks it."""

    def __init__(
        self,
        access: Access,
        server: AuthorizationServer,
        acting_for: ActingFor,
        of_account: Callable[[int], Acting],
    ) -> None:
        """`of_account(account)`: HubSpot with the grant that an administrator gave for the whole account."""
        self._access, self._server, self._acting_for, self._of_account = access, server, acting_for, of_account

    # Of the account and the person.

    async def of(self, whom: Whom) -> Asked:
        acting, accounts = self._own(whom), self._of_account(whom.account_id)
        has_account_grant = await self._access.grant_of(holder_of_account(whom.account_id)) is not None
        own, theirs, user = await asyncio.gather(
            answered(acting.account()) if acting else _nothing(),
            answered(accounts.account()) if has_account_grant else _nothing(),
            self._user(whom),
        )
        roles = await self._roles(whom) if isinstance(user, User) and user.roles else {}
        return Asked(own, theirs, user, roles)

    async def user_of(self, account_id: int, user_id: int) -> User | OffhookError | None:
        """Any user of the account, with the account's grant."""
        return await answered(self._of_account(account_id).user(user_id))

    def _own(self, whom: Whom) -> Acting | None:
        return self._acting_for(whom.agent) if whom.agent else None

    async def _user(self, whom: Whom) -> User | OffhookError | None:
        found: User | OffhookError | None = await self._first(whom, lambda acting: acting.user(whom.user_id))
        return found

    async def _roles(self, whom: Whom) -> Mapping[str, str]:
        found = await self._first(whom, lambda acting: acting.roles())
        return {} if isinstance(found, OffhookError) or found is None else {each.id: each.name for each in found}

    async def _first(self, whom: Whom, question: Callable[[Acting], Awaitable[Any]]) -> Any:
        """The answer with the account's grant, else with her own; else her own error, or the account's."""
        theirs = await answered(question(self._of_account(whom.account_id)))
        own = self._own(whom)
        if own is None or not isinstance(theirs, OffhookError):
            return theirs
        return await answered(question(own))

    # In her own name.

    async def live(self, whom: Whom) -> list[Finding]:
        grant = await self._access.grant_of(whom.agent.id) if whom.agent else None
        if whom.agent is None or grant is None or grant.state is not GrantState.ACTIVE:
            return []
        acting = self._acting_for(whom.agent)
        held, *findings = await asyncio.gather(
            self._at_hubspot(grant),
            ask(Probe("Find a contact", lambda: _search(acting), part="live")),
            self._owner(acting, grant),
            self._write(acting, grant),
        )
        return [*held, *findings]

    async def _at_hubspot(self, grant: Grant) -> list[Finding]:
        async def introspect() -> Any:
            token = await self._access.token_source(grant.holder)(False)
            return await self._server.introspect(Secret(token))

        answer = await answered(introspect())
        # A grant that broke just now says so itself.
        return [] if isinstance(answer, GrantError) else [of_grant.at_hubspot(grant, answer)]

    async def _owner(self, acting: Acting, grant: Grant) -> Finding:
        async def look() -> str | Finding:
            found = await acting.owner(grant.hubspot_user_id)
            return f"HubSpot knows {found.email or grant.email} as an owner." if found else of_grant.no_owner(grant.email)

        return await self._if_granted(grant, scopes.OWNERS_READ, Probe("Owner", look, part="live"))

    async def _write(self, acting: Acting, grant: Grant) -> Finding:
        async def look() -> str:
            await acting.may_log_calls()
            return "HubSpot would take a call entry. It was asked without making one."

        return await self._if_granted(grant, scopes.CONTACTS_WRITE, Probe("Log a call", look, part="live"))

    async def _if_granted(self, grant: Grant, scope: str, probe: Probe) -> Finding:
        if grant.lacks((scope,)):
            says = f"Not tried: {scope} was not granted."
            return not_asked(probe.name, says, part="live", minor=True)
        return await ask(probe)


async def _search(acting: Acting) -> str:
    await acting.contacts_matching("offhook", 1)
    return "HubSpot searches contacts."


async def _nothing() -> None:
    return None
