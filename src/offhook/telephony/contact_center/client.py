"""What 8x8 Contact Center is asked over HTTP. Tokens and keys are never logged.

Sources: https://developer.8x8.com/actions-events/docs/ (cc-manage-phone-calls, cc-managing-agent-status).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from offhook.errors import PhoneSystemUnavailable
from offhook.telephony.contact_center.status import StatusReason
from offhook.telephony.contact_center.wire import Json, object_of, refusal, selections

PATIENCE = 15.0  # seconds


@dataclass(frozen=True)
class Account:
    """`url`: https://vcc-{cluster}.8x8.com; `token`: the Action Request Token. `stream`: wss://{host}; `key`: its API
    key; `subscription`: the name under which 8x8 remembers how far its events were acknowledged. `prefix`: what its dial
    plan wants before country code and number; `caller_id`: empty for the agent's own. `codes`: what transaction codes
    (`list|item`) mean; `reasons`: those for which an agent can be on a break, or offline.
    """

    tenant: str
    stream: str
    key: str = field(repr=False)
    url: str = ""
    token: str = field(default="", repr=False)
    subscription: str = "offhook"
    prefix: str = ""
    caller_id: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    reasons: Sequence[StatusReason] = ()


class Client:
    """Every method raises PhoneSystemRejected (a person must change something) or PhoneSystemUnavailable."""

    def __init__(self, http: httpx.AsyncClient, account: Account) -> None:
        self._http, self._account = http, account

    async def agent(self, agent: str) -> Json:
        """An agent's name and status. Raises WrongState when there is none of this id."""
        return await self._ask("GET", "agentstatus", "agents", agent)

    async def agents(self) -> list[Json]:
        """The same of all; 8x8 does not page them."""
        rows = (await self._ask("GET", "agentstatus", "agents")).get("data")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    async def set_status(self, agent: str, said: Json) -> None:
        """Raises WrongState: 8x8 does not take it now."""
        await self._ask("PUT", "agentstatus", "agents", agent, said=said)

    async def place(self, agent: str, number: str) -> str:
        """Give an agent a call to a number; gives its interaction. Raises WrongState: she cannot have it."""
        dialled = {"number": number.removeprefix("+"), "prefix": self._account.prefix}
        said = {"agentId": agent, "callerId": self._account.caller_id, **dialled}
        if call := (await self._ask("POST", "calls", said=said)).get("interactionGuid"):
            return str(call)
        raise PhoneSystemUnavailable("8x8 did not say which call it began.")

    async def hang_up(self, call: str, agent: str) -> None:
        """End an agent's part of a call; others go on. Raises WrongState when she has none."""
        await self._ask("DELETE", "calls", call, "agent", agent)

    async def set_codes(self, call: str, agent: str, codes: Sequence[str]) -> None:
        """Transaction codes of an agent's part of a call. Raises WrongState: 8x8 does not take these, or not now."""
        await self._ask("PUT", "calls", call, "agent", agent, "transaction-codes", said=selections(codes))

    async def _ask(self, method: str, *path: str, said: Json | None = None) -> Json:
        account, parts = self._account, "/".join(quote(each, safe="") for each in (self._account.tenant, *path))
        url, auth = f"{account.url.rstrip('/')}/api/v1/tenants/{parts}", httpx.BasicAuth(account.tenant, account.token)
        try:
            answer = await self._http.request(method, url, json=said, auth=auth, timeout=PATIENCE)
        except httpx.HTTPError as error:
            raise PhoneSystemUnavailable("8x8 Contact Center cannot be reached.") from error
        told = object_of(answer.content)
        if not answer.is_success:
            # The Call API gives reasons, the Agent Status API a reason.
            raise refusal(answer.status_code, told.get("reasons") or [told[key] for key in ("reason",) if key in told])
        return told
