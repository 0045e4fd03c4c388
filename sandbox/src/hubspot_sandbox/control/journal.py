"""What did you receive? Every API request, with secrets taken out."""

from collections import deque
from typing import Any
from urllib.parse import parse_qsl

import msgspec

SECRET_FIELDS = {"client_secret", "refresh_token", "access_token", "token", "code", "code_verifier", "hapikey"}
KEPT_ENTRIES = 10_000
KEPT_BODY_BYTES = 1_000_000
REDACTED = "[redacted]"


class Entry(msgspec.Struct, frozen=True):
    """One request. `status` is None when the connection was dropped; `fault` tells that it was scripted."""

    at: str
    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None
    fault: bool = False


class Journal:
    """The newest ten thousand requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)

    def write(self, entry: Entry) -> None:
        self._entries.append(entry)

    def read(self) -> list[Entry]:
        return list(self._entries)

    def clear(self) -> None:
        self._entries.clear()


def readable(body: bytes, content_type: str) -> Any:
    """A body as JSON value, as form fields, or as text; secrets replaced by `[redacted]`."""
    if not body:
        return None
    text = body[:KEPT_BODY_BYTES].decode(errors="replace")
    if "x-www-form-urlencoded" in content_type:
        return redacted(dict(parse_qsl(text, keep_blank_values=True)))
    try:
        return redacted(msgspec.json.decode(text))
    except (msgspec.MsgspecError, RecursionError):
        return text


def redacted(value: Any) -> Any:
    """Secret fields at the top of an object; CRM properties are no secrets here."""
    if not isinstance(value, dict):
        return value
    return {name: REDACTED if name in SECRET_FIELDS else each for name, each in value.items()}


def safe_path(path: str) -> str:
    """v1's token look-ups carry the token in the path."""
    for prefix in ("/oauth/v1/access-tokens/", "/oauth/v1/refresh-tokens/"):
        if path.startswith(prefix):
            return prefix + REDACTED
    return path
