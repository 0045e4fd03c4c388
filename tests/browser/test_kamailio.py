"""A phone system of other makes: Kamailio and rtpengine for real, a carrier on UDP, and the extension's own telephone."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from tests.browser import kamailio
from tests.browser.kamailio import DOMAIN, SERVER, Network
from tests.browser.offscreen import Offscreen
from tests.browser.phones import WITH_MICROPHONE, Agent, browser
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people

LINES = {"201": "a long password", "202": "another password"}
SETTINGS = {"OFFHOOK_PHONE_SYSTEMS": "sip", "OFFHOOK_SIP_SERVER": SERVER, "OFFHOOK_SIP_DOMAIN": DOMAIN}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with kamailio.own_network(), kamailio.network(tmp_path_factory.mktemp("network"), LINES) as network:
        yield network


@pytest.fixture(scope="module")
def stage(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), **SETTINGS) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def playwright(network: Network) -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


class SipAgent(Agent):
    """The same agent with a SIP phone system."""

    def ben_chooses_product(self) -> str:
        self.panel.get_by_label("Product").select_option("sip")
        self.button("Save").click()
        expect(self.panel.get_by_label("Line")).to_be_visible()
        return "SIP chosen"

    def ben_logs_in_to_line(self) -> str:
        self.panel.get_by_label("Line").fill("201")
        self.panel.get_by_label("PIN").fill("guessed")
        self.button("Log in").click()
        expect(self.panel.get_by_text("does not accept the password of 201")).to_be_visible()
        self.panel.get_by_label("PIN").fill(LINES["201"])
        self.button("Log in").click()
        expect(self.panel.get_by_label("Number to call")).to_be_visible()
        return "logged in"


@pytest.fixture(scope="module")
def agent(stage: Stage, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, WITH_MICROPHONE) as context:
        yield SipAgent(stage, context, profile).arrives()


def test_a_carriers_call_is_heard_both_ways_on_three_pages_and_through_a_reload_and_is_logged_once(
    agent: Agent, stage: Stage, network: Network
) -> None:
    customer = stage.customer("Karla", "Kamailio")
    agent.status_is("Ready")
    with Offscreen.of(agent.profile) as inside, network.calls("201", 12, customer.number) as carrier:
        agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")
        agent.button("Answer").click()
        expect(agent.panel.get_by_role("timer")).to_be_visible()
        answered = time.monotonic()
        inside.goes_on()
        for path in (people.CONTACTS_PATH, people.USERS_PATH, f"{people.CONTACTS_PATH}?q=Karla"):
            agent.ben.goto(f"{stage.sandbox}{path}")
            inside.goes_on()
        agent.ben.reload()
        inside.goes_on()
        browsers, carriers = network.through()[:2]
        assert min(browsers, carriers) > 200
        assert carrier.wait(timeout=60) == 0, (network.folder / "sipp.log").read_text()[-2000:]
        seconds = time.monotonic() - answered
    if agent.ben.locator("iframe").count() == 0:
        agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    agent.button("Save").click()
    entry = stage.logged_once(customer)
    assert abs(int(entry["hs_call_duration"]) / 1000 - seconds) < 2
    assert (entry["hs_call_direction"], entry["hs_call_status"]) == ("INBOUND", "COMPLETED")
