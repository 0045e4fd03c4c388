"""The phone systems that agents can choose, made from the settings: beside bootstrap the only file that names them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from offhook.calls import store as calls
from offhook.database import Database
from offhook.settings import Settings
from offhook.telephony.exchange.exchange import Exchange
from offhook.telephony.exchange.lines import Line
from offhook.telephony.phone_system import PhoneSystem
from offhook.telephony.webhook.webhook import WebhookSystem


def _now() -> datetime:
    return datetime.now(UTC)


async def phone_systems(settings: Settings, database: Database, http: httpx.AsyncClient) -> Mapping[str, PhoneSystem]:
    """The phone systems that agents can choose, in the order of the setting."""
    async with database.reading() as connection:
        live = [kept.call for kept in await calls.live(connection, "exchange")]
    made: dict[str, Callable[[], PhoneSystem]] = {
        "exchange": lambda: Exchange(_lines(settings), _now, lambda: uuid4().hex, live, region=settings.default_region),
        "webhook": lambda: WebhookSystem(settings.webhook_secret, settings.webhook_dial_url, _poster(http), _now),
    }
    return {key: made[key]() for key in settings.phone_systems}


def _lines(settings: Settings) -> dict[str, Line]:
    parts = [line.split(":", 2) for line in settings.exchange_lines]
    return {each[0]: Line(each[0], each[1], each[2] if len(each) > 2 else "") for each in parts}


def _poster(http: httpx.AsyncClient) -> Callable[[str, Mapping[str, str], bytes], Awaitable[int]]:
    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        return (await http.post(url, headers=dict(headers), content=body, timeout=10)).status_code

    return post
