"""What the agent sees when her browser is no telephone: no microphone, one that is kept, a line that is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect
from tests.browser.phones import ARGUMENTS, BLOCKED, WITH_MICROPHONE, Agent, browser
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


def test_without_a_microphone_it_says_so_and_calls_go_on_without_sound(
    stage: Stage, playwright: Playwright, tmp_path: Path
) -> None:
    with browser(playwright, tmp_path / "profile", stage.service, ARGUMENTS) as context:
        agent = Agent(stage, context, tmp_path / "profile").arrives()
        agent.status_is("No microphone")
        expect(agent.panel.get_by_text("This computer has no microphone that the browser can see.")).to_be_visible()
        customer = stage.customer("Stilla", "Still")
        stage.ring(customer.number)
        agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")
        agent.button("Answer").click()
        expect(agent.panel.get_by_role("timer")).to_be_visible()
        agent.hang_up_and_wrap_up(None)


def test_a_microphone_that_the_browser_keeps_is_named_with_the_way_to_allow_it(
    stage: Stage, playwright: Playwright, tmp_path: Path
) -> None:
    arguments = [each for each in WITH_MICROPHONE if "fake-ui" not in each]
    with browser(playwright, tmp_path / "profile", stage.service, arguments, BLOCKED) as context:
        agent = Agent(stage, context, tmp_path / "profile").arrives()
        agent.status_is("No microphone")
        expect(agent.panel.get_by_text("The browser keeps the microphone from Offhook.")).to_be_visible()
        with context.expect_page() as opened:
            agent.button("Show how to allow it").click()
        page = opened.value
        expect(page.get_by_role("heading", name="The browser keeps the microphone from Offhook")).to_be_visible()
        expect(page.get_by_text("Set Microphone to Allow.")).to_be_visible()


def test_the_microphone_is_tried_on_a_page_of_its_own(stage: Stage, playwright: Playwright, tmp_path: Path) -> None:
    with browser(playwright, tmp_path / "profile", stage.service, WITH_MICROPHONE) as context:
        agent = Agent(stage, context, tmp_path / "profile").arrives()
        agent.status_is("Ready")
        agent.button("Setup").click()
        agent.button("Sound and microphone").click()
        with context.expect_page() as opened:
            agent.button("Try it with a test call").click()
        page = opened.value
        expect(page.get_by_label("Speaker for calls")).to_be_visible()
        page.get_by_role("button", name="Try it with a test call").click()
        meter = page.get_by_role("meter", name="Microphone level")
        page.wait_for_function("() => Number(document.querySelector('[role=meter]')?.ariaValueNow) > 5")
        expect(meter).to_be_visible()
        page.get_by_role("button", name="End the test").click()
        expect(meter).to_be_hidden()
