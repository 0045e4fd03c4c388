"""Text ⇄ a SIP request or response, with limits. Pure.

Written by hand; the decision record says which library was looked at. Whatever comes in, `read` gives a message or
raises `Malformed`, in time that grows with the length only.
"""

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from msgspec import Struct

from offhook.sip.address import read_address, read_uri, read_via, separate

# A browser's offer with many candidates is about 8 kB.
MOST_BYTES, MOST_HEADERS, LONGEST_LINE = 32_768, 128, 8_192

BRANCH = "z9hG4bK"

Headers = tuple[tuple[str, str], ...]

_COMPACT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
    "k": "supported", "s": "subject", "e": "content-encoding", "r": "refer-to", "b": "referred-by", "o": "event",
    "u": "allow-events", "x": "session-expires",
}  # fmt: skip
_WRITTEN = {"call-id": "Call-ID", "cseq": "CSeq", "www-authenticate": "WWW-Authenticate", "mime-version": "MIME-Version"}
_ONCE = ("from", "to", "call-id", "cseq", "content-length", "max-forwards", "content-type")
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,60}")
_CSEQ = re.compile(r"([0-9]{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]{1,60})")
_START = re.compile(r"SIP/([0-9]+\.[0-9]+) +([0-9]{3})(?: (.*))?", re.IGNORECASE)
_CALL_ID = re.compile(r"[!-~]{1,256}")


class Malformed(ValueError):
    """What came in is no message. `status` and `request`: what to answer and to whom, when that is possible at all."""

    def __init__(self, says: str, status: int = 400, request: "Request | None" = None) -> None:
        super().__init__(says)
        self.says, self.status, self.request = says, status, request


class _Message(Struct, frozen=True):
    headers: Headers
    body: str = ""

    def first(self, name: str) -> str:
        """The first header of this name (in lower case); empty when there is none."""
        return next((value for each, value in self.headers if each == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a header that may be a list."""
        return tuple(part for each, value in self.headers if each == name for part in separate(value))

    @property
    def call_id(self) -> str:
        return self.first("call-id")

    @property
    def sequence(self) -> tuple[int, str]:
        """CSeq: number and method."""
        found = _CSEQ.fullmatch(self.first("cseq"))
        return (int(found[1]), found[2]) if found else (0, "")

    @property
    def branch(self) -> str:
        via = read_via(next(iter(self.every("via")), ""))
        return via.branch if via else ""

    def tag(self, of: str) -> str:
        """The tag of `from` or `to`."""
        address = read_address(self.first(of))
        return address.params.get("tag", "") if address else ""


class Request(_Message, frozen=True):
    """`method`, `uri`, and headers by their names in lower case, in their order."""

    method: str = ""
    uri: str = ""
    ANSWERABLE: ClassVar[tuple[str, ...]] = ("via", "from", "to", "call-id", "cseq")


class Response(_Message, frozen=True):
    """`status` 100…699 and its reason."""

    status: int = 0
    reason: str = ""


Message = Request | Response


def read(frame: bytes | str) -> Message:
    """One frame is one message.

    Raises:
        Malformed: it is none, it is too large, or it contradicts itself.
    """
    raw = frame.encode(errors="replace") if isinstance(frame, str) else frame
    if len(raw) > MOST_BYTES:
        raise Malformed("The message is too large.", 513)
    head, found, body = raw.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not found:
        raise Malformed("The message has no end of its headers.")
    start, *lines = _unfolded(head.decode(errors="replace"))
    headers = tuple(_headers(lines))
    message = _response(start, headers) if start[:4].upper() == "SIP/" else _request(start, headers)
    wrong = _what_is_wrong(message, len(body))
    if wrong:
        answerable = isinstance(message, Request) and all(message.first(each) for each in Request.ANSWERABLE)
        raise Malformed(*wrong, message if answerable and isinstance(message, Request) else None)
    length = message.first("content-length")
    text = (body[: int(length)] if length else body).decode(errors="replace")
    return _with_body(message, text)


def write(message: Message) -> str:
    """As it goes over the wire; the length of the body is counted here."""
    start = (
        f"{message.method} {message.uri} SIP/2.0"
        if isinstance(message, Request)
        else f"SIP/2.0 {message.status} {message.reason}"
    )
    lines = [start, *(f"{_name(name)}: {value}" for name, value in message.headers if name != "content-length")]
    return "\r\n".join((*lines, f"Content-Length: {len(message.body.encode(errors='replace'))}", "", message.body))


def answer(request: Request, status: int, *more: tuple[str, str], tag: str = "", body: str = "") -> Response:
    """A response to a request. `tag`: ours, where the request's To has none."""
    kept = [(name, value) for name, value in request.headers if name in ("via", "from", "call-id", "cseq")]
    to = request.first("to")
    own = f"{to};tag={tag}" if tag and not request.tag("to") else to
    return Response((*kept, ("to", own), *more), body, status, REASONS.get(status, "Refused"))


def _unfolded(head: str) -> list[str]:
    """Lines; one that begins with a blank goes on with the one before (RFC 3261 7.3.1)."""
    if "\0" in head:
        raise Malformed("There is a NUL in the headers.")
    lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    if len(lines) > MOST_HEADERS:
        raise Malformed("There are too many headers.", 513)
    if any(len(line) > LONGEST_LINE for line in lines):
        raise Malformed("A line is too long.", 513)
    return lines


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t").lower()
        if not colon or not _TOKEN.fullmatch(name) or "\n" in value or "\r" in value:
            raise Malformed("A line is no header.")
        yield _COMPACT.get(name, name), value.strip()


def _request(start: str, headers: Headers) -> Request:
    method, _, rest = start.partition(" ")
    uri, _, version = rest.partition(" ")
    if not _TOKEN.fullmatch(method) or not read_uri(uri):
        raise Malformed("The first line is none of SIP.", request=_answerable(method, headers))
    if version.upper() != "SIP/2.0":
        raise Malformed("Only SIP/2.0 is spoken here.", 505, _answerable(method, headers))
    return Request(headers, "", method, uri)


def _answerable(method: str, headers: Headers) -> Request | None:
    request = Request(headers, "", method, "")
    return request if all(request.first(each) for each in Request.ANSWERABLE) and read_via(request.first("via")) else None


def _response(start: str, headers: Headers) -> Response:
    found = _START.fullmatch(start)
    if not found or found[1] != "2.0" or not 100 <= int(found[2]) <= 699:
        raise Malformed("The first line is none of SIP.")
    return Response(headers, "", int(found[2]), found[3] or "")


def _what_is_wrong(message: Message, there: int) -> tuple[str, int] | None:
    """The sentence and the status, or None."""
    names = [name for name, _ in message.headers]
    missing = [each for each in Request.ANSWERABLE if each not in names]
    twice = [each for each in _ONCE if names.count(each) > 1]
    if missing or twice:
        return f"{' and '.join(missing or twice)} {'is missing' if missing else 'is there twice'}.", 400
    if not all(read_via(each) for each in message.every("via")) or not message.every("via"):
        return "A Via cannot be read.", 400
    if not (read_address(message.first("from")) and read_address(message.first("to"))):
        return "From or To cannot be read.", 400
    return _wrong_numbers(message, there)


def _wrong_numbers(message: Message, there: int) -> tuple[str, int] | None:
    number, method = message.sequence
    if not method or number >= 2**31 or (isinstance(message, Request) and method != message.method):
        return "CSeq is wrong.", 400
    if not _CALL_ID.fullmatch(message.call_id):
        return "Call-ID is wrong.", 400
    length, hops = message.first("content-length"), message.first("max-forwards")
    if length and not (re.fullmatch(r"[0-9]{1,7}", length) and int(length) <= there):
        return "Content-Length is wrong, or the message was cut.", 400
    if isinstance(message, Request) and hops:
        if not re.fullmatch(r"[0-9]{1,3}", hops):
            return "Max-Forwards is no number.", 400
        if int(hops) == 0 and message.method not in ("OPTIONS", "REGISTER"):
            return "Too many hops.", 483
    return None


def _with_body(message: Message, body: str) -> Message:
    if isinstance(message, Request):
        return Request(message.headers, body, message.method, message.uri)
    return Response(message.headers, body, message.status, message.reason)


def _name(name: str) -> str:
    return _WRITTEN.get(name) or "-".join(part.capitalize() for part in name.split("-"))


REASONS: Mapping[int, str] = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    415: "Unsupported Media Type", 420: "Bad Extension", 423: "Interval Too Brief", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete",
    486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 503: "Service Unavailable", 505: "Version Not Supported", 513: "Message Too Large",
    603: "Decline",
}  # fmt: skip
