"""The phone systems that agents can choose, made from the settings: beside bootstrap the only file that names them.

Those that are not chosen are not imported either: a service starts for all of its agents, and its phone systems are few.
"""

import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from offhook.agents import store as agents
from offhook.calls import store as calls
from offhook.calls.call import Call
from offhook.calls.sighting import SERVER
from offhook.database import Database
from offhook.errors import ConfigurationError
from offhook.grants.vault import Vault
from offhook.line_secrets import LineSecrets
from offhook.settings import Settings, secret_keys, variable
from offhook.telephony.phone_system import PhoneSystem

if TYPE_CHECKING:
    from offhook.telephony.asterisk import Asterisk
    from offhook.telephony.contact_center import ContactCenter
    from offhook.telephony.eight_by_eight import EightByEight
    from offhook.telephony.eight_by_eight.feeds import Stays
    from offhook.telephony.exchange import Exchange
    from offhook.telephony.sip import ServerSide, Sip
    from offhook.telephony.webhook import WebhookSystem


def _now() -> datetime:
    return datetime.now(UTC)


async def phone_systems(settings: Settings, database: Database, http: httpx.AsyncClient) -> Mapping[str, PhoneSystem]:
    """The phone systems that agents can choose, in the order of the setting."""
    async with database.reading() as connection:
        live = {key: [kept.call for kept in await calls.live(connection, key)] for key in settings.phone_systems}
        beside_sip = settings.sip_seen_by == "asterisk"
        seen_beside = await calls.live_as(connection, "sip", SERVER) if beside_sip else ()
    made: dict[str, Callable[[], PhoneSystem]] = {
        "exchange": lambda: _exchange(settings, live["exchange"]),
        "webhook": lambda: _webhook(settings, http),
        "asterisk": lambda: _asterisk(settings, live["asterisk"]),
        "eight_by_eight": lambda: _eight_by_eight(settings, database, http),
        "contact_center": lambda: _contact_center(settings, http, live["contact_center"]),
    }
    # Those that tell of the same calls on the server side.
    beside: dict[str, Callable[[], ServerSide]] = {
        "webhook": lambda: _webhook(settings, http),
        "asterisk": lambda: _asterisk(settings, seen_beside),
    }
    made["sip"] = lambda: _sip(settings, database, beside)
    return {key: made[key]() for key in settings.phone_systems}


def _exchange(settings: Settings, live: Sequence[Call]) -> "Exchange":
    from offhook.media.ear import listen_on
    from offhook.telephony.exchange import Exchange, Line

    listen_on(settings.exchange_audio_addresses)
    parts = [line.split(":", 2) for line in settings.exchange_lines]
    return Exchange(
        {each[0]: Line(each[0], each[1], each[2] if len(each) > 2 else "") for each in parts},
        _now,
        lambda: uuid4().hex,
        live,
        region=settings.default_region,
        server=f"{settings.address.replace('http', 'ws', 1)}/sip",
        folder=settings.data_dir.expanduser(),
        key=secret_keys(settings)[0].encode(),
    )


def _webhook(settings: Settings, http: httpx.AsyncClient) -> "WebhookSystem":
    from offhook.telephony.webhook import WebhookSystem

    return WebhookSystem(settings.webhook_secret, settings.webhook_dial_url, _poster(http), _now)


def _sip(settings: Settings, database: Database, beside: "Mapping[str, Callable[[], ServerSide]]") -> "Sip":
    from offhook.telephony.ice import ice_server
    from offhook.telephony.sip import Server, Sip

    host = urlsplit(settings.sip_server).hostname or ""
    server_side = beside[settings.sip_seen_by]() if settings.sip_seen_by != "none" else None
    return Sip(
        Server(settings.sip_server, settings.sip_domain or host, settings.sip_outbound_proxy, settings.address),
        LineSecrets("sip", database, Vault(secret_keys(settings))),
        realm=settings.sip_realm,
        ice_servers=[ice_server(each) for each in settings.sip_ice_servers],
        codecs=settings.sip_codecs,
        region=settings.default_region,
        server_side=server_side,
        trust=_trusting("sip_ca", settings.sip_ca) if settings.sip_ca != Path() else None,
    )


def _asterisk(settings: Settings, live: Sequence[Call]) -> "Asterisk":
    from offhook.telephony.asterisk import Address, Asterisk, Dialling, Lines

    tls = _trusting("asterisk_ca", settings.asterisk_ca) if settings.asterisk_tls == "on" else None
    host, port = settings.asterisk_host, settings.asterisk_port
    plus = "" if settings.asterisk_plus == "none" else settings.asterisk_plus
    return Asterisk(
        Address(host, port, settings.asterisk_user, settings.asterisk_secret, tls),
        Lines(settings.asterisk_lines, settings.asterisk_trunks, settings.asterisk_allowed_lines),
        Dialling(settings.asterisk_context, settings.asterisk_caller_id, plus),
        _now,
        lambda: uuid4().hex,
        live,
    )


def _eight_by_eight(settings: Settings, database: Database, http: httpx.AsyncClient) -> "EightByEight":
    from offhook.telephony.eight_by_eight import EightByEight, Keys
    from offhook.telephony.eight_by_eight.eight_by_eight import Pace

    every = timedelta(seconds=settings.eight_by_eight_records_every)
    return EightByEight(
        Keys(
            settings.eight_by_eight_api_key,
            settings.eight_by_eight_api_secret,
            settings.eight_by_eight_user,
            settings.eight_by_eight_password,
            settings.eight_by_eight_pbx,
        ),
        http,
        _now,
        KeptBookmarks(database, EightByEight.key),
        _stays(database, EightByEight.key),
        url=settings.eight_by_eight_api_url,
        pace=Pace(every, timedelta(seconds=settings.eight_by_eight_activity_every)),
        region=settings.default_region,
        frame=settings.eight_by_eight_panel_url,
        caller_ids=settings.eight_by_eight_caller_ids,
    )


def _contact_center(settings: Settings, http: httpx.AsyncClient, live: Sequence[Call]) -> "ContactCenter":
    from offhook.telephony.contact_center import Account, ContactCenter, StatusReason

    reasons = [each.split("|", 3) for each in settings.contact_center_status_codes]
    account = Account(
        settings.contact_center_tenant,
        settings.contact_center_stream_url,
        settings.contact_center_stream_key,
        settings.contact_center_api_url,
        settings.contact_center_token,
        settings.contact_center_subscription,
        settings.contact_center_prefix,
        settings.contact_center_caller_id,
        dict(each.split(":", 1) for each in settings.contact_center_codes),
        [StatusReason(int(status), int(list_), int(item), short) for status, list_, item, short in reasons],
    )
    return ContactCenter(account, http, _now, live, region=settings.default_region)


class KeptBookmarks:
    """How far a phone system that has to be asked was read, in the database."""

    def __init__(self, database: Database, phone_system: str) -> None:
        self._database, self._phone_system = database, phone_system

    async def read(self, name: str) -> str | None:
        async with self._database.reading() as connection:
            return await calls.read_bookmark(connection, self._phone_system, name)

    async def keep(self, name: str, place: str) -> None:
        async with self._database.transaction() as connection:
            await calls.keep_bookmark(connection, self._phone_system, name, place)


def _stays(database: Database, phone_system: str) -> "Stays":
    async def stays() -> Sequence[agents.Stay]:
        async with database.reading() as connection:
            return await agents.stays(connection, phone_system)

    return stays


def _trusting(setting: str, authority: Path) -> ssl.SSLContext:
    """A phone system's certificate is often signed by itself, or by the company, and then that is the one to trust."""
    try:
        return ssl.create_default_context(cafile=authority if authority != Path() else None)
    except ssl.SSLError as error:
        raise ConfigurationError(f"{variable(setting)} holds no certificate.") from error


def _poster(http: httpx.AsyncClient) -> Callable[[str, Mapping[str, str], bytes], Awaitable[int]]:
    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        return (await http.post(url, headers=dict(headers), content=body, timeout=10)).status_code

    return post
