"""Scripted trouble: the next n answers of a path, a delay, or a connection that breaks."""

from typing import Annotated, Any, Literal

import msgspec

HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]+\Z")]
HeaderValue = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]*\Z")]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall happen to the next `times` requests whose path begins with `path`.

    With `status`, that answer is given and the API is not asked. `drop_connection` closes the connection
    without an answer: `before` the API is asked, or `after` it has done (and kept) what was asked.
    `delay_seconds` alone makes the real answer slow. Paths are compared as the caller wrote them.
    """

    path: str
    method: str = "*"
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    body: Any = None
    headers: dict[HeaderName, HeaderValue] = {}
    delay_seconds: Annotated[float, msgspec.Meta(ge=0, le=120)] = 0.0
    drop_connection: Literal["before", "after"] | None = None

    def concerns(self, method: str, path: str) -> bool:
        return self.method.upper() in ("*", method.upper()) and path.startswith(self.path)


class Faults:
    """The script, played in the order it was written."""

    def __init__(self) -> None:
        self._script: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._script.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, counted as used."""
        for place, fault in enumerate(self._script):
            if fault.concerns(method, path):
                self._use(place, fault)
                return fault
        return None

    def _use(self, place: int, fault: Fault) -> None:
        if fault.times <= 1:
            del self._script[place]
        else:
            self._script[place] = msgspec.structs.replace(fault, times=fault.times - 1)

    def pending(self) -> list[Fault]:
        return list(self._script)

    def clear(self) -> None:
        self._script.clear()
