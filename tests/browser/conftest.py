"""A real Chromium, the real extension, a running world; and what every page must keep to."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Playwright, expect, sync_playwright

from offhook.demo.browser import ARGUMENTS, PATIENCE, chromium
from offhook.demo.tour import extension_folder

PROGRAM, EXTENSION = chromium() or "", extension_folder()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, or without the extension, everything here is skipped and says so."""
    why = "no Chromium on this machine" if not PROGRAM else "the extension is not built: scripts/ready panel"
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if not (PROGRAM and EXTENSION):
                item.add_marker(pytest.mark.skip(reason=why))


class Complaints:
    """What pages complained of: errors on the console, broken policies, scripts that failed, dialogs that opened."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda failed: self.heard.append(f"{failed.page and failed.page.url}: {failed.error}"))
        context.on("dialog", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"{message.page and message.page.url}: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.heard.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture(scope="module")
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def nothing_to_complain_of(complaints: Complaints) -> Iterator[None]:
    """Nothing during the test that is not our doing."""
    complaints.heard.clear()
    yield
    assert complaints.heard == []


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def narrow(playwright: Playwright) -> Iterator[BrowserContext]:
    """A Chromium without the extension, as wide as a panel."""
    expect.set_options(timeout=PATIENCE)
    browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(ARGUMENTS))
    context = browser.new_context(viewport={"width": 420, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context
    browser.close()


def shot(panel: Page, name: str) -> None:
    """Looked at while a test was made; kept nowhere unless asked for, by SHOTS."""
    folder = os.environ.get("SHOTS")
    for scheme in ("light", "dark") if folder else ():
        for width in (360, 1280):
            panel.emulate_media(color_scheme=scheme)
            panel.set_viewport_size({"width": width, "height": 900})
            panel.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png")
    panel.set_viewport_size({"width": 420, "height": 900})
