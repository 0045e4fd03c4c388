"""Browsers that are telephones: an agent's with the extension, and a plain page that only is the phone of a line."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, Page, Playwright, expect
from tests.browser.arrival import connects
from tests.browser.conftest import EXTENSION, PROGRAM
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Json, Stage, eventually

from offhook.demo.browser import ARGUMENTS, EXTENSION_ID, PATIENCE, WITH_MICROPHONE
from offhook.demo.in_browser import InBrowser
from offhook.demo.world import LINES

PINS = {line: pin for line, pin, _ in LINES}
BLOCKED = {"profile": {"default_content_setting_values": {"media_stream_mic": 2}}}


@contextmanager
def browser(
    playwright: Playwright,
    profile: Path,
    service: str,
    arguments: Sequence[str],
    preferences: dict[str, Any] | None = None,
) -> Iterator[BrowserContext]:
    """A browser with the extension, whose inside can be looked at; with preferences as somebody set them."""
    kept = profile / "Default/Preferences"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps(preferences or {}))
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=PROGRAM,
        args=[
            *arguments,
            f"--disable-extensions-except={EXTENSION}",
            f"--load-extension={EXTENSION}",
            "--remote-debugging-port=0",
        ],
        viewport={"width": 1360, "height": 860},
    )
    context.set_default_timeout(PATIENCE)
    page = context.pages[0]
    page.goto(f"chrome-extension://{EXTENSION_ID}/panel.html")
    page.evaluate("address => chrome.storage.local.set({ serviceAddress: address })", service)
    page.goto("about:blank")
    try:
        yield context
    finally:
        context.close()


class Agent(InBrowser):
    """Ben, connected and at line 201, in a browser that is given."""

    def __init__(self, stage: Stage, context: BrowserContext, profile: Path) -> None:
        assert EXTENSION
        super().__init__(stage, PROGRAM, EXTENSION)
        self.ben_browser, self.ben, self.profile = context, context.pages[0], profile

    def arrives(self) -> Self:
        expect.set_options(timeout=PATIENCE)
        connects(self)
        product, number = self.panel.get_by_label("Product"), self.panel.get_by_label("Number to call")
        expect(product.or_(number)).to_be_visible()
        if product.is_visible():  # who was here in another browser is still at his line
            self.ben_chooses_product()
            self.panel.get_by_label("Line").fill("201")
            self.panel.get_by_label("PIN").fill(PINS["201"])
            self.button("Log in").click()
            expect(number).to_be_visible()
        return self

    def status_is(self, words: str) -> None:
        expect(self.panel.get_by_text(f"Line 201 · {words}")).to_be_visible()


@dataclass
class Talker:
    """A page that is the phone of a line, by its PIN; nobody is signed in there."""

    page: Page
    line: str

    @classmethod
    def at(cls, playwright: Playwright, stage: Stage, line: str) -> Iterator[Self]:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(WITH_MICROPHONE))
        page = browser.new_context(permissions=["microphone"]).new_page()
        page.goto(f"{stage.service}/panel/")
        talker = cls(page, line)
        server = f"{stage.service.replace('http', 'ws', 1)}/sip"
        how: dict[str, Any] = {"purpose": line, "server": server, "uri": f"sip:{line}@offhook.invalid", "username": line}
        how |= {"password": PINS[line], "realm": "offhook", "ice_servers": [], "codecs": ["opus"], "outbound_proxy": ""}
        page.evaluate(
            """async line => {
                const Real = RTCPeerConnection;
                globalThis.connections = [];
                globalThis.RTCPeerConnection = class extends Real {
                    constructor(...how) { super(...how); connections.push(this); }
                };
                const { browserPhone } = await import('/panel/panel-browser-phone.js');
                const changed = view => { globalThis.view = view; };
                globalThis.phone = browserPhone({ changed, refused() {}, said() {} });
                phone.use(line);
            }""",
            how | {"register_seconds": 120, "relays": False},
        )
        talker.until("view.state === 'ready'")
        yield talker
        browser.close()

    def until(self, holds: str) -> None:
        self.page.wait_for_function(f"() => {holds}", timeout=PATIENCE)

    def does(self, what: str, **more: str) -> None:
        self.page.evaluate("more => phone.send({ leg: view.legs.at(-1)?.id, ...more })", {"do": what, **more})

    def answers(self) -> None:
        self.until("view.legs.some(({ state }) => state === 'ringing')")
        self.does("answer")
        self.until("view.legs.some(({ state }) => state === 'talking')")

    def sound(self) -> dict[str, float]:
        """Packets received, and the loudest of the last two seconds."""
        return dict(
            self.page.evaluate(
                """async () => {
                    const sum = { received: 0, level: 0 };
                    for (let round = 0; round < 10; round++) {
                        sum.received = 0;
                        for (const each of connections.filter(one => one.connectionState !== "closed"))
                            for (const entry of (await each.getStats()).values())
                                if (entry.type === "inbound-rtp") {
                                    sum.received += entry.packetsReceived;
                                    sum.level = Math.max(sum.level, entry.audioLevel ?? 0);
                                }
                        await new Promise(done => setTimeout(done, 200));
                    }
                    return sum;
                }"""
            )
        )

    def hears(self) -> None:
        before = self.sound()["received"]
        eventually(self.sound, lambda now: now["received"] > before + 40 and now["level"] > 0.001, "sound at the talker")

    def hears_nothing(self) -> None:
        eventually(self.sound, lambda now: now["level"] < 0.001, "silence at the talker", 15)

    def leaves(self) -> None:
        """Out of every call that a test before left."""
        self.page.evaluate("() => Promise.all(view.legs.map(({ id }) => phone.send({ do: 'hang-up', leg: id })))")
        self.is_free()

    def is_free(self) -> None:
        self.until("view.legs.length === 0")


def clear(desk: Desk) -> None:
    """Whatever the test before left: over, and wrapped up."""

    def left() -> list[Json]:
        for call in desk.sees()["calls"]:
            if call["state"] != "ended":
                action = "decline" if "decline" in call["can"] else "hang-up"
                desk.panel.api.post(f"/api/calls/{call['id']}/{action}")
            desk.panel.api.post(f"/api/calls/{call['id']}/wrap-up", json={"outcome": None, "notes": ""})
        return list(desk.sees()["calls"])

    eventually(left, lambda calls: not calls, "the calls to be over")


__all__ = ["ARGUMENTS", "BLOCKED", "WITH_MICROPHONE", "Agent", "Talker", "browser", "clear"]
