"""Offhook's app as a HubSpot developer project: the two files, written and read. Pure.

    hsproject.json               name, srcDir, platformVersion
    src/app/app-hsmeta.json      uid, type "app", config {name, description, distribution, auth, permittedUrls, support}

Fields and their limits:
https://developers.hubspot.com/docs/apps/developer-platform/build-apps/app-configuration
"""

import json
import re
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

PROJECT_FILE, SRC_DIR, APP_FILE = "hsproject.json", "src", "app-hsmeta.json"
PLATFORM_VERSION = "2026.09"
LONGEST_NAME, LONGEST_UID = 200, 64
DESCRIPTION = "The phone panel inside HubSpot: who is calling, click to call, and calls on the timeline."

File = TypeVar("File", bound=Struct)


class Wanted(Struct, frozen=True):
    """What this installation asks of its app. `required`, `optional`: the scopes of its widest consent."""

    redirect_uri: str
    required: tuple[str, ...]
    optional: tuple[str, ...]


class Label(Struct, frozen=True):
    """What people see of the app. `distribution`: `private` (accounts that one lists) or `marketplace`."""

    name: str
    support_email: str
    distribution: str = "private"


class Auth(Struct, frozen=True, rename="camel"):
    type: str
    redirect_urls: tuple[str, ...] = ()
    required_scopes: tuple[str, ...] = ()
    conditionally_required_scopes: tuple[str, ...] = ()
    optional_scopes: tuple[str, ...] = ()


class Config(Struct, frozen=True, rename="camel"):
    name: str
    distribution: str
    auth: Auth
    description: str = ""


class AppFile(Struct, frozen=True):
    """`…-hsmeta.json` of type app, as far as Offhook cares."""

    uid: str
    type: str
    config: Config


class ProjectFile(Struct, frozen=True, rename="camel"):
    """`hsproject.json`."""

    name: str
    platform_version: str
    src_dir: str = SRC_DIR


class Unreadable(Exception):
    """A file is not what HubSpot expects; the message says where and what, without the file's name."""


def written(wanted: Wanted, label: Label) -> dict[str, str]:
    """The project's files, path → text."""
    uid = uid_of(label.name)
    project = {"name": uid, "srcDir": SRC_DIR, "platformVersion": PLATFORM_VERSION}
    app = {"uid": uid, "type": "app", "config": _config(wanted, label)}
    return {PROJECT_FILE: _text(project), f"{SRC_DIR}/app/{APP_FILE}": _text(app)}


def _config(wanted: Wanted, label: Label) -> dict[str, Any]:
    return {
        "name": label.name,
        "description": DESCRIPTION,
        "distribution": label.distribution,
        "auth": {
            "type": "oauth",
            "redirectUrls": [wanted.redirect_uri],
            "requiredScopes": list(wanted.required),
            "conditionallyRequiredScopes": [],
            "optionalScopes": list(wanted.optional),
        },
        # A panel that HubSpot shows as its calling widget is framed from here.
        "permittedUrls": {"fetch": [], "iframe": _frames(wanted.redirect_uri), "img": []},
        "support": {"supportEmail": label.support_email},
    }


def _frames(redirect_uri: str) -> list[str]:
    parts = urlsplit(redirect_uri)
    return [f"https://{parts.netloc}"] if parts.scheme == "https" else []


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def uid_of(name: str) -> str:
    """The app's name as HubSpot takes it inside a project: at most 64 letters, digits, dots, dashes, underscores."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-")[:LONGEST_UID] or "offhook"


def may_come_back_to(url: str) -> bool:
    """HubSpot sends people back to https, and to plain http on `localhost` only; 127.0.0.1 is not localhost to it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not url.isprintable() or " " in url:
        return False
    return bool(parts.hostname) if parts.scheme == "https" else (parts.scheme, parts.hostname) == ("http", "localhost")


def read(text: str, kind: type[File]) -> File:
    """A file of the project.

    Raises:
        Unreadable: no JSON, or a field is missing or of another kind.
    """
    try:
        return msgspec.convert(json.loads(text.removeprefix("\ufeff")), kind)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}, column {error.colno} is no JSON ({error.msg})") from error
    except msgspec.ValidationError as error:
        what, found, place = str(error).partition(" - at ")
        raise Unreadable(f"{place.strip('`').removeprefix('$.')}: {what}" if found else what) from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
