"""What a fake 8x8 writes down of calls: call records, their legs, and recordings.

Fields and their forms are those of the samples in https://github.com/8x8Cloud/public-developer-docs (2026-07-23):
docs/analytics/docs/work-analytics-call-detail-records.md, …/work-analytics-call-legs.md and
…/cloud-storage-service-objects.md.
The samples show two calls: one that went to voicemail, and one that gave up in a queue. What other calls look like is
nowhere shown; each such thing is marked [guess] here, and nothing of it was taken from how Offhook reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# What everybody says in a recorded call: a scale of twelve notes, a second each (MP3, 32 kbit/s, one channel).
RECORDING = Path(__file__).with_name("recording.mp3").read_bytes()
# Without a storage policy 8x8 deletes recordings then (8x8 support).
KEEPS = timedelta(days=30)

# How 8x8 writes who, in a leg that went to nobody's phone.
VOICEMAIL = {"calleeSvcName": "VMadvanced", "calleeSvcType": "Custom", "propsLastPartyDisp": "Voicemail"}
QUEUE = {"calleeSvcName": "ACDOperatorService", "calleeSvcType": "Custom", "lraType": 4}
# [guess]: the only direction in the samples is “Incoming”.
OUTGOING, INTERNAL = "Outgoing", "Internal"


def millis(at: datetime | None) -> int:
    """Zero is 8x8's word for never (`connectTimeUTC` of the samples)."""
    return round(at.timestamp() * 1000) if at else 0


def written(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}+0000" if at else "0"


def clock_time(time: timedelta) -> str:
    return str(timedelta(seconds=int(time.total_seconds()))).rjust(8, "0")


@dataclass
class Told:
    """A row, and from when on it is told."""

    row: Row
    at: datetime


@dataclass
class Leg:
    """One leg to be written. `talks` is None when nobody answered."""

    call: str
    began: datetime
    ended: datetime
    caller: str
    callee: str
    talks: datetime | None = None
    more: Row = field(default_factory=dict)


class Ledger:
    """Writes calls down. `late`: how long after its end 8x8 tells of a call; nobody publishes that [guess]."""

    def __init__(self, late: timedelta = timedelta(seconds=30), first_id: int = 1_635_571_048_300) -> None:
        self.late = late
        self.records: list[Told] = []
        self.legs: list[Told] = []
        self.recordings: list[Told] = []
        self.names: dict[str, str] = {}
        self.plus = True  # the samples have numbers with + and `dnis` without; [guess]: some customers see none
        self._ids = count(first_id)

    def new_id(self) -> str:
        return str(next(self._ids))

    # Calls.

    def inbound(self, number: str, line: str, began: datetime, rings: float, talks: float | None, name: str = "") -> str:
        """To one phone. Unanswered, it goes to voicemail, as in the sample."""
        call, answered = self.new_id(), began + timedelta(seconds=rings)
        ended = answered + timedelta(seconds=talks if talks is not None else 25)
        more = {} if talks is not None else VOICEMAIL | {"cause": "Ring No Answer"}
        leg = Leg(call, began, ended, number, line, answered if talks is not None else None, more)
        return self.write(call, "Incoming", [leg], name)

    def refused(self, number: str, line: str, began: datetime, rings: float, abandoned: bool) -> str:
        """Declined by the agent, or given up by the caller. [guess]: the cause of the first; no sample shows either."""
        call, ended = self.new_id(), began + timedelta(seconds=rings)
        more = {"abandoned": "Abandoned", "cause": "Normal"} if abandoned else {"cause": "Rejected"}
        return self.write(call, "Incoming", [Leg(call, began, ended, number, line, None, more)])

    def outbound(
        self, number: str, line: str, began: datetime, rings: float, talks: float | None, cause: str = ""
    ) -> str:
        call, answered = self.new_id(), began + timedelta(seconds=rings)
        ended = answered + timedelta(seconds=talks or 0)
        leg = Leg(call, began, ended, line, number, answered if talks is not None else None, {"cause": cause or "Normal"})
        return self.write(call, OUTGOING, [leg])

    def queue(self, number: str, began: datetime, rung: Sequence[tuple[str, float]], talks: float | None) -> str:
        """A call in a queue, which rings agents one after the other for so many seconds; the last answers if `talks`.

        Documented: such child calls have a `parentCallId`. [guess]: they have ids but no records of their own.
        """
        call, at, children = self.new_id(), began + timedelta(seconds=2), list[Leg]()
        for number_of, (line, rings) in enumerate(rung, 1):
            answers = talks is not None and number_of == len(rung)
            rang = at + timedelta(seconds=rings)
            ended = rang + timedelta(seconds=talks or 0) if answers else rang
            cause = {"cause": "Normal" if answers else "Ring No Answer", "parentCallId": call}
            children.append(Leg(self.new_id(), at, ended, number, line, rang if answers else None, cause))
            at = ended
        given_up = {} if talks is not None else {"abandoned": "Abandoned"}
        whole = Leg(call, began, at, number, "CallQueue", None, {**QUEUE, **given_up, "cause": "Normal"})
        return self.write(call, "Incoming", [whole, *children])

    def transferred(self, number: str, began: datetime, first: tuple[str, float], second: tuple[str, float]) -> str:
        """Answered after five seconds, talked, transferred blindly, answered after five more. Documented: the leg that
        was transferred names the other in `transferToCallId`. [guess]: the second is a call with a record of its own.
        """
        one, two = self.new_id(), self.new_id()
        five = timedelta(seconds=5)
        over = began + five + timedelta(seconds=first[1])
        ended = over + five + timedelta(seconds=second[1])
        self.write(one, "Incoming", [Leg(one, began, over, number, first[0], began + five, {"transferToCallId": two})])
        self.write(two, "Incoming", [Leg(two, over, ended, number, second[0], over + five)])
        return one

    def internal(self, caller: str, callee: str, began: datetime, talks: float) -> str:
        call, answered = self.new_id(), began + timedelta(seconds=2)
        leg = Leg(call, began, answered + timedelta(seconds=talks), caller, callee, answered)
        return self.write(call, INTERNAL, [leg])

    # What is written.

    def write(self, call: str, direction: str, legs: Sequence[Leg], name: str = "") -> str:
        for number, leg in enumerate(legs, 1):
            row = self._leg(leg, direction, str(number), name)
            self.legs.append(Told(row, leg.ended + self.late))
        self.records.append(Told(self._record(legs, direction, name), max(leg.ended for leg in legs) + self.late))
        return call

    def _common(self, leg: Leg, began: datetime, ended: datetime, direction: str, name: str) -> Row:
        talked = ended - leg.talks if leg.talks else timedelta()
        caller, callee = self._number(leg.caller), self._number(leg.callee)
        return {
            "dnis": "12025555720",
            "startTimeUTC": millis(began),
            "startTime": written(began),
            "disconnectedTimeUTC": millis(ended),
            "disconnectedTime": written(ended),
            "talkTimeMS": millis(ended) - millis(leg.talks) if leg.talks else 0,
            "talkTime": clock_time(talked),
            "caller": caller,
            # As in the sample, a caller without a name has the number as one.
            "callerName": name or self.names.get(leg.caller, caller.removeprefix("+")),
            "callee": callee,
            "calleeName": self.names.get(leg.callee, ""),
            "direction": direction,
            "callerId": f"{name},{caller}",
            "missed": "-" if leg.talks or direction != "Incoming" else "Missed",
            "abandoned": leg.more.get("abandoned", "-"),
            "answered": "Answered" if leg.talks else "-",
            "calleeDisconnectOnHold": "",
            "callerDisconnectOnHold": "",
            "pbxId": "acmecorppbx",
            "sipCallId": "user@example.com",
            "calleeHoldDurationMS": 0,
            "calleeHoldDuration": "00:00:00",
            "departments": ["Sales"],
            "branches": ["Central"],
            "callTime": millis(ended) - millis(began),
        }

    def _leg(self, leg: Leg, direction: str, number: str, name: str) -> Row:
        # As in the sample, voicemail and a queue “connect” after a moment although nobody talks.
        connected = leg.talks or (leg.began + timedelta(milliseconds=40) if "calleeSvcName" in leg.more else None)
        own = {
            "callId": leg.call,
            "legId": number,
            "connectTimeUTC": millis(connected),
            "connectTime": written(connected),
            "lra": leg.callee if leg.callee.isdecimal() else "110081",
            "lraType": 1,
            "parentCallId": None,
            "transferToCallId": None,
            "status": "Completed",
            "callerDeviceId": None,
            "calleeDeviceId": None,
            "callerDeviceModel": "",
            "calleeDeviceModel": "",
            "cause": "Normal",
            "callerSvcName": None,
            "callerSvcType": None,
            "calleeSvcName": None,
            "calleeSvcType": None,
            "recordServiceOn": "",
            "bargeServiceOn": "",
            "masterSlaveExts": "",
            "propsLastPartyDisp": "Answered" if leg.talks else "Missed",
            "accountCode": "",
            "aaPath": "",
        }
        return self._common(leg, leg.began, leg.ended, direction, name) | own | leg.more

    def _record(self, legs: Sequence[Leg], direction: str, name: str) -> Row:
        first, talked = legs[0], next((leg.talks for leg in legs if leg.talks), None)
        began = first.began - timedelta(milliseconds=6)  # by so much the samples differ
        ended = max(leg.ended for leg in legs)
        own = {
            "aaDestination": None,
            "callId": first.call,
            "connectTimeUTC": millis(talked),
            "connectTime": written(talked),
            "lastLegDisposition": "Answered" if talked else first.more.get("propsLastPartyDisp", "Missed"),
            "callLegCount": str(len(legs)),
            "ringDuration": 39,
            "abandonedTime": 0,
            "answeredTime": 0,
            "waitTimeMS": 0,
            "waitTime": "00:00:00",
        }
        row = self._common(first, began, ended, direction, name)
        return row | {"answered": "Answered" if talked else "-", "missed": "-" if talked else row["missed"]} | own

    def _number(self, number: str) -> str:
        return number if self.plus else number.removeprefix("+")

    # Recordings.

    def kept(self, now: datetime) -> list[Told]:
        """Those that have appeared and are not deleted yet."""
        return [each for each in self.recordings if each.at <= now < each.at + KEEPS]

    def record(self, call: str, line: str, appears: timedelta, region: str = "us-east") -> str:
        """The call was recorded; the file appears so long after its end: within an hour, or up to 24 (8x8 support)."""
        leg = next(each.row for each in self.legs if each.row["callId"] == call and each.row["talkTimeMS"])
        outbound = leg["direction"] == OUTGOING
        began, ended = leg["connectTimeUTC"], leg["disconnectedTimeUTC"]
        there = datetime.fromtimestamp(ended / 1000, UTC) + appears
        tags = {
            "callId": call,
            "pbxId": "EhS7MdQXSX2zElaIeTt49Q",
            "ipbxid": "acmecorppbx",
            "address": leg["callee"] if outbound else leg["caller"],
            "startTime": str(began),
            "endTime": str(ended),
            "duration": str(ended - began),
            "userName": self.names.get(line, ""),
            "callLogId": f"3TYkxslLRn6kquFSYoSOxA{call}",
            "direction": "OUTBOUND" if outbound else "INBOUND",
            "userEmail": "user@example.com",
            "extensionId": "3TYkxslLRn6kquFSYoSOxA",
            "extensionNumber": line,
        }
        object_id = f"9984564e-557c-42bf-9b7c-{call}"
        row = {
            "id": object_id,
            "type": "callrecording",
            "mimeType": "audio/mpeg",
            "objectName": f"ipbx:acmecorp:callrecording:users:{line}:{began}-{call}-{line}-{tags['address']}_E.mp3",
            "storedBytes": len(RECORDING),
            "createdTime": f"{there:%Y-%m-%dT%H:%M:%S}",
            "updatedTime": f"{there:%Y-%m-%dT%H:%M:%S}",
            "objectState": "AVAILABLE",
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
            "region": region,
        }
        self.recordings.append(Told(row, there))
        return f"https://api.8x8.com/storage/{region}/v3/objects/{object_id}/content"
