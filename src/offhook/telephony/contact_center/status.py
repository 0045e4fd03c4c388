"""What an agent does, in 8x8's numbers and in ours, and what it can be changed to. Pure.

Source: https://developer.8x8.com/actions-events/docs/cc-managing-agent-status.
"""

from collections.abc import Sequence

from msgspec import Struct

from offhook.telephony.contact_center.wire import Json, text
from offhook.telephony.contact_center.words import STATUSES, TAKEN, WHY_BUSY, WHY_LOGGED_OUT
from offhook.telephony.phone_system import Status, StatusChoice


class StatusReason(Struct, frozen=True):
    """Why an agent is on a break or offline: an item of a list in Configuration Manager > Status Codes."""

    status: int
    list_id: int
    item_id: int
    short_code: str

    @property
    def key(self) -> str:
        return f"{self.status}|{self.list_id}|{self.item_id}"


def number_of(told: Json) -> int | None:
    """None when 8x8 says none that is documented."""
    number = told.get("agent-status")
    return number if isinstance(number, int) and number in STATUSES else None


def status(told: Json, reasons: Sequence[StatusReason]) -> Status:
    """What the Agent Status API says of an agent."""
    number = number_of(told)
    if number is None:
        return Status("Status not known", False, why="8x8 did not say what you do.")
    says, takes_calls = STATUSES[number]
    if short := text(told, "status-code-item-short-code"):
        says = f"{says}: {short}"
    if number not in TAKEN:
        return Status(says, takes_calls, why=WHY_LOGGED_OUT if number < min(TAKEN) else WHY_BUSY)
    key = f"{number}|{text(told, 'status-code-list-id')}|{text(told, 'status-code-item-id')}"
    offered = choices(reasons)
    return Status(says, takes_calls, next((each.key for each in offered if each.key in (key, str(number))), ""), offered)


def choices(reasons: Sequence[StatusReason]) -> tuple[StatusChoice, ...]:
    """Each status that can be taken; one that has reasons, with each of them in its place."""
    found: list[StatusChoice] = []
    for number in TAKEN:
        title, own = STATUSES[number][0], [each for each in reasons if each.status == number]
        named = [StatusChoice(each.key, f"{title}: {each.short_code}") for each in own]
        found += named or [StatusChoice(str(number), title)]
    return tuple(found)


def request(key: str, reasons: Sequence[StatusReason]) -> Json | None:
    """What 8x8 is asked, to take this choice; None when there is no such choice."""
    if all(each.key != key for each in choices(reasons)):
        return None
    for each in reasons:
        if each.key == key:
            ids = {"status-code-list-id": each.list_id, "status-code-item-id": each.item_id}
            return {"agent-status": each.status, **ids, "status-code-item-short-code": each.short_code}
    return {"agent-status": int(key)}
