"""Templates, the headers of every page, redirects."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from litestar import Response
from markupsafe import Markup

from hubspot_sandbox.objects.values import timestamp
from hubspot_sandbox.pages.static_files import address_of

if TYPE_CHECKING:
    from jinja2 import Environment

Page = Response[str]

# Recordings lie elsewhere, on HTTPS; everything else must be our own.
POLICY = (
    "default-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' https:;"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
TONES = 6


def page(template: str, *, status: int = 200, cookies: Any = None, frames: Collection[str] = (), **values: Any) -> Page:
    """A whole HTML page. `visitor` and `member`, when given, fill the top bar. `frames` are origins it may embed."""
    shown = {"visitor": None, "member": None, **values}
    text = _templates().get_template(template).render(shown)
    policy = f"{POLICY}; frame-src 'self' {' '.join(sorted(frames))}" if frames else POLICY
    headers = {**HEADERS, "content-security-policy": policy}
    return Response(text, status_code=status, headers=headers, media_type="text/html", cookies=cookies)


def redirect(url: str, *, status: int = 303, cookies: Any = None) -> Page:
    """Go there. The address is sent as it is; callers make sure that it is local or a registered one."""
    headers = {**HEADERS, "location": url}
    return Response("", status_code=status, headers=headers, media_type="text/html", cookies=cookies)


def zone_of(name: str) -> tzinfo:
    """An account's time zone; UTC where the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def day(moment: datetime | str, zone: str = "UTC") -> str:
    """`23 Nov 2026`; what is no time is shown as it is."""
    at = timestamp(moment) if isinstance(moment, str) else moment
    if at is None:
        return str(moment)
    local = at.astimezone(zone_of(zone))
    return f"{local.day} {local:%b %Y}"


def when(moment: datetime | str, zone: str = "UTC") -> str:
    """`23 Nov 2026 at 18:33 GMT`."""
    at = timestamp(moment) if isinstance(moment, str) else moment
    if at is None:
        return str(moment)
    local = at.astimezone(zone_of(zone))
    return f"{day(at, zone)} at {local:%H:%M} {local.tzname() or ''}".rstrip()


def initials(name: str) -> str:
    """One or two letters for the round picture beside a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in chosen).upper() or "?"


def tone(name: str) -> int:
    """Which of the calm colours belongs to a name, always the same one."""
    return sum(name.encode()) % TONES


def json_block(value: msgspec.Struct) -> Markup:
    """The content of a `<script type="application/json">`: no text in it can end the element."""
    text = msgspec.json.encode(value).decode()
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - what could be markup is escaped as JSON allows


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # not for those who only call the API

    loader = PackageLoader("hubspot_sandbox.pages")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    filters: Mapping[str, Any] = {"day": day, "when": when, "initials": initials, "tone": tone, "json": json_block}
    made.filters.update(filters)
    made.globals["static"] = address_of
    return made
