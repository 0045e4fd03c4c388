"""8x8 Contact Center in a real browser: she chooses herself by name, her status is 8x8's own, and codes end a call."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.arrival import connects_as_page
from tests.browser.conftest import shot
from tests.scenarios.stage import Stage, running_stage
from tests.telephony.contact_center.fake import BEN, CLEO, KEY, TENANT, TOKEN, FakeContactCenter

from offhook.demo import people


class Center:
    """The fake, on a loop of its own: a browser is driven without one."""

    def __init__(self) -> None:
        self.fake, self.loop = FakeContactCenter(lambda: datetime.now(UTC)), asyncio.new_event_loop()
        self.fake.names = {BEN: "Ben Bright", CLEO: "Cleo Costa"}

    def does(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(timeout=20)

    @contextmanager
    def running(self) -> Iterator[str]:
        thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        thread.start()
        try:
            self.does(self.fake.start())
            yield self.does(self.fake.serve_http())
            self.does(self.fake.stop())
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join()
            self.loop.close()


@pytest.fixture(scope="module")
def center() -> Center:
    return Center()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, center: Center) -> Iterator[Stage]:
    with center.running() as api:
        settings = {
            "OFFHOOK_PHONE_SYSTEMS": "contact_center",
            "OFFHOOK_CONTACT_CENTER_TENANT": TENANT,
            "OFFHOOK_CONTACT_CENTER_STREAM_URL": center.fake.stream,
            "OFFHOOK_CONTACT_CENTER_STREAM_KEY": KEY,
            "OFFHOOK_CONTACT_CENTER_API_URL": api,
            "OFFHOOK_CONTACT_CENTER_TOKEN": TOKEN,
            "OFFHOOK_CONTACT_CENTER_CODES": "12|234:Sold,12|235:Call again,2281|7361:Complaint about an invoice",
            "OFFHOOK_CONTACT_CENTER_STATUS_CODES": "3|801|1725|Lunch",
        }
        with running_stage(tmp_path_factory.mktemp("stage"), **settings) as stage:
            stage.give_rights(people.BEN)
            yield stage


@pytest.fixture(scope="module")
def panel(stage: Stage, narrow: BrowserContext) -> Page:
    """Ben's panel, connected; he has chosen himself by his name."""
    panel = connects_as_page(stage, narrow, "contact_center")
    panel.get_by_role("button", name=f"Ben Bright · {BEN}").click()
    expect(panel.get_by_label("Number to call")).to_be_visible()
    return panel


def test_the_status_is_8x8s_wherever_it_is_changed(panel: Page, center: Center) -> None:
    status = panel.get_by_label("Status", exact=True)
    expect(status.locator("option:checked")).to_have_text("Available")
    expect(panel.get_by_role("switch")).to_have_count(0)
    status.select_option("On break: Lunch")
    expect(status.locator("option:checked")).to_have_text("On break: Lunch")
    assert center.fake.statuses[BEN]["status-code-item-id"] == 1725
    shot(panel, "on-break")
    center.does(center.fake.does(BEN, 5))
    expect(status.locator("option:checked")).to_have_text("Working offline")
    center.does(center.fake.does(BEN, 1))
    expect(panel.get_by_text("Ben Bright · Logged out")).to_be_visible()
    expect(panel.get_by_text("Log in to 8x8's Agent Workspace")).to_be_visible()
    expect(status).to_have_count(0)
    shot(panel, "logged-out")
    center.fake.status_enabled = False
    center.does(center.fake.does(BEN, 4))
    expect(panel.get_by_text("8x8 Support must enable the Agent Status API")).to_be_visible()
    shot(panel, "not-enabled")
    center.fake.status_enabled = True
    center.does(center.fake.does(BEN, 4))
    expect(status.locator("option:checked")).to_have_text("Available")


def test_codes_end_a_call_in_8x8_and_on_the_timeline(panel: Page, center: Center, stage: Stage) -> None:
    customer = stage.customer("Vera", "Vance")
    call = center.does(center.fake.comes_in(int(customer.number.removeprefix("+"))))
    center.does(center.fake.assign(call, BEN))
    expect(panel.get_by_text("Vera Vance", exact=True)).to_be_visible()
    center.does(center.fake.accept(call, BEN))
    expect(panel.get_by_label("Notes")).to_be_visible()
    center.does(center.fake.hangs_up(call))
    panel.get_by_label("Sold").check()
    panel.get_by_label("Call again").check()
    shot(panel, "wrap-up")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text("are not supporting multiple choice")).to_be_visible()
    shot(panel, "refused")
    panel.get_by_label("Call again").uncheck()
    panel.get_by_label("Complaint about an invoice").check()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_label("Number to call")).to_be_visible()
    assert call.codes == "12|234,2281|7361"
    assert "Wrap-up codes: Sold, Complaint about an invoice" in str(stage.logged_once(customer))
