"""What holds in every trouble: the call goes on, its log says in plain words why it waits, and is written once."""

from datetime import datetime

from tests.scenarios.desk import Desk, said
from tests.scenarios.stage import Customer, Json, Stage

NOTES = "Wants <b>twelve</b> bags & a quote."
CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


def not_known(desk: Desk, customer: Customer, answer: str = "could-not-ask") -> str:
    """Why nobody knows who is calling, as the panel says it."""
    call = desk.call(customer, lambda call: call["who"]["answer"] == answer, answer)
    assert call["who"]["contacts"] == []
    assert call["number_shown"], "the number at least is shown"
    return said(call["who"]["reason"])


def plays_on(desk: Desk, customer: Customer) -> None:
    """The call that rings is answered, held, resumed, noted, ended and wrapped up, as on any other day."""
    call = desk.call_is(customer, "ringing")
    desk.does("answer", call)
    desk.call_is(customer, "connected")
    desk.panel.ask("PUT", f"/api/calls/{call['id']}/notes", {"notes": NOTES})
    for action, state in (("hold", "held"), ("resume", "connected"), ("hang-up", "ended")):
        desk.does(action, call)
        desk.call_is(customer, state)
    desk.wraps_up(customer, notes=NOTES)


def waits(desk: Desk, customer: Customer) -> tuple[str, datetime | None]:
    """Why the log of the call waits, and when it is tried again."""
    log = desk.call(customer, lambda call: call["log"]["reason"], "waiting to be logged, with a reason")["log"]
    assert log["state"] == "waiting"
    again = log["next_try_at"]
    assert bool(again) == log["reason"]["retryable"], "either a time, or something that a person must do"
    return said(log["reason"]), datetime.fromisoformat(again) if again else None


def logged_once(desk: Desk, customer: Customer, seconds: float = 60.0) -> Json:
    """The call is on the timeline, once and right, and the panel says so."""
    stage: Stage = desk.stage
    entry = stage.logged_once(customer, seconds)
    seen = {name: entry[f"hs_call_{name}"] for name in ("direction", "status", "from_number", "disposition", "body")}
    assert seen == {
        "direction": "INBOUND",
        "status": "COMPLETED",
        "from_number": customer.number,
        "disposition": CONNECTED,
        "body": "Wants &lt;b&gt;twelve&lt;/b&gt; bags &amp; a quote.",
    }
    log = desk.log_of(customer, "logged")
    assert (log["reason"], log["next_try_at"]) == (None, None)
    assert customer.id in log["url"]
    return entry
