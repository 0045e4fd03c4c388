"""The exchange on a real port without the rest of the service, and phones of others in pages of a real Chromium."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page
from tests.switch.served import Served, served

from offhook.calls.call import Call
from offhook.demo.browser import ARGUMENTS, WITH_MICROPHONE
from offhook.telephony.exchange import Exchange

HERE = Path(__file__).parent
BROWSER = HERE.parents[1] / "browser"
PATIENCE = 45

__all__ = ["ARGUMENTS", "WITH_MICROPHONE", "Alone", "Stranger", "alone", "bundled"]


def bundled(folder: Path) -> str:
    """JsSIP and SIP.js as one script."""
    subprocess.run(["node", HERE / "strangers/bundle.mjs", folder], cwd=BROWSER, check=True, timeout=120)
    return (folder / "strangers.js").read_text()


async def until(holds: Callable[[], Any], what: str = "") -> Any:
    """As soon as it is so, which may be awaited."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = holds()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.02)


@dataclass
class Stranger:
    """A phone in a page of its own."""

    page: Page

    async def does(self, what: str, *arguments: Any) -> Any:
        script = "([what, given]) => globalThis.phone[what](...given)"
        return await self.page.evaluate(script, [what, list(arguments)])

    async def log(self) -> list[str]:
        return list(await self.page.evaluate("() => globalThis.phone?.log ?? []"))

    async def says(self, text: str, times: int = 1) -> str:
        """Waits until its log has a line that begins so."""

        async def there() -> str | None:
            found = [each for each in await self.log() if each.startswith(text)]
            return found[times - 1] if len(found) >= times else None

        try:
            return str(await until(there))
        except TimeoutError:
            raise AssertionError(f"{text!r} was not said: {await self.log()}") from None

    async def hears(self, call: int | None = None) -> dict[str, float]:
        """Waits until sound comes and goes that was not there before; gives what was counted."""
        given = [] if call is None else [call]
        before = await self.does("heard", *given)

        async def more() -> dict[str, float] | None:
            now = await self.does("heard", *given)
            fine = now["received"] >= before["received"] + 25 and now["sent"] >= before["sent"] + 25
            return dict(now) if fine and now["heard"] > before["heard"] + 1e-5 else None

        try:
            return dict(await until(more))
        except TimeoutError:
            raise AssertionError(f"Nothing was heard: {before} and then {await self.does('heard', *given)}") from None


@dataclass
class Alone:
    """The exchange, and a browser for phones."""

    server: Served
    browser: Browser
    script: str
    folder: Path

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def exchange(self) -> Exchange:
        return self.server.exchange

    async def phone(self, line: str, kind: str = "jssip") -> Stranger:
        """A page with a phone that has registered."""
        context = await self.browser.new_context(permissions=["microphone"], base_url=self.url)
        page = await context.new_page()
        await page.goto("/phone")
        await page.add_script_tag(content=self.script)
        given = await self.exchange.softphone(line)
        said = {each: getattr(given, each) for each in ("server", "uri", "username", "password")}
        await page.evaluate("([kind, said]) => Strangers.start(kind, said)", [kind, said])
        phone = Stranger(page)
        await phone.says("registered")
        return phone

    def call(self, line: str) -> Call | None:
        """The living call that a line is on."""
        calls = self.exchange.calls.values()
        return next((call for call in calls for leg in call.legs if leg.line == line and not leg.ending), None)

    def states(self, line: str) -> list[str]:
        calls = self.exchange.calls.values()
        return [leg.state.value for call in calls for leg in call.legs if leg.line == line and not leg.ending]

    async def hung_up(self) -> None:
        await until(lambda: not self.exchange.calls)


@asynccontextmanager
async def alone(browser: Browser, script: str, folder: Path) -> AsyncIterator[Alone]:
    async with served(folder) as server:
        try:
            yield Alone(server, browser, script, folder)
        finally:
            for context in browser.contexts:
                await context.close()
