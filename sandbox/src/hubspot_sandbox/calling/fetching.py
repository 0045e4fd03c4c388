"""Asking an app where a recording is, and fetching it. The page of recordings loads this when the first one is played."""

import asyncio
import ssl
from functools import cache

import httpx
import msgspec

from hubspot_sandbox.webhooks.model import is_local

ANSWER_SECONDS = 10.0
MOST_BYTES = 64 * 1024 * 1024
AGENT = "hubspot-sandbox recordings"
PASSED_ON = ("content-type", "content-range", "accept-ranges")


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """What the app answers."""

    authenticated_url: str


class Fetched(msgspec.Struct, frozen=True):
    """The recording, or the asked part of it: 200 or 206."""

    status: int
    body: bytes
    headers: dict[str, str]


class NoRecording(Exception):
    """It could not be had; says why, for the developer of the app."""


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: it is slow to make."""
    return ssl.create_default_context()


async def fetch(question: str, part: str, *, anywhere: bool) -> Fetched:
    """The recording. `part` is the browser's `Range`, or nothing; other machines are asked when `anywhere` only.

    :raises NoRecording:
    """
    try:
        async with asyncio.timeout(ANSWER_SECONDS), _client() as client:
            where = await _asked(client, question, anywhere)
            return await _got(client, where, part, anywhere)
    except (TimeoutError, httpx.TimeoutException) as late:
        raise NoRecording(f"There was no answer within {ANSWER_SECONDS:g} seconds.") from late
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise NoRecording(f"There was no answer: {type(error).__name__} {error}") from error


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=_trusted(), timeout=ANSWER_SECONDS, trust_env=False, headers={"User-Agent": AGENT})


async def _asked(client: httpx.AsyncClient, question: str, anywhere: bool) -> str:
    _check(question, anywhere)
    answer = await client.get(question)
    if answer.status_code != 200:
        raise NoRecording(f"The app was asked for the address of the recording and answered {answer.status_code}.")
    try:
        return msgspec.json.decode(answer.content, type=Told).authenticated_url
    except msgspec.MsgspecError as wrong:
        raise NoRecording('The app did not answer with {"authenticatedUrl": "…"}.') from wrong


async def _got(client: httpx.AsyncClient, where: str, part: str, anywhere: bool) -> Fetched:
    """A redirect is not followed [inf]."""
    _check(where, anywhere)
    async with client.stream("GET", where, headers={"Range": part} if part else {}) as answer:
        if answer.status_code not in (200, 206):
            raise NoRecording(f"The authenticated address of the recording answered {answer.status_code}.")
        pieces: list[bytes] = []
        async for piece in answer.aiter_bytes():
            pieces.append(piece)
            if sum(map(len, pieces)) > MOST_BYTES:
                raise NoRecording(f"The recording is larger than {MOST_BYTES} bytes.")
    headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    return Fetched(answer.status_code, b"".join(pieces), headers)


def _check(url: str, anywhere: bool) -> None:
    if not url.startswith(("https://", "http://")):
        raise NoRecording("The address of the recording is no web address.")
    if not (anywhere or is_local(url)):
        raise NoRecording(
            "The recording is not on this machine; start the sandbox with --webhooks-anywhere to let it ask others."
        )
