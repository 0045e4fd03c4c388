"""A real browser with the real extension."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
)
# A microphone that beeps, allowed without asking; and audio that stays on this machine.
WITH_MICROPHONE = (
    *ARGUMENTS,
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
)
# How long anything may take to appear, in milliseconds: a slow machine is no broken story.
PATIENCE = 30_000
# The id that browsers make of the public key in the extension's manifest (browser/README.md).
EXTENSION_ID = "ognonpcnilbpjamnnkempbngmohegoij"


def chromium(chosen: str = "") -> str | None:
    """The browser that is here; None when there is none."""
    names = (chosen, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found:
        return found
    own = sorted(Path("~/.cache/ms-playwright").expanduser().glob("chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


@contextmanager
def agent_browser(
    playwright: Playwright,
    program: str,
    extension: Path,
    service: str,
    *,
    headless: bool = True,
    arguments: Sequence[str] = ARGUMENTS,
) -> Iterator[BrowserContext]:
    """A browser of its own with the extension, told where the service is."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            headless=headless,
            args=[*arguments, f"--disable-extensions-except={extension}", f"--load-extension={extension}"],
            viewport={"width": 1360, "height": 860},
        )
        context.set_default_timeout(PATIENCE)
        try:
            _tell_address(context.pages[0], service)
            yield context
        finally:
            with contextlib.suppress(Exception):
                context.close()


def _tell_address(page: Page, service: str) -> None:
    """What Setup > Advanced does for a person: the extension's own page keeps the address."""
    page.goto(f"chrome-extension://{EXTENSION_ID}/panel.html")
    page.evaluate("address => chrome.storage.local.set({ serviceAddress: address })", service)
    page.goto("about:blank")
