"""Line, phone system and its deliveries, and what only the panel can look at. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from offhook.diagnosis.check import Finding, failed, not_asked, passed
from offhook.jobs.store import Arrivals

MICROPHONE, PANEL_VERSION = "Microphone", "Panel version"
# A delivery is handled within a moment; one that waits longer is stuck.
SOON = timedelta(minutes=1)


class PhoneSystemSeen(Struct, frozen=True):
    """The phone system that the agent chose, as this Offhook has it. `title` is empty when it has none of this key;
    `embedded`: it runs inside the service; `tests_itself`: it says more of itself (`step`)."""

    key: str
    title: str = ""
    embedded: bool = False
    tests_itself: bool = False


def line(system: PhoneSystemSeen | None, number: str | None) -> Iterator[Finding]:
    name = "Line"
    if system is None:
        remedy = "Choose one under Setup > Advanced."
        yield failed(name, "No phone system is chosen.", remedy, "person", "line")
        return
    called = system.title or system.key
    if number is None:
        says = f"Not logged in to a line of {called}."
        yield failed(name, says, "Log in to your line.", "person", "line")
    else:
        # Who logs in to a line that somebody is on is refused, so it is hers alone.
        yield passed(name, f"Logged in to line {number} of {called}; nobody else is.", "line")
    yield _phone_system(system)


def _phone_system(system: PhoneSystemSeen) -> Finding:
    name = "Phone system"
    if not system.title:
        says = f"This Offhook has no phone system {system.key} any more."
        return failed(name, says, "Add it to OFFHOOK_PHONE_SYSTEMS, or choose another.", part="line")
    if system.embedded:
        return passed(name, f"{system.title} is part of Offhook.", "line")
    if system.tests_itself:
        return passed(name, f"{system.title} is set up; how far the way to it leads was tried.", "line")
    says = f"{system.title} has no way to be asked how it is; that its deliveries arrive shows it."
    return not_asked(name, says, part="line", minor=True)


def step(name: str, ok: bool | None, says: str, remedy: str | None) -> Finding:
    """One step of the way to a phone system; `ok` is None when only a browser can take it."""
    if ok is None:
        return not_asked(name, says, part="line", minor=True)
    return passed(name, says, "line") if ok else failed(name, says, remedy, part="line")


def deliveries(arrivals: Arrivals, source: str, now: datetime) -> Finding:
    """`source`: whose they are, for people."""
    name = "Deliveries"
    if arrivals.waits_since and now - arrivals.waits_since > SOON:
        says = f"Deliveries of {source} that wait to be handled: {arrivals.waiting}, since {_time(arrivals.waits_since)}."
        remedy = "Whoever runs Offhook looks whether the service runs, and at its log."
        return failed(name, says, remedy, part="deliveries")
    if arrivals.given_up:
        says = f"Deliveries of {source} that could not be handled, after several tries: {arrivals.given_up}."
        return failed(
            name, says, "Whoever runs Offhook tries them again with offhook replay; the log says why.", part="deliveries"
        )
    if arrivals.last_at is None:
        says = f"Nothing of {source} has arrived in the last thirty days. Ring once, and look again."
        return not_asked(name, says, part="deliveries", minor=True)
    return passed(name, f"The last of {source} arrived at {_time(arrivals.last_at)}; none waits.", "deliveries")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def only_panel() -> Iterator[Finding]:
    """What the panel puts its own findings in place of."""
    says = "Only the agent's own panel can look at the microphone."
    yield not_asked(MICROPHONE, says, part="microphone", minor=True)
    yield not_asked(PANEL_VERSION, "Only the agent's own panel knows its version.", part="panel", minor=True)
