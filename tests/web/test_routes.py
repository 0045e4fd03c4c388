"""Every route's happy path, and its refusals as problem details."""

from typing import Any

import pytest
from tests.real_service import Panel, RealService

from hubspot_sandbox.seeds import demo, people

CARLA, STRANGER = demo.CARLA_NUMBER, "+442079469999"


async def refused(panel: Panel, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
    """The status and code of a refusal, which must be problem details of the documented shape."""
    answer = await panel.ask(method, path, body, **more)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:offhook:error:{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["code"]


async def test_the_panel_says_everything(service: RealService, ben: Panel, ada: Panel) -> None:
    panel = await ben.get("/api/panel")
    assert panel["agent"] == {
        "id": ben.id,
        "name": "Cleo Costa",
        "email": people.CLEO,
        "administrator": False,
        "available": True,
    }
    assert panel["grant"]["state"] == "active"
    assert panel["grant"]["account_id"] == people.ACORN
    assert {each["key"] for each in panel["grant"]["capabilities"]}
    assert panel["line"] == {"number": "201", "name": "Ben"}
    assert [each["key"] for each in panel["phone_systems"]] == ["exchange", "webhook"]
    assert str(people.ACORN) in panel["hubspot"]["contacts_url"]
    assert (await ada.get("/api/panel"))["agent"]["administrator"]


async def test_a_call_from_ring_to_timeline(service: RealService, ben: Panel) -> None:
    await service.ring(CARLA)
    call = await ben.call("ringing")
    path = f"/api/calls/{call['id']}"
    known = await ben.until(lambda panel: next((c for c in panel["calls"] if c["who"]["answer"] == "one"), None))
    assert known["who"]["contacts"][0]["name"] == demo.CARLA_NAME
    await ben.do("POST", f"{path}/answer")
    for action, state in (("hold", "held"), ("resume", "connected")):
        await ben.do("POST", f"{path}/{action}", {})
        await ben.call(state)
    assert (await ben.ask("PUT", f"{path}/notes", {"notes": "Wants <tea>"})).status_code == 204
    await ben.do("POST", f"{path}/hang-up")
    ended = await ben.call("ended")
    assert ended["notes"] == "Wants <tea>"
    done = await ben.do("POST", f"{path}/wrap-up", {"notes": "Wants <tea>", "outcome": "connected"})
    assert done["wrapped_up"]
    logged = await ben.logged(call["id"])
    assert logged["log"]["url"].startswith(service.sandbox.base_url)
    await ben.do("POST", f"{path}/log")
    await ben.logged(call["id"])
    entries = await service.engagements(demo.CARLA_EMAIL)
    assert [each["hs_call_external_id"] for each in entries].count(call["id"]) == 1


async def test_a_contact_chosen_after_the_call(service: RealService, ben: Panel) -> None:
    await service.ring(demo.TWINS_NUMBER)
    call = await ben.call("ringing")
    known = await ben.until(lambda panel: next((c for c in panel["calls"] if c["who"]["answer"] == "several"), None))
    await ben.do("POST", f"/api/calls/{call['id']}/decline")
    waiting = await ben.logged(call["id"], "waiting")
    assert waiting["log"]["reason"]["code"] == "choose-contact"
    chosen = known["who"]["contacts"][1]["id"]
    assert (await ben.do("PUT", f"/api/calls/{call['id']}/contact", {"contact_id": chosen}))["contact_id"] == chosen
    await ben.logged(call["id"])


async def test_a_contact_made_for_a_call(service: RealService, ben: Panel) -> None:
    await service.ring(STRANGER)
    call = await ben.call("ringing")
    await ben.do("POST", f"/api/calls/{call['id']}/decline")
    await ben.logged(call["id"], "waiting")
    new = {"first_name": "Olga", "last_name": "Nova", "email": "olga@nova.example", "number": STRANGER}
    answer = await ben.ask("POST", "/api/contacts", {**new, "call_id": call["id"]})
    assert answer.status_code == 201
    assert (await ben.logged(call["id"]))["who"]["contacts"][0]["name"] == "Olga Nova"
    again = await ben.ask("POST", "/api/contacts", new)
    assert (again.status_code, again.json()["code"]) == (409, "contact-exists")
    assert [each["name"] for each in again.json()["contacts"]] == ["Olga Nova"]


@pytest.mark.parametrize(
    ("query", "answer"), [("carla reyes", "one"), ("(415) 555-0142", "several"), ("zzzzzz", "none"), ("", "none")]
)
async def test_contacts_are_searched(ben: Panel, query: str, answer: str) -> None:
    assert (await ben.get("/api/contacts", params={"query": query}))["answer"] == answer


async def test_dialling_and_its_end(ben: Panel) -> None:
    answer = await ben.ask("POST", "/api/calls", {"number": "(415) 555-0198"})
    assert answer.status_code == 201
    call = answer.json()
    assert (call["direction"], call["number"]) == ("outbound", "+14155550198")
    assert await refused(ben, "POST", "/api/calls", {"number": CARLA}) == (409, "wrong-state")
    await ben.do("POST", f"/api/calls/{call['id']}/hang-up")
    assert (await ben.call("ended"))["ended_how"] == "canceled"


async def test_recent_calls_come_in_pages(service: RealService, ben: Panel) -> None:
    for _ in range(3):
        await service.ring("anonymous")
        call = await ben.call("ringing")
        await ben.do("POST", f"/api/calls/{call['id']}/decline")
        await ben.until(lambda panel: not panel["calls"])
    first = await ben.get("/api/calls", params={"limit": 2})
    assert (len(first["calls"]), first["more"]) == (2, True)
    before = first["calls"][-1]["started_at"]
    for written in (before, before.removesuffix("Z")):
        rest = await ben.get("/api/calls", params={"limit": 1, "before": written})
        assert rest["calls"][0]["started_at"] < before


async def test_the_line_and_the_phone_system(ben: Panel, zed: Panel) -> None:
    assert await refused(zed, "POST", "/api/line-login", {"line": "201", "secret": "2010"}) == (409, "line-taken")
    assert (await ben.do("PUT", "/api/phone-system", {"phone_system": "exchange"}))["line"]
    assert (await ben.do("PUT", "/api/availability", {"available": False}))["agent"]["available"] is False
    assert (await ben.get("/api/panel"))["status"] is None
    assert await refused(ben, "PUT", "/api/status", {"status": "4"}) == (409, "unsupported")
    assert (await ben.do("DELETE", "/api/line-login"))["line"] is None
    assert await refused(ben, "POST", "/api/calls", {"number": CARLA}) == (409, "wrong-state")
    chosen = await ben.do("PUT", "/api/phone-system", {"phone_system": "webhook"})
    assert (chosen["phone_system"], chosen["line"]) == ("webhook", None)
    await ben.do("POST", "/api/line-login", {"line": "any line", "secret": ""})
    assert await refused(ben, "POST", "/api/calls", {"number": CARLA}) == (409, "unsupported")
    await ben.log_in("201")


async def test_a_line_that_is_written_in_another_way_would_never_ring_and_is_refused(ben: Panel) -> None:
    body = {"line": "2-01", "secret": "2010"}
    assert await refused(ben, "POST", "/api/line-login", body) == (401, "wrong-line-login")


async def test_the_grant_is_switched_and_stays(ben: Panel) -> None:
    assert (await ben.do("POST", "/api/grant/disable"))["grant"]["state"] == "off"
    found = await ben.get("/api/contacts", params={"query": "carla"})
    assert (found["answer"], found["reason"]["code"]) == ("could-not-ask", "grant-off")
    assert (await ben.do("POST", "/api/grant/enable"))["grant"]["state"] == "active"


async def test_the_diagnosis_names_what_an_agent_lacks_and_nothing_else(ben: Panel) -> None:
    report = await ben.get("/api/diagnosis")
    assert report["checks"]
    assert [each["name"] for each in report["checks"] if each["state"] == "fail"] == ["Check the rights of others"]


async def test_forgetting_revokes_at_hubspot_and_signs_every_panel_out(service: RealService) -> None:
    here, there = [await service.connect(people.BEN, people.BIRCH, "search-only") for _ in range(2)]
    service.sandbox.control("DELETE", "/journal")
    assert (await here.ask("DELETE", "/api/grant")).status_code == 204
    for panel in (here, there):
        assert await refused(panel, "GET", "/api/panel") == (401, "signed-out")
    assert any("revoke" in each["path"] for each in service.sandbox.journal())


REFUSALS = [
    ("GET", "/api/nothing", None, (404, "not-found")),
    ("PATCH", "/api/panel", None, (405, "method-not-allowed")),
    ("GET", "/api/contacts", None, (400, "invalid-input")),
    ("GET", "/api/calls?limit=0", None, (400, "invalid-input")),
    ("GET", "/api/calls?limit=101", None, (400, "invalid-input")),
    ("GET", "/api/calls?before=yesterday", None, (400, "invalid-input")),
    ("GET", "/api/calls?before=0001-01-01T00:00:00%2B14:00", None, (422, "invalid-input")),
    ("POST", "/api/calls", {}, (400, "invalid-input")),
    ("POST", "/api/calls", [], (400, "invalid-input")),
    ("POST", "/api/calls", {"number": 7}, (400, "invalid-input")),
    ("POST", "/api/calls", {"number": "nobody"}, (422, "invalid-number")),
    ("POST", "/api/calls/nothing/answer", None, (404, "not-found")),
    ("POST", "/api/calls/nothing/dance", None, (400, "invalid-input")),
    ("POST", "/api/calls/%00/answer", None, (404, "not-found")),
    ("PUT", "/api/calls/nothing/notes", {"notes": ""}, (404, "not-found")),
    ("PUT", "/api/calls/nothing/notes", {"notes": None}, (400, "invalid-input")),
    ("PUT", "/api/calls/nothing/contact", {"contact_id": "7"}, (404, "not-found")),
    ("POST", "/api/calls/nothing/wrap-up", {"notes": "", "outcome": "sold"}, (422, "invalid-input")),
    ("POST", "/api/calls/nothing/wrap-up", {"notes": ""}, (404, "not-found")),
    ("POST", "/api/calls/nothing/wrap-up", {"notes": "", "codes": ["12|234"]}, (404, "not-found")),
    ("POST", "/api/calls/nothing/log", None, (404, "not-found")),
    ("POST", "/api/contacts", {"number": "202"}, (422, "invalid-number")),
    ("POST", "/api/contacts", {"number": STRANGER, "call_id": "nothing"}, (404, "not-found")),
    ("PUT", "/api/phone-system", {"phone_system": "pigeons"}, (422, "invalid-input")),
    ("POST", "/api/line-login", {"line": " ", "secret": ""}, (422, "invalid-input")),
    ("POST", "/api/line-login", {"line": "9" * 65, "secret": ""}, (422, "invalid-input")),
    ("POST", "/api/line-login", {"line": "2\x0001", "secret": "2010"}, (422, "invalid-input")),
    ("POST", "/api/line-login", {"line": "201", "secret": "0000"}, (401, "wrong-line-login")),
    ("POST", "/api/grant/explode", None, (404, "not-found")),
    ("POST", "/api/reminders/nothing/done", None, (403, "not-allowed")),
    ("POST", "/api/operator/ring", {"caller": "1", "line": "201"}, (403, "not-allowed")),
    ("POST", "/api/operator/calls/x/hang-up", None, (403, "not-allowed")),
    ("GET", "/api/operator/health", None, (403, "not-allowed")),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), REFUSALS)
async def test_what_cannot_be_done_is_refused_with_a_code(
    ben: Panel, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    assert await refused(ben, method, path, body) == expected


async def test_a_body_that_is_no_json_or_too_long_is_refused(ben: Panel) -> None:
    headers = {"Authorization": f"Bearer {ben.token}", "Content-Type": "application/json"}
    for content, expected in ((b"{", (400, "invalid-input")), (b'"' + b"x" * 2_100_000, (413, "too-large"))):
        answer = await ben.service.http.post("/api/calls", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == expected


async def test_a_reminder_that_is_not_there_is_not_done(ada: Panel) -> None:
    assert await refused(ada, "POST", "/api/reminders/nothing/done") == (404, "not-found")


async def test_operators_ring_lines_and_hang_up(service: RealService, ben: Panel) -> None:
    call = await service.ring(CARLA)
    await ben.call("ringing")
    await service.operator(f"/api/operator/calls/{call}/hang-up", {})
    await ben.until(lambda panel: not panel["calls"])
    headers = {"Authorization": f"Bearer {service.service.parts.operator_token}"}
    answer = await service.http.post("/api/operator/ring", json={"caller": "", "line": "999"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    answer = await service.http.post(f"/api/operator/calls/{call}/hang-up", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
    assert (await service.http.get("/api/operator/health", headers=headers)).json()["database"] == "ok"


async def test_it_says_that_it_lives_and_is_ready(service: RealService) -> None:
    assert (await service.http.get("/health/live")).json() == {"status": "ok"}
    ready = await service.http.get("/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["database"]) == (200, "ok", "ok")
