"""The service was never there: the panel says so, and where it looked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import EXTENSION, PROGRAM
from tests.scenarios.stage import Stage, free_ports

from offhook.demo import people
from offhook.demo.in_browser import InBrowser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """HubSpot only."""
    stage = Stage(tmp_path_factory.mktemp("stage"), *free_ports(2))
    try:
        stage.start_sandbox()
        stage.wait("sandbox")
        stage.register_app()
        yield stage
    finally:
        stage.stop()


def test_it_names_the_address_and_comes_back_by_itself(stage: Stage) -> None:
    assert EXTENSION
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        player.log_in(player.ben, people.BEN)
        expect(player.panel.get_by_role("heading", name="service cannot be reached")).to_be_visible()
        expect(player.panel.get_by_text(stage.service, exact=True)).to_be_visible()
        player.button("Try again").click()
        expect(player.panel.get_by_role("heading", name="service cannot be reached")).to_be_visible()
        player.button("Change address").click()
        expect(player.panel.get_by_label("Service address")).to_have_value(stage.service)
        player.button("Back").click()
        player.button("Back").click()
        expect(player.panel.get_by_role("heading", name="service cannot be reached")).to_be_visible()
        stage.service_comes_back()
        expect(player.button("Connect HubSpot")).to_be_visible(timeout=30_000)
