"""What stands in From, To, Contact and in a request line (RFC 3261 25.1). Pure."""

import re
from collections.abc import Mapping

from msgspec import Struct, field


class Uri(Struct, frozen=True):
    """`sip:user@host:port;name=value`; other schemes keep everything behind the colon in `host`."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


class Address(Struct, frozen=True):
    """A name for people, an address as it was written, and the parameters behind it."""

    name: str
    uri: str
    params: Mapping[str, str] = field(default_factory=dict)


class Via(Struct, frozen=True):
    """Who sent a request; `branch` names the transaction."""

    transport: str
    sent_by: str
    branch: str


# Visible characters of a URI. What is not here ends up in a header or a log otherwise.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,15}:[!#-;=?-~]{1,500}")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9.])?)(?::([0-9]{1,5}))?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_VIA = re.compile(r"SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9]{1,10})\s+([^\s;,]{1,300})\s*(.*)", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


def read_uri(text: str) -> Uri | None:
    """None when it is no address that we could use."""
    if not _URI.fullmatch(text):
        return None
    scheme, _, rest = text.partition(":")
    if scheme.lower() not in ("sip", "sips"):
        return Uri(scheme.lower(), "", rest)
    before, at, after = rest.rpartition("@")
    host, *params = after.partition("?")[0].split(";")
    found = _HOST.fullmatch(host)
    port = int(found[2]) if found and found[2] else None
    if not found or (at and not before) or (port is not None and not 0 < port < 65_536):
        return None
    return Uri(scheme.lower(), _unescaped(before.partition(":")[0]), found[1].lower(), port, _params(params))


def read_address(text: str) -> Address | None:
    """`"Ada" <sip:ada@x>;tag=1`, or without name and brackets; None when it is neither."""
    text = text.strip()
    quoted = _QUOTED.match(text)
    if text.startswith('"') and not quoted:
        return None
    name, rest = (re.sub(r"\\(.)", r"\1", quoted[1]), text[quoted.end() :]) if quoted else ("", text)
    before, bracket, after = rest.partition("<")
    if not bracket:
        uri, *params = rest.split(";")
        return None if quoted else _address("", uri, params)
    uri, closed, tail = after.partition(">")
    if not closed or (quoted and before.strip()):
        return None
    return _address(name or before.strip(), uri, tail.split(";")[1:])


def read_via(text: str) -> Via | None:
    found = _VIA.fullmatch(text.strip())
    if not found:
        return None
    return Via(found[1].upper(), found[2].lower(), _params(found[3].split(";")).get("branch", ""))


def written(uri: str, name: str = "", **params: str) -> str:
    """An address for a header; whatever a caller calls itself cannot leave its quotes."""
    clean = "".join(each for each in name if each.isprintable() and each not in '"\\')[:100]
    quoted = f'"{clean}" ' if clean else ""
    return f"{quoted}<{uri}>" + "".join(f";{key}={value}" for key, value in params.items())


def user_part(text: str) -> str:
    """Any text as the user of an address."""
    kept = text.encode(errors="replace")[:60]
    safe = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_.!~*'()"
    return "".join(chr(each) if each in safe else f"%{each:02X}" for each in kept) or "anonymous"


def separate(text: str, limit: int = 50) -> list[str]:
    """A header's values, at the commas that are in neither quotes nor brackets; at most `limit`, the rest is dropped."""
    parts, start, quoted, inside = [], 0, False, False
    for found in re.finditer(r'\\.|["<>,]', text):
        mark = found[0]
        if mark == '"' and not inside:
            quoted = not quoted
        elif mark in "<>" and not quoted:
            inside = mark == "<"
        elif mark == "," and not (quoted or inside):
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [each for each in (*parts, text[start:].strip()) if each][:limit]


def _address(name: str, uri: str, params: list[str]) -> Address | None:
    uri = uri.strip()
    return Address(name, uri, _params(params)) if _URI.fullmatch(uri) else None


def _params(parts: list[str]) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in parts[:30] if part.strip())
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
