"""A recording that only 8x8's token opens is played on HubSpot's timeline, in a real browser: it sounds, and it seeks.

Both ways are played: a link on the call's record, which must be https, and an address that HubSpot asks for each time.
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect
from tests.browser.conftest import PROGRAM
from tests.real_service import RealService, free_port, real_service, settings_for

from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.demo.browser import ARGUMENTS
from offhook.demo.eight_by_eight.fake import KEY, PASSWORD, SECRET, USER, Fake8x8
from offhook.demo.eight_by_eight.ledger import KEEPS, RECORDING
from offhook.web import recordings as web

SYSTEM, LINE = "eight_by_eight", "1002"
# The scale of twelve seconds again and again, an hour and 14 MB of it: no player loads all of it in advance.
TIMES = 300
SECONDS = 12 * TIMES


@dataclass
class Played:
    """Cleo's call with Carla has a recording; Cleo looks at Carla's timeline."""

    fake: Fake8x8
    service: RealService
    context: BrowserContext
    timeline: Page
    player: Locator

    async def now(self, what: str) -> float:
        return float(await self.player.evaluate(f"audio => audio.{what}"))

    async def until(self, seconds: float) -> None:
        """The sound goes on by itself; the browser says when it has got so far."""
        await self.player.evaluate(
            """(audio, seconds) => new Promise((done, failed) => {
                audio.addEventListener("error", () => failed(new Error(audio.error?.message)));
                const look = () => audio.currentTime >= seconds ? done() : requestAnimationFrame(look);
                look();
            })""",
            seconds,
        )


@asynccontextmanager
async def in_front(port: int, folder: Path) -> AsyncIterator[int]:
    """What an operator puts before the service: https, under a certificate of this minute. Gives its port."""

    async def hand(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            inner, outer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pump(reader, outer), _pump(inner, writer))

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(_certificate(folder))
    server = await asyncio.start_server(hand, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = timedelta(days=1)
    alternatives = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(alternatives, critical=False)
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "front.pem"
    path.write_bytes(key.private_bytes(*kinds) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = [*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture(params=["link", "hubspot"])
async def played(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> AsyncIterator[Played]:
    fake, port = Fake8x8(lambda: datetime.now(UTC), sound=RECORDING * TIMES), free_port()
    async with AsyncExitStack() as stack:
        sandbox = stack.enter_context(running_sandbox())
        url = stack.enter_context(fake.serving())
        address = f"http://localhost:{port}"
        if request.param == "link":
            address = f"https://localhost:{await stack.enter_async_context(in_front(port, tmp_path))}"
        [app] = [each for each in sandbox.control("GET", "/apps") if each["client_id"] == people.CLIENT_ID]
        settings = settings_for(
            sandbox,
            tmp_path,
            port=port,
            base_url=address,
            phone_systems=(SYSTEM,),
            eight_by_eight_api_url=url,
            eight_by_eight_api_key=KEY,
            eight_by_eight_api_secret=SECRET,
            eight_by_eight_user=USER,
            eight_by_eight_password=PASSWORD,
            eight_by_eight_records_every=1.0,
            eight_by_eight_activity_every=0.0,
            recordings=request.param,
            hubspot_app_id=str(app["app_id"]),
        )
        _told(sandbox, app["app_id"], address)
        service = await stack.enter_async_context(real_service(settings, sandbox))
        context = await browser.new_context(
            base_url=sandbox.base_url, viewport={"width": 1280, "height": 900}, ignore_https_errors=True
        )
        stack.push_async_callback(context.close)
        await _recorded(fake, service)
        page = await _at_the_timeline(context)
        yield Played(fake, service, context, page, page.locator("audio"))


def _told(sandbox: RunningSandbox, app_id: int, address: str) -> None:
    """The operator told HubSpot once where to ask; nobody asks where links are on the records."""
    path = f"{sandbox.base_url}/crm/extensions/calling/2026-03/{app_id}/settings/recording"
    body = {"urlToRetrieveAuthedRecording": f"{address}/recordings/%s/address"}
    httpx.post(path, params={"hapikey": DEVELOPER_KEY}, json=body).raise_for_status()


async def _recorded(fake: Fake8x8, service: RealService) -> None:
    await service.connect(people.ADA)  # the first in an account needs App Marketplace access
    cleo = await service.connect(people.CLEO)
    await cleo.log_in(LINE, SYSTEM, "")
    began = datetime.now(UTC)
    fake.ledger.late = timedelta()
    call = fake.ledger.inbound(demo.CARLA_NUMBER, LINE, began, 0, 1)
    fake.ledger.record(call, LINE, timedelta())

    async def there() -> bool:
        entries = await service.engagements(demo.CARLA_EMAIL)
        return any(each["hs_call_recording_url"] or each["hs_call_app_id"] for each in entries)

    async with asyncio.timeout(60):
        while not await there():  # noqa: ASYNC110 (HubSpot tells nobody what is on a timeline)
            await asyncio.sleep(0.1)


async def _at_the_timeline(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto("/login")
    await page.get_by_label("E-mail").fill(people.CLEO)
    await page.get_by_label("Password").fill("demo")
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("Log in")
    await page.goto(f"/contacts/{people.ACORN}/objects/0-1/views/all/list")
    await page.get_by_role("link", name=demo.CARLA_NAME).first.click()
    await expect(page.locator("audio")).to_have_count(1)
    return page


async def _shot(page: Page, name: str) -> None:
    """Looked at while this was made; kept nowhere unless asked for."""
    if folder := os.environ.get("SHOTS"):
        for scheme in ("light", "dark"):
            for width in (360, 1280):
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await page.set_viewport_size({"width": width, "height": 900})
                await page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)


async def test_a_recording_plays_on_the_timeline_and_seeks(played: Played, request: pytest.FixtureRequest) -> None:
    way = request.node.callspec.params["played"]
    await played.player.evaluate("audio => audio.play()")
    await played.until(1.5)
    assert SECONDS * 0.99 < await played.now("duration") < SECONDS * 1.01
    await played.player.evaluate("audio => { audio.currentTime = 3000 }")
    await played.until(3000.8)
    assert await played.now("paused") == 0
    await _shot(played.timeline, f"timeline-{way}")
    ranges = [each.headers["range"] for each in played.fake.asked if each.path.endswith("/content")]
    assert ranges[0] == "bytes=0-"
    assert any(int(each.removeprefix("bytes=").rstrip("-")) > 10_000_000 for each in ranges), (
        "what lies between is not read"
    )
    source = str(await played.player.get_attribute("src"))
    assert ("/recordings/" in source) == (way == "link"), "the record holds no link where HubSpot asks"


@pytest.mark.parametrize("played", ["link"], indirect=True)
async def test_a_player_that_has_enough_for_now_is_let_go_and_goes_on_later(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "STALLED", 1.0)
    await played.player.evaluate("audio => audio.play()")
    await played.until(0.5)
    await played.player.evaluate("audio => audio.pause()")
    async with asyncio.timeout(30):
        while played.service.service.parts.listeners.count():  # noqa: ASYNC110 (nobody tells of it)
            await asyncio.sleep(0.1)
    end = "audio.buffered.end(audio.buffered.length - 1)"
    buffered = float(await played.player.evaluate(f"audio => {end}"))
    assert buffered < SECONDS / 2, "it was not let go because it had all of it"
    await played.player.evaluate(f"audio => {{ audio.currentTime = {end} - 1; return audio.play() }}")
    await played.until(buffered + 2)
    assert await played.player.evaluate("audio => audio.error") is None


@pytest.mark.parametrize("played", ["link"], indirect=True)
async def test_the_link_is_opened_by_itself_and_says_when_8x8_has_deleted_it(played: Played) -> None:
    url = str(await played.player.get_attribute("src"))
    alone = await played.context.new_page()
    await alone.goto(url)
    await alone.wait_for_function("document.querySelector('video, audio')?.readyState > 0")
    await _shot(alone, "alone")
    late = datetime.now(UTC) + KEEPS * 2
    played.fake.now = lambda: late
    played.fake.forget_tokens()
    gone = await alone.goto(url)
    assert gone is not None
    assert gone.status == 410
    await expect(alone.get_by_role("heading")).to_have_text("This recording is gone")
    await expect(alone.get_by_text("8x8 does not keep this recording any more.")).to_be_visible()
    await _shot(alone, "gone")
    wrong = await alone.goto(url.replace("/0-", "/1-"))
    assert wrong is not None
    assert wrong.status == 404
    await expect(alone.get_by_role("heading")).to_have_text("There is no recording here")
    await _shot(alone, "wrong")
