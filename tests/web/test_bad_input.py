"""Absurd numbers, anonymous callers, a very long note, a name with tags: through the whole path, harmlessly."""

import html

import pytest
from tests.real_service import Panel, RealService

from hubspot_sandbox.seeds import demo

NOTE = 'Wants <b>tea</b> & "milk"\n\U0001f600 ' * 4_000


async def talked(service: RealService, ben: Panel, caller: str) -> str:
    await service.ring(caller)
    call = await ben.call("ringing")
    await ben.do("POST", f"/api/calls/{call['id']}/answer")
    await ben.do("POST", f"/api/calls/{call['id']}/hang-up")
    return str((await ben.call("ended"))["id"])


async def test_a_very_long_note_is_kept_whole_and_cut_for_hubspot(service: RealService, ben: Panel) -> None:
    assert len(NOTE) > 100_000
    call = await talked(service, ben, demo.OLIVER_NUMBER)
    assert (await ben.ask("PUT", f"/api/calls/{call}/notes", {"notes": NOTE})).status_code == 204
    await ben.do("POST", f"/api/calls/{call}/wrap-up", {"notes": NOTE, "outcome": "connected"})
    logged = await ben.logged(call)
    assert logged["notes"] == NOTE

    body = await ben.timeline(demo.OLIVER_EMAIL, call, "kept in Offhook")
    assert len(body) <= 65_536
    assert body.startswith(html.escape('Wants <b>tea</b> & "milk"'))
    assert body.endswith("kept in Offhook.]")
    answer = await ben.ask("POST", f"/api/calls/{call}/wrap-up", {"notes": "x" * 200_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_name_with_tags_is_only_a_name(service: RealService, ben: Panel) -> None:
    call = await talked(service, ben, demo.SCRIPT_NUMBER)
    await ben.do("POST", f"/api/calls/{call}/wrap-up", {"notes": "<script>alert(2)</script>", "outcome": "connected"})
    logged = await ben.logged(call)
    assert logged["who"]["contacts"][0]["name"].startswith(demo.SCRIPT_NAME)
    answer = await ben.ask("GET", "/api/panel")
    assert answer.headers["content-type"].startswith("application/json")

    body = await ben.timeline(demo.SCRIPT_EMAIL, call, "alert(2)")
    assert body == "&lt;script&gt;alert(2)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        ("", "Anonymous"),
        ("anonymous", "anonymous"),
        ("+0", "+0"),
        ("9" * 199, "9" * 199),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\u202e1234567\u202c", None),
        ("'; DROP TABLE call; --", "'; DROP TABLE call; --"),
    ],
)
async def test_an_absurd_number_rings_and_waits_for_a_contact(
    service: RealService, ben: Panel, caller: str, shown: str | None
) -> None:
    call = await talked(service, ben, caller)
    logged = await ben.logged(call, "waiting")
    assert logged["number"] is None
    assert logged["log"]["reason"]["code"] == "no-number"
    assert shown is None or logged["number_shown"] == shown


async def test_control_characters_in_what_an_agent_types_do_no_harm(service: RealService, ben: Panel) -> None:
    call = await talked(service, ben, demo.OLIVER_NUMBER)
    notes = "a\0b\x07c\u2028d\x7f"
    await ben.do("POST", f"/api/calls/{call}/wrap-up", {"notes": notes})
    assert (await ben.logged(call))["notes"] == notes
    assert (await ben.get("/api/contacts", params={"query": "a\0b"}))["answer"] in ("none", "could-not-ask")
