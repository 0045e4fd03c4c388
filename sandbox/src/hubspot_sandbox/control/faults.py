"""Scripted trouble: the next n answers of a path, a delay, or a connection that breaks."""

from typing import Annotated, Any, Literal

import msgspec

from hubspot_sandbox.control.identity import Identity, IdentityFilter
from hubspot_sandbox.control.named_faults import NAMED, Scripted, plain
from hubspot_sandbox.control.patterns import check_pattern, matches

HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]+\Z")]
HeaderValue = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]*\Z")]
FRAMING = {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
"""Headers that say how an answer is sent, which is the server's to say."""
BODILESS = (204, 205, 304)
MOST = 1000


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall happen to the next `times` requests to `path` (its beginning) or `pattern` (`patterns.py`).

    With `status`, or the name of a trouble (`named_faults.py`), that answer is given and the API is not asked.
    `drop_connection` closes the connection without an answer: `before` the API is asked, or `after` it has done (and
    kept) what was asked. `delay_seconds` alone makes the real answer slow. Paths are compared as the caller wrote them.
    `identity` says whose requests are meant. `id` is given by `Faults`.
    """

    path: str = ""
    pattern: str = ""
    method: Annotated[str, msgspec.Meta(pattern=r"^(\*|[A-Za-z]{1,20})\Z")] = "*"
    identity: IdentityFilter = IdentityFilter()
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    named: str = ""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    body: Any = None
    headers: Annotated[dict[HeaderName, HeaderValue], msgspec.Meta(max_length=50)] = {}
    delay_seconds: Annotated[float, msgspec.Meta(ge=0, le=120)] = 0.0
    drop_connection: Literal["before", "after"] | None = None
    id: int = 0

    def concerns(self, method: str, path: str, identity: Identity | None) -> bool:
        if self.method.upper() not in ("*", method.upper()) or not self.identity.fits(identity):
            return False
        return matches(self.pattern, path) if self.pattern else path.startswith(self.path)

    def answer(self) -> Scripted | None:
        """The scripted answer; None when the API shall answer."""
        if self.status is None and not self.named:
            return None
        said = NAMED[self.named]() if self.named else plain(self.status or 0, f"scripted answer {self.status}")
        body = "" if said.status in BODILESS else said.body if self.body is None else self.body
        own = {name.lower() for name in self.headers}
        kept = {name: value for name, value in said.headers.items() if name.lower() not in own}
        return Scripted(said.status, body, kept | self.headers)


def check(fault: Fault) -> None:
    """:raises ValueError: a fault that cannot be played, with a sentence that says why"""
    for complaint in (_about_place(fault), _about_answer(fault)):
        if complaint:
            raise ValueError(complaint)
    if fault.pattern:
        check_pattern(fault.pattern)


def _about_place(fault: Fault) -> str:
    if bool(fault.path) == bool(fault.pattern):
        return "a fault needs one of path (how the path begins) and pattern (the whole path)"
    if fault.path and not fault.path.startswith("/"):
        return "path must begin with /"
    return "the id of a fault is given by the sandbox" if fault.id else ""


def _about_answer(fault: Fault) -> str:
    answers = fault.status is not None or bool(fault.named)
    framing = sorted(name for name in fault.headers if name.lower() in FRAMING)
    wrong = {
        f"there is no trouble named {fault.named!r}; there are {', '.join(NAMED)}": fault.named not in {"", *NAMED},
        "a fault needs one of status, named, delay_seconds and drop_connection": not (
            answers or fault.delay_seconds or fault.drop_connection
        ),
        "named brings its own status": bool(fault.named) and fault.status is not None,
        "a connection that is dropped has no answer": answers and fault.drop_connection is not None,
        "body and headers belong to an answer: give status or named": not answers
        and (fault.body is not None or bool(fault.headers)),
        f"an answer {fault.status} has no body": fault.status in BODILESS and fault.body is not None,
        f"these headers are the server's own: {', '.join(framing)}": bool(framing),
    }
    return next((complaint for complaint, holds in wrong.items() if holds), "")


class Faults:
    """The script, played in the order it was written."""

    def __init__(self) -> None:
        self._script: list[Fault] = []
        self._last = 0

    def add(self, fault: Fault) -> Fault:
        """The fault with its id.

        :raises ValueError: it cannot be played, or a thousand wait already
        """
        check(fault)
        if len(self._script) >= MOST:
            raise ValueError(f"there are {MOST} faults already; cancel some first")
        self._last += 1
        kept = msgspec.structs.replace(fault, id=self._last)
        self._script.append(kept)
        return kept

    def take(self, method: str, path: str, identity: Identity | None = None) -> Fault | None:
        """The fault for this request, counted as used."""
        for place, fault in enumerate(self._script):
            if fault.concerns(method, path, identity):
                self._use(place, fault)
                return fault
        return None

    def _use(self, place: int, fault: Fault) -> None:
        if fault.times <= 1:
            del self._script[place]
        else:
            self._script[place] = msgspec.structs.replace(fault, times=fault.times - 1)

    def pending(self) -> list[Fault]:
        """With how many `times` each is still to be played."""
        return list(self._script)

    def cancel(self, fault_id: int) -> bool:
        """False when there is none with this id, or it was played already."""
        left = [each for each in self._script if each.id != fault_id]
        found, self._script = len(left) < len(self._script), left
        return found

    def resume(self, script: tuple[Fault, ...]) -> None:
        """Play this script, with the ids that its faults have."""
        self._script = list(script)
        self._last = max((self._last, *(each.id for each in script)))

    def clear(self) -> None:
        self._script.clear()
