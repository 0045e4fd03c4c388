"""JsSIP and SIP.js, which never heard of Offhook, telephone over its exchange in a real Chromium. Sound is measured."""

import shutil
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from tests.browser.conftest import PROGRAM
from tests.browser.exchange_alone import BROWSER, WITH_MICROPHONE, Alone, alone, bundled, until

from offhook.media import ear, sounds

pytestmark = [
    pytest.mark.skipif(not ear.is_there(), reason="offhook[audio] is not installed"),
    pytest.mark.skipif(
        not (shutil.which("node") and (BROWSER / "node_modules/sip.js").is_dir()),
        reason="the browser's packages are not installed: scripts/ready panel",
    ),
]

KINDS = pytest.mark.parametrize("kind", ["jssip", "sipjs"])


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return bundled(tmp_path_factory.mktemp("strangers"))


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=WITH_MICROPHONE)
        yield browser
        await browser.close()


@pytest.fixture
async def exchange(browser: Browser, script: str, tmp_path: Path) -> AsyncIterator[Alone]:
    async with alone(browser, script, tmp_path) as exchange:
        yield exchange


# With the exchange itself.


@KINDS
async def test_an_echo_is_heard(exchange: Alone, kind: str) -> None:
    ben = await exchange.phone("201", kind)
    await ben.does("dial", "*43")
    await ben.says("answered")
    heard = await ben.hears()
    assert heard["received"] > 20
    await ben.does("hangUp")
    await exchange.hung_up()


@KINDS
async def test_a_caller_from_outside_speaks(exchange: Alone, kind: str) -> None:
    ben = await exchange.phone("201", kind)
    call = await exchange.exchange.ring("+1 415 555 0100", "201", "Carla Reyes")
    assert (await ben.says("rings")).endswith(call)
    await ben.does("answer")
    await ben.says("answered")
    await ben.hears()
    await exchange.exchange.caller_hangs_up(call)
    await ben.says("ended")


@KINDS
async def test_what_is_said_to_the_voicemail_is_kept(exchange: Alone, kind: str) -> None:
    ben = await exchange.phone("201", kind)
    await ben.does("dial", "*97")
    await ben.says("answered")
    folder = exchange.folder / "voicemail"
    await until(lambda: [each for each in folder.glob("*.wav") if each.stat().st_size > 150_000])
    await ben.does("hangUp")
    await exchange.hung_up()
    [path] = folder.glob("*.wav")
    with wave.open(str(path)) as kept:
        assert (kept.getnchannels(), kept.getsampwidth(), kept.getframerate()) == (1, 2, sounds.RATE)
        said = kept.readframes(kept.getnframes())
    assert sounds.loudness(said) > 0.005
    assert folder.stat().st_mode & 0o077 == 0


@KINDS
async def test_a_call_is_held_and_resumed(exchange: Alone, kind: str) -> None:
    ben = await exchange.phone("201", kind)
    await ben.does("dial", "*43")
    await ben.says("answered")
    await ben.hears()
    await ben.does("hold")
    await ben.says("held local")
    await until(lambda: exchange.states("201") == ["held"])
    await ben.does("resume")
    await ben.says("resumed local")
    await until(lambda: exchange.states("201") == ["connected"])
    await ben.hears()


@KINDS
async def test_keys_are_heard(exchange: Alone, kind: str) -> None:
    ben = await exchange.phone("201", kind)
    await ben.does("dial", "*45")
    await ben.says("answered")
    await ben.does("press", "5")
    [(_, attendant)] = exchange.exchange.phones._attendants.values()
    await until(lambda: sounds.pieces(sounds.key_tone("5"))[-1] in attendant.to_say or attendant.to_say)


@pytest.mark.parametrize(("number", "jssip", "sipjs"), [("+14155550199", "Busy", "486"), ("999", "Not Found", "404")])
@KINDS
async def test_who_cannot_be_reached_is_told(exchange: Alone, kind: str, number: str, jssip: str, sipjs: str) -> None:
    ben = await exchange.phone("201", kind)
    await ben.does("dial", number)
    await ben.says(f"failed {jssip if kind == 'jssip' else sipjs}")


# Ways of sound that change.


async def test_a_phone_whose_network_changed_is_heard_again(exchange: Alone) -> None:
    ben = await exchange.phone("201")
    await ben.does("dial", "*43")
    await ben.says("answered")
    await ben.hears()
    await ben.does("restartIce")
    await ben.says("restarted")
    await ben.hears()


# Line to line.


@KINDS
async def test_two_lines_hear_each_other(exchange: Alone, kind: str) -> None:
    ben, cleo = await exchange.phone("201", kind), await exchange.phone("202", kind)
    await ben.does("dial", "202")
    await cleo.says("rings 201")
    await cleo.does("answer")
    for each in (ben, cleo):
        await each.says("answered")
        await each.hears()
    await ben.does("hold")
    await ben.says("held local")
    await until(lambda: exchange.states("201") == ["held"])
    await ben.does("resume")
    await ben.says("resumed local")
    await cleo.hears()
    await cleo.does("hangUp")
    await ben.says("ended")
    await exchange.hung_up()


async def test_strangers_hear_each_other(exchange: Alone) -> None:
    ben, cleo = await exchange.phone("201", "jssip"), await exchange.phone("202", "sipjs")
    await cleo.does("dial", "201")
    await ben.says("rings 202")
    await ben.does("answer")
    for each in (ben, cleo):
        await each.says("answered")
        await each.hears()
    await cleo.does("press", "7")
    await ben.says("key 7")


@KINDS
@pytest.mark.parametrize(("status", "jssip", "sipjs"), [(486, "Busy", "486"), (603, "Rejected", "603")])
async def test_a_call_is_refused(exchange: Alone, kind: str, status: int, jssip: str, sipjs: str) -> None:
    ben, cleo = await exchange.phone("201", kind), await exchange.phone("202", kind)
    await ben.does("dial", "202")
    await cleo.says("rings")
    await cleo.does("refuse", status)
    await ben.says(f"failed {jssip if kind == 'jssip' else sipjs}")
    await exchange.hung_up()


@KINDS
async def test_a_caller_gives_up(exchange: Alone, kind: str) -> None:
    ben, cleo = await exchange.phone("201", kind), await exchange.phone("202", kind)
    await ben.does("dial", "202")
    await cleo.says("rings")
    await ben.does("hangUp")
    await cleo.says("failed Canceled" if kind == "jssip" else "ended")
    await exchange.hung_up()


# Transfers.


@KINDS
async def test_a_caller_is_transferred_and_hears_the_other_line(exchange: Alone, kind: str) -> None:
    ben, cleo = await exchange.phone("201", kind), await exchange.phone("202", kind)
    call = await exchange.exchange.ring("+1 415 555 0100", "201")
    await ben.says("rings")
    await ben.does("answer")
    await ben.says("answered")
    await ben.hears()
    await ben.does("transfer", "202")
    await ben.says("ended")
    assert (await cleo.says("rings")).endswith(call)
    await cleo.does("answer")
    await cleo.says("answered")
    await cleo.hears()


@KINDS
async def test_a_line_is_transferred_and_the_two_others_hear_each_other(exchange: Alone, kind: str) -> None:
    ben, cleo, dev = [await exchange.phone(line, kind) for line in ("201", "202", "203")]
    await ben.does("dial", "202")
    await cleo.says("rings")
    await cleo.does("answer")
    await cleo.says("answered")
    await cleo.hears()
    await ben.does("transfer", "203")
    await dev.says("rings")
    await dev.does("answer")
    await dev.says("answered")
    await dev.hears()
    await cleo.hears()


@KINDS
async def test_a_line_is_transferred_after_it_was_asked(exchange: Alone, kind: str) -> None:
    ben, cleo, dev = [await exchange.phone(line, kind) for line in ("201", "202", "203")]
    await cleo.does("dial", "201")
    await ben.says("rings")
    await ben.does("answer")
    await cleo.says("answered")
    await cleo.hears()
    await ben.does("hold")
    await ben.says("held local")
    await ben.does("dial", "203")
    await dev.says("rings")
    await dev.does("answer")
    await dev.says("answered")
    await dev.hears()
    await ben.does("transfer", "203", 0, 1)
    await ben.says("ended", 2)
    await dev.hears()
    await cleo.hears()
    assert exchange.states("201") == []
    assert (exchange.states("202"), exchange.states("203")) == (["connected"], ["connected"])


async def test_a_caller_is_transferred_after_the_other_line_was_asked(exchange: Alone) -> None:
    ben, cleo = await exchange.phone("201"), await exchange.phone("202")
    await exchange.exchange.ring("+1 415 555 0100", "201")
    await ben.says("rings")
    await ben.does("answer")
    await ben.says("answered")
    await ben.hears()
    await ben.does("hold")
    await ben.says("held local")
    await ben.does("dial", "202")
    await cleo.says("rings")
    await cleo.does("answer")
    await cleo.says("answered")
    await cleo.hears()
    await ben.does("transfer", "202", 0, 1)
    await ben.says("ended", 2)
    await cleo.hears()
    assert exchange.states("202") == ["connected"]


# Restarts.


async def test_a_call_outlives_a_restart_of_the_service(exchange: Alone) -> None:
    ben = await exchange.phone("201")
    call = await exchange.exchange.ring("+1 415 555 0100", "201")
    await ben.says("rings")
    await ben.does("answer")
    await ben.says("answered")
    await ben.hears()
    await exchange.server.restart()
    await ben.says("registered", 2)
    await ben.hears()
    assert list(exchange.exchange.calls) == [call]
    await ben.does("hangUp")
    await exchange.hung_up()


async def test_a_call_between_lines_outlives_a_restart_of_the_service(exchange: Alone) -> None:
    ben, cleo = await exchange.phone("201"), await exchange.phone("202")
    await ben.does("dial", "202")
    await cleo.says("rings")
    await cleo.does("answer")
    await cleo.says("answered")
    await exchange.server.restart()
    for each in (ben, cleo):
        await each.says("registered", 2)
        await each.hears()
    await ben.does("hold")
    await ben.says("held local")
    await until(lambda: exchange.states("201") == ["held"])
    await cleo.does("hangUp")
    await ben.says("ended")
    await exchange.hung_up()
