"""The agent's grant: switch it, forget it; and how it looks on the panel."""

from collections.abc import Callable

from litestar import delete, post
from litestar.params import FromPath

from offhook.agents import store as agents
from offhook.desktop.panel import CapabilityView, GrantView, Panel
from offhook.desktop.who import Reason, reason_of
from offhook.errors import GrantBroken, NoGrant, NotFound
from offhook.grants.grant import Grant, GrantState
from offhook.jobs import outbox
from offhook.web.panel import leave_line
from offhook.web.parts import TheAgent, TheParts
from offhook.web.sign_in import tell_signed_out

# Scopes → (key, title, on).
Capabilities = Callable[[tuple[str, ...]], tuple[tuple[str, str, bool], ...]]

SWITCHED_OFF = "Your administrator has switched this off for everybody."
NOT_GRANTED = "HubSpot did not grant this: your HubSpot user lacks the right, or it was not asked for."


@post("/api/grant/{switch:str}", status_code=200, tags=["Grant"])
async def switch_grant(switch: FromPath[str], agent: TheAgent, parts: TheParts) -> Panel:
    """`disable` and `enable` only switch; the grant stays."""
    if switch not in ("enable", "disable"):
        raise NotFound("A grant can be enabled and disabled.")
    await parts.access.switch(agent.id, on=switch == "enable")
    if switch == "enable":
        async with parts.database.transaction() as connection:
            await outbox.resume(connection, agent.id, parts.now())
        parts.nudge()
    return await parts.panels.of(agent.id)


@delete("/api/grant", status_code=204, tags=["Grant"])
async def forget_grant(agent: TheAgent, parts: TheParts) -> None:
    """Revoke at HubSpot, forget the tokens, and sign every panel of the agent out."""
    await parts.access.forget(agent.id)
    await leave_line(agent, parts)
    async with parts.database.transaction() as connection:
        await agents.sign_out_everywhere(connection, agent.id)
    tell_signed_out(parts, agent.id)


def grant_view(grant: Grant | None, capabilities: Capabilities, without: tuple[str, ...] = ()) -> GrantView:
    """A grant for the panel; capabilities that are off say why. None looks as if it were broken.

    `without`: capabilities that an administrator does not want.
    """
    if grant is None:
        return GrantView(GrantState.BROKEN.value, "", 0, "", None, reason_of(NoGrant()), ())
    return GrantView(
        state=grant.state.value,
        as_=grant.email,
        account_id=grant.account_id,
        account_name=grant.account_name,
        since=grant.since,
        reason=_reason(grant),
        capabilities=tuple(
            _capability(key, title, on, unwanted=key in without) for key, title, on in capabilities(grant.scopes)
        ),
    )


def _capability(key: str, title: str, on: bool, *, unwanted: bool) -> CapabilityView:
    if unwanted:
        return CapabilityView(key, title, on=False, why=SWITCHED_OFF)
    return CapabilityView(key, title, on, None if on else NOT_GRANTED, can_be_added=not on)


def _reason(grant: Grant) -> Reason | None:
    if grant.state is not GrantState.BROKEN:
        return None
    return reason_of(GrantBroken(grant.reason))


routes = [switch_grant, forget_grant]
