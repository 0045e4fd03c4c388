"""8x8 over HTTP: two kinds of tokens, one request at a time, and every page once. Tokens and keys are never logged."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from offhook.errors import PhoneSystemUnavailable
from offhook.telephony.eight_by_eight import wire
from offhook.telephony.eight_by_eight.wire import Page, Row
from offhook.telephony.recording import Part, Recording

# A token is replaced a little before it dies.
AHEAD = timedelta(seconds=60)
PATIENCE = 30.0  # seconds
REPEATS = 3
# Of a refusal, as much is read as says why.
REFUSAL = 16_384  # bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """What an operator entered. `user` and its password read call records, `secret` recordings; either may be empty."""

    api_key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    pbx: str = "allpbxes"

    @property
    def for_records(self) -> bool:
        return bool(self.api_key and self.user and self.password)

    @property
    def for_recordings(self) -> bool:
        return bool(self.api_key and self.secret)


class Client:
    """Asks 8x8. Every method raises PhoneSystemRejected (a person must change something) or PhoneSystemUnavailable."""

    def __init__(self, http: httpx.AsyncClient, url: str, keys: Keys, now: Callable[[], datetime]) -> None:
        self._http, self._url, self._keys, self._now = http, url.rstrip("/"), keys, now
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._not_before: dict[str, datetime] = {}
        self._turn = asyncio.Lock()

    async def rows(self, path: str, start: datetime, end: datetime) -> list[Row]:
        """All call records, or all legs, of a window; from the beginning when 8x8 forgets where its last page ended."""
        query = wire.in_window(self._keys.pbx, start, end)
        for _ in range(2):
            with suppress(wire.ScrollExpired):
                return await self._all(path, query, "scrollId", wire.rows_page)
        raise PhoneSystemUnavailable("8x8 forgets where its pages ended.")

    async def recordings(self, since: datetime) -> AsyncIterator[Row]:
        """Recordings that are there since a moment, of all the customer's regions."""
        for region in wire.regions_of(await self._get(wire.REGIONS, {})):
            query = wire.updated_since(since)
            for row in await self._all(wire.objects_path(region), query, "pageKey", wire.objects_page):
                yield {**row, "region": region}

    @asynccontextmanager
    async def recording(self, name: str, part: Part | None) -> AsyncIterator[Recording]:
        """A recording by its name (`wire.recording_name`), as it comes. Several at a time, beside all other requests."""
        path = wire.named_content(name)
        answer = await self._opened(path, part)
        if answer.status_code == wire.TOKEN_DIED:
            await answer.aclose()
            self._tokens.pop(_kind(path), None)
            answer = await self._opened(path, part)
        try:
            await self._check_content(path, answer)
            yield wire.recording_of(answer.status_code, answer.headers, answer.aiter_raw(), part)
        finally:
            await answer.aclose()

    async def _opened(self, path: str, part: Part | None) -> httpx.Response:
        """Only to the address that is set: wherever 8x8 might send, the token does not go."""
        headers = {**await self._authorised(path), "Accept": "audio/*", "Accept-Encoding": "identity"}
        headers |= {"Range": part.header} if part else {}
        self._check_pause(path)
        request = self._http.build_request("GET", f"{self._url}{path}", headers=headers, timeout=PATIENCE)
        try:
            return await self._http.send(request, stream=True, follow_redirects=False)
        except httpx.HTTPError as error:
            raise PhoneSystemUnavailable("8x8 cannot be reached.") from error

    async def _check_content(self, path: str, answer: httpx.Response) -> None:
        if answer.status_code in (wire.WHOLE, wire.PARTIAL):
            return
        body = b""
        with suppress(httpx.HTTPError):
            async for piece in answer.aiter_raw():
                body += piece[: REFUSAL - len(body)]
                if len(body) >= REFUSAL:
                    break
        refused = wire.content_refusal(path, answer.status_code, body, answer.headers)
        self._heed(path, answer, refused)
        raise refused or PhoneSystemUnavailable

    async def pbxes(self) -> list[str]:
        """The ids of the PBXs that the settings name."""
        named = {each.strip() for each in self._keys.pbx.split(",")}
        rows = await self._names(wire.PBXES)
        return [str(row["id"]) for row in rows if "allpbxes" in named or row.get("name") in named]

    async def agents(self, pbx: str) -> list[Row]:
        return await self._names(f"{wire.PBXES}{pbx}/agents")

    async def activity(self, pbx: str) -> tuple[Row, ...]:
        """What agents do now, says the guide of asking without dates; “the last 24 hours”, says the OpenAPI text."""
        return wire.activity_of(await self._get(f"{wire.PBXES}{pbx}/agent-activity", {"includeSummary": "false"}))

    async def _names(self, path: str) -> list[Row]:
        rows = await self._all(path, {"size": str(wire.NAMES)}, "page", wire.names_page)
        return [row for row in rows if row.get("deleted") is not True and row.get("id")]

    async def _all(self, path: str, query: Mapping[str, str], place: str, read: Callable[[bytes], Page]) -> list[Row]:
        """Until a page names no next one. The same page again and again leads nowhere."""
        rows, given, page = list[Row](), Counter[int](), read(await self._get(path, query))
        rows += page.rows
        while page.next is not None:
            given[hash((page.next, str(page.rows)))] += 1
            if max(given.values()) > REPEATS:
                raise PhoneSystemUnavailable("8x8 gave the same page again and again.")
            page = read(await self._get(path, {**query, place: page.next}))
            rows += page.rows
        return rows

    async def _get(self, path: str, query: Mapping[str, str]) -> bytes:
        """With a token; with a new one when 8x8 says that it has died earlier than promised."""
        answer = await self._send("GET", path, await self._authorised(path), params=query)
        if answer.status_code == wire.TOKEN_DIED:
            self._tokens.pop(_kind(path), None)
            answer = await self._send("GET", path, await self._authorised(path), params=query)
        return self._checked(path, answer, scrolling="scrollId" in query)

    async def _authorised(self, path: str) -> dict[str, str]:
        kind = _kind(path)
        token, dies = self._tokens.get(kind, ("", self._now()))
        if dies - AHEAD <= self._now():
            token, lasts = wire.token_of(await (self._storage_token() if kind == "storage" else self._records_token()))
            self._tokens[kind] = (token, self._now() + timedelta(seconds=lasts))
        key = {} if kind == "storage" else {"8x8-apikey": self._keys.api_key}
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", **key}

    async def _records_token(self) -> bytes:
        form = {"username": self._keys.user, "password": self._keys.password}
        headers = {"8x8-apikey": self._keys.api_key}
        answer = await self._send("POST", wire.ANALYTICS_TOKEN, headers, data=form)
        return self._checked(wire.ANALYTICS_TOKEN, answer)

    async def _storage_token(self) -> bytes:
        basic = httpx.BasicAuth(self._keys.api_key, self._keys.secret)
        form = {"grant_type": "client_credentials"}
        body = self._checked(wire.STORAGE_TOKEN, await self._send("POST", wire.STORAGE_TOKEN, {}, data=form, auth=basic))
        if not wire.may_read_recordings(body):
            raise wire.rejected(wire.NO_STORAGE)
        return body

    async def _send(self, method: str, path: str, headers: Mapping[str, str], **more: object) -> httpx.Response:
        """One at a time: 8x8 publishes no limit, and is not to be crowded."""
        self._check_pause(path)
        try:
            async with self._turn:
                return await self._http.request(
                    method,
                    f"{self._url}{path}",
                    headers=headers,
                    timeout=PATIENCE,
                    **more,  # type: ignore[arg-type]
                )
        except httpx.HTTPError as error:
            raise PhoneSystemUnavailable("8x8 cannot be reached.") from error

    def _check_pause(self, path: str) -> None:
        """Whom 8x8 asked to wait does not ask it."""
        closed = (self._not_before.get(_kind(path), self._now()) - self._now()).total_seconds()
        if closed > 0:
            busy = PhoneSystemUnavailable("8x8 asks Offhook to slow down.")
            busy.retry_after = closed
            raise busy

    def _checked(self, path: str, answer: httpx.Response, *, scrolling: bool = False) -> bytes:
        refused = wire.refusal(path, answer.status_code, answer.content, answer.headers, scrolling=scrolling)
        if refused is None:
            return answer.content
        self._heed(path, answer, refused)
        raise refused

    def _heed(self, path: str, answer: httpx.Response, refused: Exception | None) -> None:
        """8x8 asks for a pause, perhaps."""
        if answer.status_code == wire.BUSY and isinstance(refused, PhoneSystemUnavailable):
            self._not_before[_kind(path)] = self._now() + timedelta(seconds=refused.retry_after or 0)


def _kind(path: str) -> str:
    return "storage" if path.startswith("/storage/") or path == wire.STORAGE_TOKEN else "records"
