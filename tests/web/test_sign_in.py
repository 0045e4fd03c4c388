"""Signing in is HubSpot's consent: begun, given on HubSpot's own pages, claimed with a secret."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.real_service import SECRET, Panel, RealService, begins, real_service, settings_for

from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import RunningSandbox


@pytest.fixture
async def impatient(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[RealService]:
    """A service whose patience with HubSpot is over at once."""
    async with real_service(settings_for(sandbox, tmp_path, consent_patience=0.0), sandbox) as service:
        yield service


async def come_back(service: RealService, path: str) -> tuple[int, str]:
    answer = await service.http.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.text


def says_start_again(page: str) -> bool:
    return "HubSpot is not connected" in page and "Start again" in page


async def test_a_panel_begins_waits_and_claims_its_token_once(service: RealService, ada: Panel) -> None:
    begun = await service.begin()
    assert begun["patience_ms"] == 45_000
    assert (await service.claim(begun["id"]))["state"] == "waiting"
    path = await service.decide(begun["consent_url"], people.ADA, people.ACORN)
    status, page = await come_back(service, path)
    assert status == 200
    assert "HubSpot is connected" in page
    claim = await service.claim(begun["id"])
    assert (claim["state"], bool(claim["token"])) == ("granted", True)
    assert await service.claim(begun["id"]) == {**claim, "state": "expired", "token": None}
    assert (await Panel(service, claim["token"]).get("/api/panel"))["agent"]["email"] == people.ADA


async def test_the_browser_goes_back_to_the_page_it_came_from_but_nowhere_else(service: RealService, ada: Panel) -> None:
    home = f"{service.sandbox.base_url}/contacts/{people.ACORN}/objects/0-1/views/all/list"
    for wanted, status in ((home, 303), ("https://evil.example/", 200), ("javascript:alert(1)", 200), ("/x", 200)):
        begun = await service.begin(return_to=wanted)
        answer = await service.http.get(await service.decide(begun["consent_url"], people.ADA, people.ACORN))
        assert (answer.status_code, answer.headers.get("location")) == (status, home if status == 303 else None)


async def test_when_no_answer_comes_it_says_why_that_may_be(impatient: RealService) -> None:
    begun = await impatient.begin()
    claim = await impatient.claim(begun["id"])
    assert claim["state"] == "stuck"
    assert claim["diagnosis"]["title"]
    assert await impatient.claim(begun["id"]) == claim
    less = await impatient.begin(ask="search-only")
    assert (await impatient.claim(less["id"]))["diagnosis"]["less"] is None
    back = await impatient.http.get(await impatient.decide(begun["consent_url"], people.ADA, people.ACORN))
    assert back.status_code == 200
    assert (await impatient.claim(begun["id"]))["state"] == "granted"


async def test_what_hubspots_page_says_makes_the_diagnosis_exact(service: RealService) -> None:
    begun = await service.begin()
    said = "You don't have the right permissions to install Offhook\nApp Marketplace access\0"
    answer = await service.http.post(f"/api/sign-ins/{begun['id']}/stuck", json={"secret": SECRET, "page_text": said})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["diagnosis"]["cause"]) == ("stuck", "person")
    long = await service.http.post(
        f"/api/sign-ins/{begun['id']}/stuck", json={"secret": SECRET, "page_text": "x" * 1_000_000}
    )
    assert long.status_code == 200


async def test_a_person_who_says_no_is_told_so_and_so_is_the_panel(service: RealService) -> None:
    begun = await service.begin()
    path = await service.decide(begun["consent_url"], people.ADA, people.ACORN, "cancel")
    status, page = await come_back(service, path)
    assert status == 400
    assert says_start_again(page)
    claim = await service.claim(begun["id"])
    assert (claim["state"], claim["problem"]["code"], claim["token"]) == ("failed", "declined-consent", None)


@pytest.mark.parametrize("query", ["", "code=1", "state=nonsense&code=1", "state=a.b.c&code=1", "state=&state=&code=1"])
async def test_an_answer_that_belongs_to_nothing_is_explained(service: RealService, query: str) -> None:
    status, page = await come_back(service, f"/oauth/callback?{query}")
    assert status == 400
    assert says_start_again(page)


async def test_an_answer_that_comes_twice_counts_once(service: RealService, ada: Panel) -> None:
    begun = await service.begin()
    path = await service.decide(begun["consent_url"], people.ADA, people.ACORN)
    assert (await come_back(service, path))[0] == 200
    status, page = await come_back(service, path)
    assert status == 400
    assert says_start_again(page)
    assert (await service.claim(begun["id"]))["state"] == "granted"


async def test_a_state_that_was_changed_on_the_way_is_not_believed(service: RealService, ada: Panel) -> None:
    one, other = await service.begin(), await service.begin()
    path = await service.decide(one["consent_url"], people.ADA, people.ACORN)
    query = dict(parse_qsl(urlsplit(path).query))
    for state in (query["state"][:-2] + "xx", query["state"].swapcase()):
        status, page = await come_back(service, f"/oauth/callback?{urlencode(query | {'state': state})}")
        assert status == 400
        assert says_start_again(page)
    assert (await service.claim(other["id"]))["state"] == "waiting"


async def test_an_answer_that_comes_too_late_is_void(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with real_service(settings_for(sandbox, tmp_path, consent_lifetime=0.0), sandbox) as service:
        begun = await service.begin()
        status, page = await come_back(service, await service.decide(begun["consent_url"], people.ADA, people.ACORN))
        assert status == 400
        assert says_start_again(page)
        assert (await service.claim(begun["id"]))["state"] == "expired"


async def test_a_wrong_code_is_refused_and_the_panel_told(service: RealService) -> None:
    begun = await service.begin()
    path = await service.decide(begun["consent_url"], people.ADA, people.ACORN)
    query = dict(parse_qsl(urlsplit(path).query))
    status, page = await come_back(service, f"/oauth/callback?{urlencode(query | {'code': 'stolen'})}")
    assert status >= 400
    assert "HubSpot is not connected" in page
    assert (await service.claim(begun["id"]))["state"] == "failed"


async def test_hubspots_own_words_cannot_put_anything_on_our_page(service: RealService) -> None:
    begun = await service.begin()
    state = dict(parse_qsl(urlsplit(begun["consent_url"]).query))["state"]
    query = urlencode({"state": state, "error": "access_denied", "error_description": "<script>alert(1)</script>"})
    _, page = await come_back(service, f"/oauth/callback?{query}")
    assert "<script" not in page


async def test_hubspot_that_is_down_is_the_reason(service: RealService) -> None:
    begun = await service.begin()
    path = await service.decide(begun["consent_url"], people.ADA, people.ACORN)
    service.sandbox.control("POST", "/faults", {"path": "/oauth/", "times": 50, "status": 503})
    try:
        status, page = await come_back(service, path)
    finally:
        service.sandbox.control("DELETE", "/faults")
    assert status == 502
    assert "HubSpot is not connected" in page
    claim = await service.claim(begun["id"])
    assert (claim["problem"]["code"], claim["problem"]["retryable"]) == ("hubspot-unavailable", True)


async def test_a_panel_that_is_signed_in_takes_nobody_elses_consent(service: RealService, ben: Panel, ada: Panel) -> None:
    begun = await ben.do("POST", "/api/sign-ins", begins())
    path = await service.decide(begun["consent_url"], people.ADA, people.ACORN)
    status, page = await come_back(service, path)
    assert status == 400
    assert people.ADA in page
    claim = await service.claim(begun["id"])
    assert (claim["state"], claim["problem"]["code"]) == ("failed", "another-account")
    await ada.get("/api/panel")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"secret_hash": "short"}, 422),
        ({"device_hash": ""}, 422),
        ({"ask": "everything-and-more"}, 422),
        ({"secret_hash": 7}, 400),
        ({"secret_hash": "\0" * 43}, 422),
    ],
)
async def test_a_beginning_must_be_of_the_documented_shape(
    service: RealService, change: dict[str, object], status: int
) -> None:
    body = begins() | change
    answer = await service.http.post("/api/sign-ins", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid-input")


async def test_nobody_claims_without_the_secret(service: RealService) -> None:
    begun = await service.begin()
    for attempt, secret in ((begun["id"], "wrong" * 9), ("nothing", SECRET), ("%00", SECRET)):
        for what in ("claim", "stuck"):
            answer = await service.http.post(f"/api/sign-ins/{attempt}/{what}", json={"secret": secret})
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_signing_out_ends_this_panels_token_and_no_other(service: RealService) -> None:
    here, there = await service.connect(people.ADA), await service.connect(people.ADA)
    assert (await here.ask("DELETE", "/api/sign-in")).status_code == 204
    refused = await here.ask("GET", "/api/panel")
    assert (refused.status_code, refused.json()["code"]) == (401, "signed-out")
    assert (await there.get("/api/panel"))["grant"]["state"] == "active"


@pytest.mark.parametrize("header", [b"", b"Bearer", b"Bearer wrong", b"Basic d3Jvbmc6", b"Bearer \xe9"])
async def test_without_a_token_that_works_nothing_is_shown(service: RealService, header: bytes) -> None:
    for method, path in (("GET", "/api/panel"), ("GET", "/api/calls"), ("POST", "/api/calls"), ("DELETE", "/api/grant")):
        answer = await service.http.request(
            method,
            path,
            headers=[(b"Authorization", header if isinstance(header, bytes) else header.encode())],
            json={"number": "1"},
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")
