"""Signing in: HubSpot's consent is the sign-in. Begin, come back, claim (`docs/reference/panel-api.md`)."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Redirect
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.administration.promotions import known_before
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.desktop.arrival import Learned
from offhook.desktop.panel import SignOutFrame
from offhook.desktop.who import reason_of
from offhook.diagnosis.report import Report
from offhook.errors import ConsentError, NotAllowed, OffhookError, SignedOut
from offhook.grants.attempt import Claim, Consented, Held
from offhook.grants.grant import holder_of_account
from offhook.jobs import outbox
from offhook.policies import store as policies
from offhook.web.pages import page
from offhook.web.parts import Parts, TheAgent, TheParts
from offhook.web.problems import CAME_TO_NOTHING, Problem, status_of

log = structlog.get_logger()

# How often a panel asks is its own business; how long it should believe in an answer is ours.
PUBLIC = {"public": True}
# What asks for the account's own grant instead of the agent's (`hubspot.scopes`).
ACCOUNT = "account"


class Begin(Struct, frozen=True):
    secret_hash: str
    device_hash: str
    ask: str = "everything"
    return_to: str | None = None


class BegunView(Struct, frozen=True):
    id: str
    consent_url: str
    expires_at: Any
    patience_ms: int


class Secret(Struct, frozen=True):
    secret: str


class Stuck(Struct, frozen=True):
    """`saw`: a key of `GET /api/wordings`; `page_address`: of the page that stopped her, for the account in it."""

    secret: str
    page_text: str | None = None
    saw: str | None = None
    page_address: str | None = None


class ClaimView(Struct, frozen=True):
    """`token` comes with `granted`, once; `problem` with `failed`; `diagnosis` with `stuck`."""

    state: str
    token: str | None = None
    problem: Problem | None = None
    diagnosis: Report | None = None


def bearer(request: Request[Any, Any, Any]) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def signed_in_agent(request: Request[Any, Any, Any], parts: TheParts) -> Agent:
    """The agent whose token came with the request. Raises SignedOut."""
    token = bearer(request)
    async with parts.database.reading() as connection:
        agent = await agents.signed_in(connection, token) if token else None
    if agent is None:
        raise SignedOut
    return agent


@post("/api/sign-ins", opt=PUBLIC, tags=["Signing in"])
async def begin_sign_in(data: JSONBody[Begin], request: Request[Any, Any, Any], parts: TheParts) -> BegunView:
    """Begin. A panel that is signed in begins for the same person and account, and nobody else's consent will do."""
    agent = await signed_in_agent(request, parts) if bearer(request) else None
    if data.ask == ACCOUNT and not (agent and parts.panels.is_administrator(agent)):
        raise NotAllowed("Only an administrator can connect a whole HubSpot account.")
    begun = await parts.consents.begin(
        data.ask,
        data.secret_hash,
        data.device_hash,
        data.return_to,
        (agent.account_id, agent.hubspot_user_id) if agent else None,
        await _held(parts, agent, data.ask) if agent else Held(),
    )
    patience = round(parts.settings.consent_patience * 1000)
    return BegunView(begun.id, begun.consent_url, begun.expires_at, patience)


@post("/api/sign-ins/{attempt_id:str}/claim", status_code=200, opt=PUBLIC, tags=["Signing in"])
async def claim_sign_in(attempt_id: FromPath[str], data: JSONBody[Secret], parts: TheParts) -> ClaimView:
    """How it stands; gives the token once it is granted."""
    claim = await parts.consents.claim(attempt_id, data.secret)
    if claim.state == "granted" and claim.agent_id:
        async with parts.database.transaction() as connection:
            return ClaimView("granted", await agents.sign_in_agent(connection, claim.agent_id, parts.now()))
    problem = Problem(**_problem(claim)) if claim.problem else None
    return ClaimView(claim.state, problem=problem, diagnosis=await _diagnosis(parts, attempt_id, claim))


async def _held(parts: Parts, agent: Agent, ask: str) -> Held:
    """What was granted already, so that it is asked for again, and what her account does not want."""
    holder = holder_of_account(agent.account_id) if ask == ACCOUNT else agent.id
    grant = await parts.access.grant_of(holder)
    async with parts.database.reading() as connection:
        policy = await policies.policy_of(connection, agent.account_id)
    return Held(grant.scopes if grant else (), policy.without)


def _problem(claim: Claim) -> dict[str, Any]:
    assert claim.problem is not None
    kept = claim.problem
    return {
        "type": f"urn:offhook:error:{kept.code}",
        "title": kept.says,
        "status": CAME_TO_NOTHING,
        "detail": kept.says,
        "code": kept.code,
        "remedy": kept.remedy,
        "retryable": kept.retryable,
    }


async def _diagnosis(parts: Parts, attempt_id: str, claim: Claim) -> Report | None:
    """Why nothing came back; worked out once, when the patience is over."""
    if claim.state != "stuck":
        return None
    if claim.report:
        return msgspec.json.decode(claim.report, type=Report)
    return await explain(parts, attempt_id)


@post("/api/sign-ins/{attempt_id:str}/stuck", status_code=200, opt=PUBLIC, tags=["Signing in"])
async def stuck_sign_in(attempt_id: FromPath[str], data: JSONBody[Stuck], parts: TheParts) -> ClaimView:
    """The panel says that HubSpot stopped the agent, perhaps with what its page says."""
    # PostgreSQL keeps no NUL, and no page has one.
    page_text = data.page_text.replace("\0", "") if data.page_text else None
    await parts.consents.stuck(attempt_id, data.secret, page_text)
    return ClaimView("stuck", diagnosis=await explain(parts, attempt_id, data.saw, data.page_address))


async def explain(parts: Parts, attempt_id: str, saw: str | None = None, page_address: str | None = None) -> Report:
    """Why nothing came back, kept for the panel that asks again."""
    report = await parts.ask_report(attempt_id, saw, page_address)
    await parts.consents.remember_report(attempt_id, msgspec.json.encode(report))
    return report


@get("/oauth/callback", opt=PUBLIC, include_in_schema=False)
async def consent_came_back(request: Request[Any, Any, Any], parts: TheParts) -> Response[Any]:
    """HubSpot sends the agent's browser here. It goes back to where she was; her panel claims the rest."""
    try:
        consented = await parts.consents.complete(_single(request.query_params.dict()))
        await _settle(parts, consented)
    except OffhookError as error:
        parts.metrics.consents.labels(error.code).inc()
        return _refusal(error)
    parts.metrics.consents.labels("granted").inc()
    if consented.return_to:
        return Redirect(consented.return_to, status_code=303)
    return page("HubSpot is connected", ("You can close this tab: the panel goes on by itself.",))


def _single(params: Mapping[str, Any]) -> dict[str, str]:
    """A parameter that comes twice is nobody's honest answer; the first counts, as it does at HubSpot."""
    return {name: value[0] if isinstance(value, list) else value for name, value in params.items()}


async def _settle(parts: Parts, consented: Consented) -> None:
    """Make the consent a grant and its person an agent, all or nothing; then go on with what waited for it."""
    try:
        learned = await parts.arrival.learn(consented.tokens.access.reveal(), consented.account_id, consented.user_id)
        if learned.super_admin is None:
            says = await parts.is_super_admin(consented.account_id, consented.user_id)
            learned = msgspec.structs.replace(learned, super_admin=says)
        agent = await _arrive(parts, consented, learned)
    except OffhookError as error:
        await parts.consents.failed(consented.attempt_id, error)
        raise
    parts.nudge()
    await parts.telling.concerned(agent.account_id, agent.hubspot_user_id)


async def _arrive(parts: Parts, consented: Consented, learned: Learned) -> Agent:
    async with parts.database.transaction() as connection:
        agent = await agents.arrive(
            connection,
            account_id=consented.account_id,
            hubspot_user_id=consented.user_id,
            email=consented.email,
            now=parts.now(),
        )
        await parts.arrival.keep(connection, agent, learned)
        account_name = consented.hub_domain or f"HubSpot account {consented.account_id}"
        holder = holder_of_account(consented.account_id) if consented.ask == ACCOUNT else agent.id
        await parts.access.save(connection, holder, consented, account_name)
        await _remember_standing(connection, parts, consented, agent, learned)
        if consented.ask == ACCOUNT:
            detail = "Connected the whole account to HubSpot."
            await policies.record(
                connection, agent.account_id, who=agent.email, what="account-connected", detail=detail, now=parts.now()
            )
            await parts.syncing.put(connection, agent.account_id)
        await parts.consents.granted(connection, consented.attempt_id, agent.id)
        await parts.office.help_desk.connected(connection, agent, consented.attempt_id)
        # With the account's grant, calls can be logged for those whose own is broken, too.
        waiting = await agents.in_account(connection, agent.account_id) if holder != agent.id else [agent]
        for subject in {holder, *(each.id for each in waiting)}:
            await outbox.resume(connection, subject, parts.now())
    return agent


async def _remember_standing(
    connection: AsyncConnection, parts: Parts, consented: Consented, agent: Agent, learned: Learned
) -> None:
    """Whether she is Super Admin, for good or only lent; what was lent is to be taken back."""
    before, asked = await known_before(connection, agent, parts.now())
    elevation = await parts.elevations.record(
        connection,
        consented,
        agent.id,
        learned.name or agent.name,
        super_admin=bool(learned.super_admin) and agent.email.lower() not in parts.panels.administrators,
        was_super_admin=before,
        asked=asked,
    )
    if elevation and not elevation.role_lent:
        detail = f"{elevation.agent_name}, {elevation.kind}: {elevation.why}"
        await policies.record(
            connection, agent.account_id, who="Offhook", what="elevation-noticed", detail=detail, now=parts.now()
        )
    lent = elevation is not None and elevation.kind == "super-admin"
    await agents.learn_standing(connection, agent.id, False if lent else learned.super_admin, parts.now())


def _refusal(error: OffhookError) -> Response[Any]:
    again = (error.remedy or ConsentError.remedy or "",)
    return page("HubSpot is not connected", (error.says, *again), status_of(error))


@delete("/api/sign-in", status_code=204, tags=["Signing in"])
async def sign_out(request: Request[Any, Any, Any], agent: TheAgent, parts: TheParts) -> None:
    """This panel's token no longer works; the grant stays."""
    token = bearer(request) or ""
    async with parts.database.transaction() as connection:
        await agents.sign_out(connection, token)
    tell_signed_out(parts, agent.id, agents.hashed(token))


def tell_signed_out(parts: Parts, agent_id: str, sign_in: str | None = None) -> None:
    """Every panel of the agent is signed out, or those of one sign-in."""
    parts.hub.sign_out(agent_id, SignOutFrame(reason_of(SignedOut())), sign_in)


routes = [begin_sign_in, claim_sign_in, stuck_sign_in, consent_came_back, sign_out]
