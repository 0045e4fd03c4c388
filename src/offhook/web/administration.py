"""What administrators of an account decide: the account's own grant, its policy, and the record of who decided what.

Everything here is about the administrator's own account; nobody names another.
"""

from datetime import datetime
from typing import Any

from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from msgspec import Struct

from offhook.agents.agent import Agent
from offhook.desktop.panel import GrantView
from offhook.errors import NotAllowed
from offhook.grants.grant import holder_of_account
from offhook.policies import store as policies
from offhook.policies.policy import Deed, Policy, changed
from offhook.policies.words import told
from offhook.web.parts import Parts, TheParts
from offhook.web.sign_in import signed_in_agent

# The longest page of the audit log.
MOST_DEEDS = 200

TheAdministrator = NamedDependency[Agent]


async def signed_in_administrator(request: Request[Any, Any, Any], parts: TheParts) -> Agent:
    """The administrator whose token came with the request; HubSpot is asked again whether she still is one.

    Raises:
        SignedOut: no token that works.
        NotAllowed: she is no administrator (any more).
    """
    agent = await parts.standing(await signed_in_agent(request, parts))
    if not parts.panels.is_administrator(agent):
        raise NotAllowed(
            "Only an administrator may see that.",
            remedy="Administrators are the Super Admins of your HubSpot account, and whoever runs Offhook names.",
        )
    return agent


class PolicyView(Struct, frozen=True):
    """The policy, and the keys of all capabilities that `without` may name."""

    policy: Policy
    capabilities: tuple[tuple[str, str], ...]


class DeedsView(Struct, frozen=True):
    deeds: list[Deed]
    more: bool


@get("/api/administration/account-grant", tags=["Administration"])
async def account_grant(administrator: TheAdministrator, parts: TheParts) -> GrantView | None:
    """The grant of the whole account; null when no administrator has given one."""
    grant = await parts.access.grant_of(holder_of_account(administrator.account_id))
    return await parts.grant_view(grant.holder) if grant else None


@delete("/api/administration/account-grant", status_code=204, tags=["Administration"])
async def forget_account_grant(administrator: TheAdministrator, parts: TheParts) -> None:
    """Revoke it at HubSpot and forget its tokens; agents' own grants stay. So is what was brought of contacts."""
    await parts.access.forget(holder_of_account(administrator.account_id))
    await parts.syncing.forget(administrator.account_id)
    await note(parts, administrator, "account-grant-forgotten", "Forgot the account's connection to HubSpot.")


@get("/api/administration/policy", tags=["Administration"])
async def policy(administrator: TheAdministrator, parts: TheParts) -> PolicyView:
    """What holds for everybody in the account."""
    async with parts.database.reading() as connection:
        found = await policies.policy_of(connection, administrator.account_id)
    return PolicyView(found, parts.capabilities)


@put("/api/administration/policy", tags=["Administration"])
async def change_policy(data: JSONBody[dict[str, Any]], administrator: TheAdministrator, parts: TheParts) -> PolicyView:
    """Change some fields; what is not named stays."""
    async with parts.database.transaction() as connection:
        before = await policies.policy_of(connection, administrator.account_id)
        after = changed(before, data, frozenset(key for key, _ in parts.capabilities))
        await policies.save_policy(connection, administrator.account_id, after)
        for sentence in told(before, after, dict(parts.capabilities)):
            await policies.record(
                connection,
                administrator.account_id,
                who=administrator.email,
                what="policy-changed",
                detail=sentence,
                now=parts.now(),
            )
    await parts.syncing.decided(administrator.account_id, before, after)
    await parts.account_changed(administrator.account_id)
    return PolicyView(after, parts.capabilities)


@get("/api/administration/deeds", tags=["Administration"])
async def deeds(
    administrator: TheAdministrator,
    parts: TheParts,
    before: FromQuery[datetime | None] = None,
    limit: FromQuery[int] = 50,
) -> DeedsView:
    """The audit log, newest first."""
    count = max(1, min(limit, MOST_DEEDS))
    async with parts.database.reading() as connection:
        found = await policies.deeds(connection, administrator.account_id, before=before, limit=count + 1)
    return DeedsView(found[:count], len(found) > count)


async def note(parts: Parts, administrator: Agent, what: str, detail: str) -> None:
    """A line in the audit log, for what has just been done."""
    async with parts.database.transaction() as connection:
        await policies.record(
            connection, administrator.account_id, who=administrator.email, what=what, detail=detail, now=parts.now()
        )


routes = [account_grant, forget_account_grant, policy, change_policy, deeds]
