"""What the agent is told when they may not hear her: a microphone that gives nothing, sound that is lost on the way."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from tests.browser import kamailio
from tests.browser.offscreen import Offscreen
from tests.browser.phones import WITH_MICROPHONE, Agent, Talker, browser
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people

# Half a minute passes before it is said (milliseconds).
PATIENCE = 60_000
# A microphone as a headset's own switch leaves it: there, and silent.
SILENT = """
navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream, true
"""
# Where sound for the talker comes in.
PORT = """
async () => {
    for (const each of connections.filter(one => one.connectionState === "connected")) {
        const all = await each.getStats();
        for (const pair of all.values())
            if (pair.type === "candidate-pair" && pair.nominated) return all.get(pair.localCandidateId).port;
    }
}
"""


@pytest.fixture(scope="module")
def network() -> Iterator[None]:
    if shutil.which("iptables") is None:
        pytest.skip("not installed: iptables")
    with kamailio.own_network():
        yield


@pytest.fixture(scope="module")
def stage(network: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
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
        yield Agent(stage, context, profile).arrives()


@pytest.fixture
def talker(playwright: Playwright, stage: Stage, agent: Agent) -> Iterator[Talker]:
    agent.status_is("Ready")
    yield from Talker.at(playwright, stage, "202")


@contextmanager
def lost_on_the_way(port: int) -> Iterator[None]:
    """Sound does not arrive there; that the way is open (STUN) is confirmed all the same, as by a relay that is ill."""
    is_rtp = "0>>22&0x3C@8>>31=1"  # the first bit of what UDP carries
    rule = ["INPUT", "-p", "udp", "--dport", str(port), "-m", "u32", "--u32", is_rtp, "-j", "DROP"]
    subprocess.run(["iptables", "-A", *rule], check=True)
    try:
        yield
    finally:
        subprocess.run(["iptables", "-D", *rule], check=True)


def calls(agent: Agent, talker: Talker) -> None:
    agent.panel.get_by_label("Number to call").fill(talker.line)
    agent.button("Call").click()
    talker.answers()


def test_sound_that_is_lost_on_the_way_there_is_told_as_a_guess(agent: Agent, talker: Talker) -> None:
    told = agent.panel.get_by_text("They may not hear you: for a while nothing has confirmed that your sound arrives.")
    calls(agent, talker)
    talker.hears()
    expect(agent.panel.get_by_text("Good sound")).to_be_visible()
    with lost_on_the_way(talker.page.evaluate(PORT)):
        expect(told).to_be_visible(timeout=PATIENCE)
        expect(agent.panel.get_by_text("Good sound")).to_be_visible()
        expect(agent.panel.get_by_text("The connection broke.")).to_be_hidden()
    expect(told).to_be_hidden(timeout=PATIENCE)
    talker.hears()
    agent.hang_up_and_wrap_up(None)


def test_a_microphone_that_gives_nothing_is_noticed(agent: Agent, talker: Talker) -> None:
    told = agent.panel.get_by_text("Your microphone gives no sound.")
    with Offscreen.of(agent.profile) as inside:
        inside.evaluate(SILENT)
    calls(agent, talker)
    expect(told).to_be_visible(timeout=PATIENCE)
    agent.button("Mute").click()
    expect(told).to_be_hidden(timeout=PATIENCE)
    agent.hang_up_and_wrap_up(None)
