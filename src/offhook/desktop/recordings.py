"""Recordings that a phone system keeps behind its own login: how HubSpot comes to them, and who may hear them.

The way is an operator's choice (decision 16). `link`: the call record in HubSpot holds an address of ours that nobody
can guess, and whoever has it may listen. `hubspot`: it holds none; HubSpot asks us for one that works for some hours.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from offhook.calls import store as calls
from offhook.calls.store import KeptCall
from offhook.database import Database
from offhook.desktop.rules import Rules
from offhook.errors import NotFound
from offhook.telephony.phone_system import HasRecordings, PhoneSystem

CAPABILITY = "recordings"
# What HubSpot asks for is for one listener: long enough for a working day's pauses.
LISTENING = timedelta(hours=8)
FOR_EVER = 0
FILE = re.compile(r"([0-9]{1,12})-([A-Za-z0-9_-]{43})\.[a-z0-9]{2,4}")


class Way(StrEnum):
    LINK = "link"
    HUBSPOT = "hubspot"
    OFF = "off"


class OnTimeline(Struct, frozen=True):
    """What the timeline holds of a recording: an address, or which of HubSpot's apps is asked for one; or neither."""

    url: str | None = None
    app_id: str | None = None


class Found(Struct, frozen=True):
    """A recording that may be heard: what keeps it, and as what."""

    call_id: str
    system: HasRecordings
    name: str


class Recordings:
    """Makes the addresses of recordings, and knows what they are of. Nobody learns from a refusal what there is."""

    def __init__(
        self,
        database: Database,
        systems: Mapping[str, PhoneSystem],
        rules: Rules,
        keys: Sequence[bytes],
        address: str,
        now: Callable[[], datetime],
        way: str = Way.LINK,
        app_id: str = "",
    ) -> None:
        """`keys`: the first signs, and what any of them signed is good. `address`: of the service. `way`: a `Way`."""
        self._database, self._systems, self._rules, self._now = database, systems, rules, now
        self._keys, self._address, self._way, self._app_id = keys, address, Way(way), app_id

    def on_timeline(self, kept: KeptCall) -> OnTimeline:
        """For the log of a call. What anybody can open is handed on as it is."""
        if not kept.call.recording_url or not self._wanted(kept):
            return OnTimeline()
        found = self._found(kept)
        if found is None:
            return OnTimeline(kept.call.recording_url)
        if self._way is Way.HUBSPOT:
            return OnTimeline(app_id=self._app_id)
        return OnTimeline(self._link(kept, found, FOR_EVER))

    async def asked_by_hubspot(self, call_id: str, app_id: str, account_id: str) -> str:
        """An address for somebody who opens the call in HubSpot. Raises NotFound.

        HubSpot documents no proof of itself with this question, so none is asked for: the call's id is as secret as the
        record that it stands in.
        """
        kept = await self._kept(call_id)
        found = self._found(kept)
        ours = (app_id, account_id) == (self._app_id, str(kept.account_id))
        if found is None or not ours or self._way is not Way.HUBSPOT or not self._wanted(kept):
            raise NotFound
        return self._link(kept, found, int((self._now() + LISTENING).timestamp()))

    async def behind(self, call_id: str, file: str) -> Found:
        """The recording behind an address that `on_timeline` or `asked_by_hubspot` made. Raises NotFound."""
        match = FILE.fullmatch(file)
        if match is None:
            raise NotFound
        kept = await self._kept(call_id)
        found = self._found(kept)
        until, proof = int(match[1]), match[2]
        over = until != FOR_EVER and datetime.fromtimestamp(until, UTC) < self._now()
        if found is None or over or not self._proven(kept, found, until, proof) or not self._wanted(kept):
            raise NotFound
        return found

    async def _kept(self, call_id: str) -> KeptCall:
        async with self._database.reading() as connection:
            kept = await calls.get(connection, call_id)
        if kept.id != call_id:  # it is part of another call now, whose record has an address of its own
            raise NotFound
        return kept

    def _wanted(self, kept: KeptCall) -> bool:
        """Neither the operator nor the account's administrators decided against recordings."""
        return self._way is not Way.OFF and self._rules.wants(kept.account_id, CAPABILITY)

    def _found(self, kept: KeptCall) -> Found | None:
        system = self._systems.get(kept.call.phone_system)
        url = kept.call.recording_url
        name = system.recording_at(url) if url and isinstance(system, HasRecordings) else None
        return Found(kept.id, system, name) if name and isinstance(system, HasRecordings) else None

    def _link(self, kept: KeptCall, found: Found, until: int) -> str:
        """HubSpot plays what ends as a sound file does."""
        ending = found.name.rpartition(".")[2]
        return f"{self._address}/recordings/{kept.id}/{until}-{self._proof(self._keys[0], kept, found, until)}.{ending}"

    def _proven(self, kept: KeptCall, found: Found, until: int, proof: str) -> bool:
        right = (self._proof(key, kept, found, until) for key in self._keys)
        return any(hmac.compare_digest(proof, each) for each in right)

    def _proof(self, key: bytes, kept: KeptCall, found: Found, until: int) -> str:
        """Of this account, this call and this very recording, and of no other."""
        said = "\n".join([str(until), str(kept.account_id), kept.id, kept.call.phone_system, found.name])
        return base64.urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256")).rstrip(b"=").decode()
