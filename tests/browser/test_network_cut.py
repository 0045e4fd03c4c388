"""The network is cut for twenty seconds, in a network of its own: what the agent sees, and when."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from tests.browser import kamailio
from tests.browser.offscreen import Offscreen
from tests.browser.phones import WITH_MICROPHONE, Agent, browser
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people

pytest.importorskip("aiortc", reason="the exchange's own voices need aiortc: the extra offhook[audio]")

CUT = 20.0
# The last sound, three seconds' doubt, three for an answer, and a slow machine.
TOLD_WITHIN = 14.0


@pytest.fixture(scope="module")
def network() -> Iterator[None]:
    with kamailio.own_network():
        yield


@pytest.fixture(scope="module")
def stage(network: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), OFFHOOK_EXCHANGE_AUDIO_ADDRESSES="127.0.0.1") as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def playwright(network: None) -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def agent(stage: Stage, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, WITH_MICROPHONE) as context:
        agent = Agent(stage, context, profile).arrives()
        agent.status_is("Ready")
        yield agent


@contextmanager
def cut() -> Iterator[float]:
    """Nothing comes through, and nobody says so. Gives when that began."""
    subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
    try:
        yield time.monotonic()
    finally:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def test_a_call_says_within_seconds_that_the_network_is_gone_and_comes_back_with_it(agent: Agent, stage: Stage) -> None:
    with Offscreen.of(agent.profile) as inside:
        customer = stage.customer("Nora", "Network")
        stage.ring(customer.number)
        agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")
        agent.button("Answer").click()
        expect(agent.panel.get_by_role("timer")).to_be_visible()
        inside.goes_on()
    with cut() as began:
        expect(agent.panel.get_by_text("The connection broke.")).to_be_visible()
        expect(agent.panel.get_by_text("Phone not reached")).to_be_visible()
        told = time.monotonic() - began
        assert told < TOLD_WITHIN, f"it took {told:.1f} s"
        agent.ben.wait_for_timeout(max(0.0, CUT - (time.monotonic() - began)) * 1000)
    agent.status_is("Ready")
    expect(agent.panel.get_by_text("The connection broke.")).to_be_hidden()
    with Offscreen.of(agent.profile) as inside:
        inside.goes_on(30)
    agent.hang_up_and_wrap_up(None)
    stage.logged_once(customer)


def test_a_phone_that_waits_says_it_too(agent: Agent) -> None:
    agent.status_is("Ready")
    with cut() as began:
        expect(agent.panel.get_by_text("Phone not reached")).to_be_visible()
        told = time.monotonic() - began
        assert told < TOLD_WITHIN, f"it took {told:.1f} s"
    agent.status_is("Ready")
