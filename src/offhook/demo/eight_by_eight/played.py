"""Calls that somebody who plays writes into the fake 8x8. 8x8 has nothing like it: the address begins with `_fake`."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

import msgspec

from offhook.demo.eight_by_eight.fake import Fake8x8
from offhook.demo.eight_by_eight.ledger import Ledger, Row

CONTROL, HEALTH = "/_fake/calls", "/_fake/health"
# Much sooner than at 8x8: nobody who plays waits for an hour.
APPEARS = timedelta(seconds=1)
Answer = tuple[int, dict[str, str], bytes]
Kind = Literal["inbound", "outbound", "missed"]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Extension = Annotated[str, msgspec.Meta(pattern="^[0-9]{2,10}$")]


class Played(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that has just ended. `rings` and `talks` in seconds; nobody talks in a missed one, so none is recorded."""

    number: Annotated[str, msgspec.Meta(pattern="^[+]?[0-9]{3,15}$")]
    kind: Kind = "inbound"
    extension: Extension = "1001"
    talks: Seconds = 5
    rings: Seconds = 2
    recorded: bool = False

    @property
    def lasted(self) -> timedelta:
        return timedelta(seconds=self.rings + (0 if self.kind == "missed" else self.talks))


class PlayedFake8x8(Fake8x8):
    """The fake, and two addresses more. It runs for long, so what it was asked is not kept."""

    def answer(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        self.asked.clear()
        if url == HEALTH:
            return _json(200, {"status": "ok"})
        if url != CONTROL:
            return super().answer(url, headers, body)
        try:
            return _json(201, self.play(msgspec.json.decode(body, type=Played)))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return _json(400, {"message": f"{error}.", "fields": list(Played.__struct_fields__), "kinds": get_args(Kind)})

    def play(self, call: Played) -> Row:
        """As if it had ended now."""
        began = self.now() - call.lasted
        says = f"The timeline gets it when somebody was logged in to extension {call.extension} as it began."
        return {"call": _write(self.ledger, call, began), "began": f"{began:%H:%M:%S} UTC", "says": says}


def _write(ledger: Ledger, call: Played, began: datetime) -> str:
    if call.kind == "missed":
        return ledger.refused(call.number, call.extension, began, call.rings, abandoned=True)
    write = ledger.inbound if call.kind == "inbound" else ledger.outbound
    written = write(call.number, call.extension, began, call.rings, call.talks)
    if call.recorded:
        ledger.record(written, call.extension, APPEARS)
    return written


def _json(status: int, said: Any) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(said).encode()
