"""`ring` and `answer`, p50 and p95: our exchange against Kamailio, with the same two JsSIP phones, in one Chromium.

Ring: from the caller's INVITE until the other phone knows who calls, which is when the panel shows it. Answer: from the
click until the first sound is there. Turn by turn, so that a slow moment of the machine meets both. Kamailio is set up as
docs/how-to/kamailio has it, in a network namespace of its own; without root or its packages nothing is measured.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest
from playwright.async_api import Browser, Page, async_playwright
from tests.browser import kamailio
from tests.browser.exchange_alone import WITH_MICROPHONE, bundled
from tests.switch.served import served

from benchmarks.result import Result
from offhook.demo.browser import chromium

CALLS, WARM_UP = 30, 3

Row = dict[str, object]
PATIENCE = 20_000

# Two phones in one page: one clock for both. Resolved with milliseconds to the ring and to the first sound.
CALL = """
async ([caller, callee, target]) => {
  const [one, other] = [phones[caller], phones[callee]];
  const rang = new Promise((done) =>
    other.agent.once("newRTCSession", ({ session }) => done([performance.now(), session])));
  let sent = 0;
  const call = one.agent.call(target, { mediaConstraints: { audio: true, video: false } });
  call.on("sending", () => { sent ||= performance.now(); });
  const progress = new Promise((done) => call.on("progress", done));
  const failed = new Promise((_, fail) => call.on("failed", ({ cause }) => fail(new Error(cause))));
  const [rings, session] = await Promise.race([rang, failed]);
  await Promise.race([progress, failed]);
  const clicked = performance.now();
  session.answer({ mediaConstraints: { audio: true, video: false } });
  const hears = async (each) => {
    for (;;) {
      for (const entry of (await each.connection.getStats()).values())
        if (entry.type === "inbound-rtp" && entry.packetsReceived > 0) return performance.now();
      await new Promise((done) => setTimeout(done, 1));
    }
  };
  const heard = Math.max(...(await Promise.all([hears(session), hears(call)])));
  const over = new Promise((done) => session.on("ended", done));
  call.terminate();
  await over;
  await new Promise((done) => setTimeout(done, 200));
  return [rings - sent, heard - clicked];
}
"""


def ring() -> list[Row]:
    return _rows("ring", 0)


def answer() -> list[Row]:
    return _rows("answer", 1)


def _rows(name: str, which: int) -> list[Row]:
    found = _measured()
    if found is None:
        return []
    ours, theirs = ([call[which] for call in calls[WARM_UP:]] for calls in found)
    note = f"{CALLS} calls between two JsSIP phones, turn by turn; less is better"
    each = (("p50", median), ("p95", _p95))
    return [
        Result(f"{name}.{part}", "ms", round(of(ours), 2), round(of(theirs), 2), "Kamailio 5.6", note).row()
        for part, of in each
    ]


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


@cache
def _measured() -> tuple[list[list[float]], list[list[float]]] | None:
    """All calls, ours and Kamailio's: milliseconds to the ring and to the first sound. None where this machine cannot."""
    try:
        with kamailio.own_network(), tempfile.TemporaryDirectory() as folder:
            return asyncio.run(_measure(Path(folder)))
    except pytest.skip.Exception as why:
        print(f"Ring and answer are not measured: {why}.")
        return None


async def _measure(folder: Path) -> tuple[list[list[float]], list[list[float]]]:
    script = bundled(folder)
    passwords = {line: f"{line} has a password" for line in ("201", "202")}
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    with kamailio.network(folder, passwords):
        async with (
            async_playwright() as playwright,
            _browser(playwright) as browser,
            served(folder) as mine,
        ):
            own = {each: f"{each}0" for each in passwords}
            exchange = await _phones(browser, script, mine.url, mine.sip, "offhook.invalid", own)
            other = await _phones(browser, script, mine.url, kamailio.SERVER, kamailio.DOMAIN, passwords)
            for _ in range(CALLS + WARM_UP):
                theirs.append(await other.evaluate(CALL, ["201", "202", f"sip:202@{kamailio.DOMAIN}"]))
                ours.append(await exchange.evaluate(CALL, ["201", "202", "sip:202@offhook.invalid"]))
    return ours, theirs


@asynccontextmanager
async def _browser(playwright: object) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=chromium(), args=list(WITH_MICROPHONE))  # type: ignore[attr-defined]
    try:
        yield browser
    finally:
        await browser.close()


async def _phones(browser: Browser, script: str, url: str, server: str, domain: str, passwords: dict[str, str]) -> Page:
    """A page with a registered phone for each line."""
    context = await browser.new_context(permissions=["microphone"], base_url=url)
    page = await context.new_page()
    await page.goto("/phone")
    await page.add_script_tag(content=script)
    for line, password in passwords.items():
        said = {"server": server, "uri": f"sip:{line}@{domain}", "username": line, "password": password}
        start = (
            "([line, said]) => { Strangers.start('jssip', said); (globalThis.phones ??= {})[line] = globalThis.phone; }"
        )
        await page.evaluate(start, [line, said])
        await page.wait_for_function(
            "line => phones[line].log.some(each => each.startsWith('registered'))", arg=line, timeout=PATIENCE
        )
    return page
