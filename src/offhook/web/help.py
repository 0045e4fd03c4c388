"""Help for who cannot connect: ask the administrators, or have one's own rights checked. Nobody needs to be signed in."""

from typing import Any

import msgspec
from litestar import Request, post
from litestar.params import JSONBody
from msgspec import Struct

from offhook.administration.help import Asked, Asker
from offhook.administration.rights import RightsAsker
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.diagnosis.report import Report
from offhook.diagnosis.unanswered import account_in
from offhook.errors import InvalidInput, SignedOut
from offhook.grants.attempt import Attempt
from offhook.web.parts import Parts, TheParts
from offhook.web.sign_in import PUBLIC, bearer, explain, signed_in_agent

# The longest address that mail takes (RFC 5321).
LONGEST_EMAIL = 254


class AskForHelp(Struct, frozen=True):
    """Of a stuck consent, with its secret; or nothing at all, of an agent who is signed in."""

    attempt_id: str | None = None
    secret: str | None = None
    email: str | None = None


class AskForRights(Struct, frozen=True):
    email: str
    attempt_id: str
    secret: str


class RightsView(Struct, frozen=True):
    report: Report


@post("/api/help", status_code=200, opt=PUBLIC, tags=["Help"])
async def ask_for_help(data: JSONBody[AskForHelp], request: Request[Any, Any, Any], parts: TheParts) -> Asked:
    """Ask the administrators: it is on their page at once, and the message is given to be sent by hand."""
    agent = await signed_in_agent(request, parts) if bearer(request) else None
    email = _address(data.email) if data.email and data.email.strip() else ""
    if data.attempt_id is not None:
        attempt = await parts.consents.stuck(data.attempt_id, data.secret or "")
        if agent is None or attempt.expected != (agent.account_id, agent.hubspot_user_id):
            agent = await _began(parts, attempt)
        return await parts.office.help_desk.ask(Asker(await _report(parts, attempt), agent, attempt.id, email))
    if agent is None:
        raise SignedOut
    return await parts.office.help_desk.ask(Asker(await parts.agent_report(agent), agent))


@post("/api/rights", status_code=200, opt=PUBLIC, tags=["Help"])
async def ask_for_rights(data: JSONBody[AskForRights], parts: TheParts) -> RightsView:
    """Have one's own rights checked. The answer is the same for every address; docs/explanation/consent.md says why."""
    email = _address(data.email)
    attempt = await parts.consents.stuck(data.attempt_id, data.secret)
    report = await _report(parts, attempt)
    account_id = attempt.expected_account or account_in(report.users_url)
    if account_id is None:
        async with parts.database.reading() as connection:
            account_id = await agents.only_account(connection)
    asker = RightsAsker(email, attempt.id, report, account_id, await _began(parts, attempt))
    report = await parts.office.own_rights.ask(asker)
    parts.nudge()  # whether or not there is anything to do
    return RightsView(report)


async def _began(parts: Parts, attempt: Attempt) -> Agent | None:
    """Whose signed-in panel began the attempt; of any other it is not known who she is."""
    if attempt.expected is None:
        return None
    async with parts.database.reading() as connection:
        return await agents.of_user(connection, *attempt.expected)


async def _report(parts: Parts, attempt: Attempt) -> Report:
    if attempt.report:
        return msgspec.json.decode(attempt.report, type=Report)
    return await explain(parts, attempt.id)


def _address(text: str) -> str:
    address = text.strip()
    name, _, host = address.rpartition("@")
    if not (name and host) or len(address) > LONGEST_EMAIL or not address.isprintable() or " " in address:
        raise InvalidInput("That is no e-mail address.")
    return address


routes = [ask_for_help, ask_for_rights]
