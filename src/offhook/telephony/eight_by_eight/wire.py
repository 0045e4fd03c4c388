"""8x8's requests, pages and refusals. Pure.

Sources, at https://developer.8x8.com/analytics/docs/: work-analytics-call-detail-records, work-analytics-call-legs,
cloud-storage-service-bulk-download, oauth-authentication-for-8x8-xcaas-apis; and the OpenAPI files of
https://github.com/8x8Cloud/public-developer-docs (docs_oas/analytics), which have the refusals.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from offhook.errors import (
    NoSuchPart,
    OffhookError,
    PhoneSystemKeyRejected,
    PhoneSystemLoginRejected,
    PhoneSystemRejected,
    PhoneSystemRightMissing,
    PhoneSystemSecretRejected,
    PhoneSystemUnavailable,
    RecordingGone,
)
from offhook.telephony.recording import Part, Recording, cut

API = "https://api.8x8.com"
ANALYTICS_TOKEN = "/analytics/work/v1/oauth/token"  # noqa: S105
STORAGE_TOKEN = "/oauth/v2/token"  # noqa: S105
RECORDS, LEGS = "/analytics/work/v2/call-records", "/analytics/work/v2/call-legs"
PBXES = "/analytics/work/v2/pbxes/"
# Any region tells which ones are the customer's.
REGIONS = "/storage/us-east/v3/regions"
TOKEN_DIED, BUSY = 401, 429
WHOLE, PARTIAL = 200, 206
NO_MORE = "No Data"
# 8x8 allows 7,000 rows on a page of records; a page should not take minutes. Of objects and names at most 100.
ROWS, OBJECTS, NAMES = 1_000, 100, 100

Row = dict[str, Any]


class ScrollExpired(Exception):
    """8x8 no longer knows the place where its last page ended: one begins anew."""


class Page(Struct, frozen=True):
    """Rows, and what asks for the next page; None at the end."""

    rows: tuple[Row, ...]
    next: str | None


def in_window(pbx: str, start: datetime, end: datetime) -> dict[str, str]:
    """Rows of calls that ended between these two; 8x8 knows whole seconds.

    Of legs it is documented that the time of disconnecting counts; of records it is not said which [unverified].
    """
    times = {"startTime": start, "endTime": end + timedelta(seconds=1)}
    written = {name: at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") for name, at in times.items()}
    return {"pbxId": pbx, **written, "timeZone": "UTC", "pageSize": str(ROWS)}


def rows_page(body: bytes) -> Page:
    """The documented end is a page whose scrollId is `No Data`; also taken for the end: no rows, or all there are.

    Raises:
        PhoneSystemUnavailable: not of the documented shape, or without the way to the rest.
    """
    said = _object(body)
    meta = said.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    scroll = meta.get("scrollId")
    rows = _rows(said.get("data") if scroll != NO_MORE else said.get("data") or [])
    if not rows or scroll == NO_MORE:
        return Page(rows, None)
    if isinstance(scroll, str) and scroll:
        return Page(rows, scroll)
    total = meta.get("totalRecordCount")
    if isinstance(total, int) and total > len(rows):
        raise PhoneSystemUnavailable("8x8 does not say where its next page is.")
    return Page(rows, None)


def updated_since(moment: datetime) -> dict[str, str]:
    """Work recordings that are there since a moment: they appear within an hour, sometimes only after 24."""
    newer = f"type==callrecording;updatedTime=ge={int(moment.timestamp() * 1000)}"
    return {"filter": newer, "sortField": "createdTime", "sortDirection": "ASC", "limit": str(OBJECTS)}


def objects_page(body: bytes) -> Page:
    """`pageKey` is an offset, and grows on the last page too: only `lastPage` says that it is the last."""
    said = _object(body)
    key, rows = said.get("pageKey"), _rows(said.get("content"))
    return Page(rows, None if said.get("lastPage") is True or not rows or key is None else str(key))


def objects_path(region: str) -> str:
    return f"/storage/{region}/v3/objects"


def content_path(region: str, object_id: str) -> str:
    return f"{objects_path(region)}/{object_id}/content"


# Region and id, as they stand in an address: nothing that leads to another one.
_NAMED = "([a-z]{2}[a-z-]{0,18})/([A-Za-z0-9-]{1,100})"
_CONTENT = re.compile(rf"{re.escape(API)}/storage/{_NAMED.replace('/', '/v3/objects/')}/content")
_NAME = re.compile(rf"{_NAMED}\.mp3")


def recording_name(url: str) -> str | None:
    """`us-east/9984564e.mp3` for the address of its content; None for any other. Recordings of Work are MP3."""
    match = _CONTENT.fullmatch(url)
    return f"{match[1]}/{match[2]}.mp3" if match else None


def named_content(name: str) -> str:
    """The path of a recording's content. Raises RecordingGone: nothing is called so."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise RecordingGone
    return content_path(match[1], match[2])


def recording_of(status: int, headers: Mapping[str, str], pieces: AsyncIterator[bytes], part: Part | None) -> Recording:
    """What the storage gives; it is cut here when the storage gives all of it.

    That it gives parts is not documented [unverified].

    Raises:
        NoSuchPart, PhoneSystemUnavailable: it cannot be handed on as it is.
    """
    said = headers.get("content-type", "")
    media = said if said.startswith("audio/") else "audio/mpeg"
    if headers.get("content-encoding", "identity") != "identity":
        raise PhoneSystemUnavailable("8x8 gave a recording in a form that cannot be played.")
    if status == PARTIAL:
        match = re.fullmatch("bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})", headers.get("content-range", ""))
        if match is None:
            raise PhoneSystemUnavailable("8x8 does not say which part of a recording it gave.")
        first, last, size = (int(each) for each in match.groups())
        return Recording(media, pieces, size, (first, last))
    length = headers.get("content-length", "")
    size_or_not = int(length) if length.isdecimal() and len(length) < 16 else None
    if part is None or size_or_not is None:
        return Recording(media, pieces, size_or_not)
    first, last = part.within(size_or_not)
    return Recording(media, cut(pieces, first, last), size_or_not, (first, last))


def names_page(body: bytes) -> Page:
    """PBXs, or the agents of one: whatever list is in `_embedded`, since example and schema call it differently."""
    said = _object(body)
    held, page = said.get("_embedded"), said.get("page")
    rows = [row for each in held.values() if isinstance(each, list) for row in each] if isinstance(held, dict) else []
    number, pages = (page.get("number"), page.get("totalPages")) if isinstance(page, dict) else (None, None)
    more = isinstance(number, int) and isinstance(pages, int) and number + 1 < pages and bool(rows)
    return Page(_rows(rows), str(number + 1) if more and isinstance(number, int) else None)


def activity_of(body: bytes) -> tuple[Row, ...]:
    """What agents do now. The schema has one list, the example one for each queue: both are read."""
    said = _object(body)
    return tuple(_activities(said)) + tuple(
        row for queue in _listed(said, "queuesAgentActivity") for row in _activities(queue)
    )


def _activities(said: Row) -> Iterator[Row]:
    yield from _listed(said, "agentActivity")


def _listed(said: Row, name: str) -> tuple[Row, ...]:
    return _rows(said.get(name) or [])


def regions_of(body: bytes) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(body, type=tuple[str, ...])
    except msgspec.MsgspecError as error:
        raise PhoneSystemUnavailable("8x8 did not say in which regions your recordings are.") from error


def token_of(body: bytes) -> tuple[str, float]:
    """A token and the seconds for which it works; 8x8 writes them as a number here and as a text there."""
    said = _object(body)
    token, lasts = said.get("access_token"), str(said.get("expires_in", ""))
    if not isinstance(token, str) or not token:
        raise PhoneSystemUnavailable("8x8 answered without a token.")
    return token, float(lasts) if lasts.isdecimal() else 0.0


def may_read_recordings(body: bytes) -> bool:
    """Whether the key is for the product `storage`; also when 8x8 does not name any product."""
    said = _object(body)
    named = said.get("api_product_list_json") or said.get("api_product_list")
    return not named or "storage" in named


def _object(body: bytes) -> Row:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise PhoneSystemUnavailable("8x8 answered something that cannot be read.") from error


def _rows(given: object) -> tuple[Row, ...]:
    if not isinstance(given, list):
        raise PhoneSystemUnavailable("8x8 answered something that cannot be read.")
    return tuple(row for row in given if isinstance(row, dict))


# Refusals: a sentence and a remedy for each, since a different person mends each.

KEY = (
    PhoneSystemKeyRejected,
    (
        "8x8 does not accept the API key: it is wrong, was deleted, or has expired.",
        "Whoever runs Offhook compares OFFHOOK_EIGHT_BY_EIGHT_API_KEY with 8x8's Admin Console > API Keys, or "
        "makes a new one.",
    ),
)
SECRET = (
    PhoneSystemSecretRejected,
    (
        "8x8 does not accept the API key with its secret, so there are no recordings.",
        "Whoever runs Offhook compares OFFHOOK_EIGHT_BY_EIGHT_API_SECRET with 8x8's Admin Console > API Keys.",
    ),
)
PERSON = (
    PhoneSystemLoginRejected,
    (
        "8x8 does not accept the user name or the password with which call records are read.",
        "Check OFFHOOK_EIGHT_BY_EIGHT_USER and its password, and let this user open Analytics for 8x8 Work in a "
        "browser once: before that, 8x8 refuses it.",
    ),
)
NO_RECORDS = (
    PhoneSystemRightMissing,
    (
        "8x8 does not let this user read the calls of this PBX.",
        "Give the user access to Analytics for 8x8 Work in the Admin Console, or correct OFFHOOK_EIGHT_BY_EIGHT_PBX.",
    ),
)
NO_STORAGE = (
    PhoneSystemRightMissing,
    (
        "The API key may not read recordings.",
        "A Super Admin assigns Cloud Storage API and adds the product storage to the key in 8x8's Admin Console.",
    ),
)
QUESTION = (
    PhoneSystemRejected,
    (
        "8x8 does not accept what Offhook asks about calls.",
        "Check OFFHOOK_EIGHT_BY_EIGHT_PBX: it is the name of the PBX as in the Admin Console, or allpbxes.",
    ),
)
Refusal = tuple[type[PhoneSystemRejected], tuple[str, str]]


def rejected(refusal: Refusal) -> PhoneSystemRejected:
    kind, (says, remedy) = refusal
    return kind(says, remedy=remedy)


def refusal(
    path: str, status: int, body: bytes, headers: Mapping[str, str], *, scrolling: bool = False
) -> OffhookError | ScrollExpired | None:
    """What an answer means; None when it is what was asked for. A 401 here is of a token that was made just now.

    `scrolling`: it was not the first page. What an old `scrollId` is answered with is not documented [unverified].
    """
    if 200 <= status < 300:
        return None
    if status == 429:
        busy = PhoneSystemUnavailable("8x8 asks Offhook to slow down.")
        after = headers.get("retry-after", "")
        busy.retry_after = float(after) if after.isdecimal() and len(after) < 7 else 60.0
        return busy
    known = _known(path, status, body)
    if known and not (scrolling and status == 400 and known is QUESTION):
        return rejected(known)
    if scrolling and status in (400, 404, 410):
        return ScrollExpired()
    if status == 401:
        return PhoneSystemUnavailable("8x8 does not accept the token that it gave just now.")
    return PhoneSystemUnavailable(f"8x8 does not answer as it should just now (HTTP {status}).")


def content_refusal(path: str, status: int, body: bytes, headers: Mapping[str, str]) -> OffhookError | None:
    """What the answer to a request for a recording means; None when it is one. Which it is when 8x8 has deleted the
    recording is not documented [unverified]; nor is any redirect, and none is followed.
    """
    if status in (WHOLE, PARTIAL):
        return None
    if status in (404, 410):
        return RecordingGone("8x8 does not keep this recording any more.")
    if status == 416:
        size = headers.get("content-range", "").removeprefix("bytes */")
        return NoSuchPart(int(size) if size.isdecimal() and len(size) < 16 else 0)
    known = refusal(path, status, body, headers)
    return known if isinstance(known, OffhookError) else PhoneSystemUnavailable("8x8 gave no recording.")


def _known(path: str, status: int, body: bytes) -> Refusal | None:
    """A wrong key is a 400 with the code SHA001, a wrong user a 400 with `invalid_grant`, a missing right a 403.

    Which body a wrong secret gets is not documented; that of OAuth 2.0 (RFC 6749, 5.2) is a 401, or a 400.
    """
    if b"SHA001" in body:
        return KEY
    if path == ANALYTICS_TOKEN:
        return PERSON if b"invalid_grant" in body or status in (401, 403) else None
    if path == STORAGE_TOKEN:
        return SECRET if status in (400, 401, 403) else None
    if status == 400 and path in (RECORDS, LEGS):
        return QUESTION
    if status == 403:
        return NO_STORAGE if path.startswith("/storage/") else NO_RECORDS
    return None
