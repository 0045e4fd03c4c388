"""What did you receive? Every API request, with secrets taken out."""

from collections import deque
from itertools import islice
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec

from hubspot_sandbox.control.identity import Identity, IdentityFilter
from hubspot_sandbox.control.patterns import matches

SECRET_FIELDS = {"client_secret", "refresh_token", "access_token", "token", "code", "code_verifier", "hapikey"}
KEPT_ENTRIES = 10_000
KEPT_BODY_BYTES = 1_000_000
REDACTED = "[redacted]"
FORM = "x-www-form-urlencoded"


class Entry(msgspec.Struct, frozen=True):
    """One request. `status` is None when the connection was dropped; `fault` tells that it was scripted.

    `route` is the endpoint that it reached, `/crm/objects/{version}/{object_type}`; empty when it reached none.
    `caller` is what the program says of itself, its `User-Agent`; `identity` what its credentials say. `at` is when it
    came, `id` its place among those that were answered.
    """

    at: str
    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None
    fault: bool = False
    route: str = ""
    caller: str = ""
    identity: Identity | None = None
    id: int = 0


class Wanted(IdentityFilter, frozen=True, forbid_unknown_fields=True):
    """Which entries are asked for: all that fit in everything that is given. `since` is the id of the last one known."""

    method: str = ""
    pattern: str = ""
    status: int | None = None
    fault: bool | None = None
    since: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=KEPT_ENTRIES)] = KEPT_ENTRIES

    def has(self, entry: Entry) -> bool:
        return (
            entry.id > self.since
            and self.method.upper() in ("", entry.method)
            and self.status in (None, entry.status)
            and self.fault in (None, entry.fault)
            and (not self.pattern or matches(self.pattern, entry.path))
            and self.fits(entry.identity)
        )


class Journal:
    """The newest ten thousand requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._last = 0

    def write(self, entry: Entry) -> None:
        """Add an entry, which gets its id."""
        self._last += 1
        self._entries.append(msgspec.structs.replace(entry, id=self._last))

    def read(self, wanted: Wanted | None = None) -> list[Entry]:
        """All of them, or the first ones that are wanted."""
        if wanted is None:
            return list(self._entries)
        return list(islice(filter(wanted.has, list(self._entries)), wanted.limit))

    def clear(self) -> None:
        """Forget the entries; ids go on."""
        self._entries.clear()


def as_sent(body: bytes, content_type: str) -> Any:
    """A body as JSON value, as form fields, or as text; secrets are still in it."""
    if not body:
        return None
    text = body[:KEPT_BODY_BYTES].decode(errors="replace")
    if FORM in content_type:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text


def redacted(value: Any) -> Any:
    """With `[redacted]` for the secret fields at the top of an object; CRM properties are no secrets here."""
    if not isinstance(value, dict):
        return value
    return {name: REDACTED if name in SECRET_FIELDS else each for name, each in value.items()}


def safe_path(path: str) -> str:
    """v1's token look-ups carry the token in the path."""
    for prefix in ("/oauth/v1/access-tokens/", "/oauth/v1/refresh-tokens/"):
        if path.startswith(prefix):
            return prefix + REDACTED
    return path
