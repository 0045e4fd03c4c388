"""Errors on the wire: problem details (RFC 9457). The only place in the service that chooses HTTP statuses."""

from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from offhook import errors
from offhook.errors import OffhookError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

# The nearest ancestor of an error counts.
STATUS: dict[type[OffhookError], int] = {
    errors.OffhookError: 500,
    errors.Refused: 409,
    errors.SignedOut: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.InvalidInput: 422,
    errors.TooLarge: 413,
    errors.WrongState: 409,
    errors.LineTaken: 409,
    errors.WrongLineLogin: 401,
    errors.TooManyTries: 429,
    errors.TooMuchAtOnce: 429,
    errors.NoSuchPart: 416,
    errors.ContactExists: 409,
    errors.DeliveryRefused: 400,
    errors.UnprovenDelivery: 401,
    errors.ConsentError: 400,
    errors.GrantError: 409,
    errors.HubSpotError: 502,
    errors.MissingScope: 403,
    errors.MissingRight: 403,
    errors.PhoneSystemError: 502,
    errors.PhoneSystemUnavailable: 503,
    errors.RecordingGone: 410,
    errors.Unsupported: 409,
}

# The service is there, but something that it needs is not.
UNREADY = 503
# Of what is handed on in parts.
WHOLE, PART = 200, 206
# A consent that came to nothing, as the panel that asks about it later is told.
CAME_TO_NOTHING = 400

# What the framework refuses before a route of ours is reached.
FRAMEWORK_CODES = {400: "invalid-input", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


class Problem(Struct, frozen=True, omit_defaults=True):
    """Problem details; `code` is stable, `remedy` says what a person can do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str | None = None
    retryable: bool = False
    contacts: Any = None


def status_of(error: OffhookError) -> int:
    return next(STATUS[each] for each in type(error).__mro__ if each in STATUS)


def problem_of(error: OffhookError) -> Problem:
    """The problem that tells of an error."""
    title = (type(error).__doc__ or "").strip().splitlines()[0]
    return Problem(
        type=f"urn:offhook:error:{error.code}",
        title=title,
        status=status_of(error),
        detail=error.says,
        code=error.code,
        remedy=error.remedy,
        retryable=error.retryable,
        contacts=error.contacts if isinstance(error, errors.ContactExists) else None,
    )


def _answer(problem: Problem) -> Response[bytes]:
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE)


def on_our_error(request: Request[Any, Any, Any], error: OffhookError) -> Response[bytes]:
    problem = problem_of(error)
    if problem.status >= 500:
        log.warning(error.says, action="request_failed", code=error.code, path=request.url.path)
    return _answer(problem)


def on_framework_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    status = error.status_code
    code = FRAMEWORK_CODES.get(status, "refused" if status < 500 else "error")
    detail = _detail(error) if status < 500 else "Something went wrong here. It has been written to the log."
    if status >= 500:
        log.error("A request failed.", action="request_broke", path=request.url.path, exc_info=error)
    return _answer(Problem(f"urn:offhook:error:{code}", detail.split(":")[0], status, detail, code))


def _detail(error: HTTPException) -> str:
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        parts = [f"{each.get('key', '')}: {each.get('message', '')}".strip(": ") for each in error.extra]
        return "What was sent cannot be used. " + "; ".join(parts)[:500]
    return str(error.detail)[:500]


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything unforeseen: the details go to the log, not to the asker."""
    log.error("A request failed.", action="request_broke", path=request.url.path, exc_info=error)
    detail = "Something went wrong here. It has been written to the log."
    return _answer(Problem("urn:offhook:error:error", "Something went wrong.", 500, detail, "error", retryable=True))


HANDLERS: dict[Any, Callable[..., Response[bytes]]] = {
    OffhookError: on_our_error,
    HTTPException: on_framework_error,
    Exception: on_bug,
}
