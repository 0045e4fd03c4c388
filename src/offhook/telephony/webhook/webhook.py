"""The webhook as a `PhoneSystem`: deliveries come signed over HTTP; wishes go signed to the control address."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import uuid4

import msgspec

from offhook.calls.events import kept_text
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import InvalidNumber, MalformedDelivery, PhoneSystemUnavailable, Unsupported, WrongLineLogin
from offhook.telephony.phone_system import CAPABILITY_FOR, Action, Capability, Deliver, LineLogin, Proven, Reading
from offhook.telephony.webhook import events, wire

# Posts a body to an address with these headers and gives the status of the answer; raises when there is none.
Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]


class WebhookSystem:
    """Any phone system that can POST JSON. It can be asked for something only when a control address is set."""

    key: str = "webhook"
    title: str = "Other phone system (webhook)"
    says: str = "Any phone system that can tell Offhook about its calls over HTTP."
    line_login: LineLogin = LineLogin.LINE
    capabilities: frozenset[Capability]

    def __init__(
        self,
        secret: str,
        control_url: str,
        http: Post,
        now: Callable[[], datetime],
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        """Without a secret nothing is believed and nothing is asked; without `control_url` nothing is asked."""
        self._secret, self._control_url, self._post, self._now, self._new_id = secret, control_url, http, now, new_id
        self.capabilities = frozenset(Capability) if secret and control_url else frozenset()

    async def start(self, deliver: Deliver) -> None:
        """Nothing to do: deliveries come over HTTP."""

    async def stop(self) -> None:
        """Nothing to do: the phone system has a life of its own."""

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        wire.check_signature(self._secret, headers, body, now)
        return Proven(events.understand(body).key)

    def read(self, body: bytes) -> Reading:
        try:
            return events.understand(body).reading
        except MalformedDelivery as error:
            return Reading(unrecognised=error.says)

    async def log_in(self, line: str, secret: str) -> str:
        """Any line will do: only the phone system knows which there are."""
        name = kept_text(line, events.MAX_ID + 1)
        if not name or len(name) > events.MAX_ID:
            raise WrongLineLogin("Type the number or name of your line.")
        return name

    async def log_out(self, line: str) -> None:
        """Nothing to do: the phone system does not know who sits at a line."""

    async def dial(self, line: str, number: PhoneNumber) -> str:
        """The call's id is ours: the phone system uses it as `call` in the deliveries about this call."""
        call = self._new_id()
        extension = {"extension": number.extension} if number.extension else {}
        await self._ask("dial", Capability.DIAL, {"call": call, "line": line, "number": number.e164, **extension})
        return call

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        if action is Action.TRANSFER and not to.strip():
            raise InvalidNumber("Say where the call should be transferred to: a line or a number.")
        target = {"to": to.strip()} if to.strip() else {}
        await self._ask(action, CAPABILITY_FOR[action], {"call": call, "line": line, **target})

    async def _ask(self, action: str, capability: Capability, what: Mapping[str, str]) -> None:
        if capability not in self.capabilities:
            raise Unsupported("This phone system tells Offhook about its calls but takes no requests from it.")
        body = msgspec.json.encode({"id": self._new_id(), "action": action, **what})
        try:
            status = await self._post(self._control_url, wire.signed_headers(self._secret, self._now(), body), body)
        except Exception as error:  # whatever the HTTP client raises when there is no answer
            raise PhoneSystemUnavailable from error
        refusal = wire.refusal(status)
        if refusal:
            raise refusal
