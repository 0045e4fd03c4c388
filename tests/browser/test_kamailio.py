"""A phone system of other makes: Kamailio and rtpengine for real, a carrier on UDP, and the extension's own telephone."""

import re
import time
from collections.abc import Iterator
from typing import Self

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from tests.browser import kamailio
from tests.browser.certificates import Authority
from tests.browser.hearing import THERE, by_second
from tests.browser.kamailio import DOMAIN, RELAY, SECURE, Network
from tests.browser.offscreen import Offscreen
from tests.browser.phones import WITH_MICROPHONE, Agent, browser
from tests.scenarios.stage import Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.browser import PATIENCE

LINES = {"201": "a-long-password", "202": "another-password"}
SECRET = "what Kamailio signs with"
SETTINGS = {
    "OFFHOOK_PHONE_SYSTEMS": "sip",
    "OFFHOOK_SIP_SERVER": SECURE,
    "OFFHOOK_SIP_DOMAIN": DOMAIN,
    "OFFHOOK_SIP_ICE_SERVERS": RELAY,
    "OFFHOOK_SIP_SEEN_BY": "webhook",
    "OFFHOOK_WEBHOOK_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stage(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    settings = SETTINGS | {"OFFHOOK_SIP_CA": str(authority.certificate)}
    with kamailio.own_network(), running_stage(tmp_path_factory.mktemp("stage"), **settings) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def network(stage: Stage, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    tells, folder = f"{stage.service}/api/deliveries/sip", tmp_path_factory.mktemp("network")
    relay = kamailio.relaying(tmp_path_factory.mktemp("relay"), authority)
    with relay, kamailio.network(folder, LINES, tells, SECRET, authority) as network:
        yield network


@pytest.fixture(scope="module")
def playwright(network: Network) -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


class SipAgent(Agent):
    """Somebody with a SIP phone system."""

    email, line = people.BEN, "201"

    def arrives(self) -> Self:
        expect.set_options(timeout=PATIENCE)
        self.log_in(self.ben, self.email)
        tab = self.to_consent("Connect HubSpot")
        tab.get_by_label("I am not a robot").check()
        tab.get_by_role("button", name="Grant access").click()
        tab.wait_for_url(f"**{people.CONTACTS_PATH}")
        tab.close()
        self.panel.get_by_label("Product").select_option("sip")
        self.button("Save").click()
        self.logs_in("guessed")
        expect(self.panel.get_by_text(f"does not accept the password of {self.line}")).to_be_visible()
        self.logs_in(LINES[self.line])
        self.status_is("Ready")
        return self

    def logs_in(self, password: str) -> None:
        self.panel.get_by_label("Line").fill(self.line)
        self.panel.get_by_label("PIN").fill(password)
        self.button("Log in").click()

    def status_is(self, words: str) -> None:
        expect(self.panel.get_by_text(f"Line {self.line} · {words}")).to_be_visible()

    def looks_at(self, name: str) -> None:
        """The call with somebody, also when another of hers is shown."""
        shown = self.panel.get_by_role("region", name="Call", exact=True).get_by_text(name)
        other = self.panel.get_by_role("group", name="Calls", exact=True).get_by_text(name)
        expect(shown.or_(other).first).to_be_visible()
        if not shown.is_visible():
            other.click()
        expect(shown).to_be_visible()

    def answers(self) -> None:
        self.button("Answer").click()
        expect(self.panel.get_by_role("timer")).to_be_visible()


class Colleague(SipAgent):
    email, line = people.ADA, "202"


@pytest.fixture(scope="module")
def agent(
    stage: Stage, network: Network, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SipAgent]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, (*WITH_MICROPHONE, network.believed)) as context:
        yield SipAgent(stage, context, profile).arrives()


@pytest.fixture(scope="module")
def colleague(
    stage: Stage, network: Network, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Colleague]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, (*WITH_MICROPHONE, network.believed)) as context:
        yield Colleague(stage, context, profile).arrives()


def test_a_carriers_call_is_heard_both_ways_on_three_pages_and_through_a_reload_and_is_logged_once(
    agent: SipAgent, stage: Stage, network: Network
) -> None:
    customer = stage.customer("Karla", "Kamailio")
    with Offscreen.of(agent.profile) as inside, network.calls("201", 12, customer.number) as carrier:
        agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")
        agent.answers()
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


def test_a_call_that_her_telephone_on_the_desk_takes_while_the_panel_rings_is_one_call_and_lasts(
    agent: SipAgent, stage: Stage, network: Network
) -> None:
    customer = stage.customer("Dora", "Desk")
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    with network.baresip("201", LINES["201"], lifts=False) as phone, network.calls("201", 3, customer.number) as carrier:
        expect(agent.button("Answer")).to_be_visible()
        phone.does("accept")
        expect(agent.panel.get_by_role("timer")).to_be_visible()
        assert carrier.wait(timeout=30) == 0, network.words_of("sipp")[-2000:]
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    agent.button("Save").click()
    entry = stage.logged_once(customer)
    assert abs(int(entry["hs_call_duration"]) / 1000 - 3) < 1
    assert entry["hs_call_status"] == "COMPLETED"


def test_a_call_is_heard_both_ways_when_the_only_way_is_by_relay(agent: SipAgent, stage: Stage, network: Network) -> None:
    customer = stage.customer("Renata", "Relay")
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    with (
        kamailio.only_by_relay(),
        Offscreen.of(agent.profile) as inside,
        network.calls("201", 6, customer.number) as carrier,
    ):
        agent.answers()
        inside.goes_on()
        assert inside.way() == "relay"
        eventually(network.through, lambda packets: min(packets[:2]) > 50, "sound both ways at rtpengine", 15)
        assert carrier.wait(timeout=30) == 0, network.words_of("sipp")[-2000:]
    agent.button("Save").click()
    assert stage.logged_once(customer)["hs_call_status"] == "COMPLETED"


def test_three_talk_and_hear_each_other_through_rtpengine_and_each_call_is_logged_once(
    agent: SipAgent, stage: Stage, network: Network
) -> None:
    """The carrier's tone is heard by the telephone outside only while three talk; the agent is muted meanwhile."""
    stays, leaves = stage.customer("Selma", "Stays"), stage.customer("Leo", "Leaves")
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    with network.calls("201", 10, leaves.number, holds=2) as carrier, network.baresip(stays.number) as phone:
        agent.answers()
        answered = [time.monotonic()]
        phone.does("dial", f"sip:201@{DOMAIN}")
        agent.ben.wait_for_url(f"**/record/0-1/{stays.id}")  # a click would else meet the page that goes away
        strip = agent.panel.get_by_role("group", name="Calls", exact=True)
        strip.get_by_role("button", name="Answer").click()
        expect(strip.get_by_text("On hold")).to_be_visible()
        answered.append(time.monotonic())
        agent.button("Merge").click()
        expect(agent.panel.get_by_text("hear each other")).to_be_visible()
        agent.button("Mute").click()
        assert carrier.wait(timeout=60) == 0, network.words_of("sipp")[-2000:]
        over = [time.monotonic()]
        agent.looks_at(stays.name)
        expect(agent.button("Unmute")).to_be_visible()
        agent.ben.wait_for_timeout(4_000)  # of silence
        agent.button("Hang up").click()
        over.append(time.monotonic())
        for _ in over:
            expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
            agent.button("Save").click()
    heard = [each for recording in phone.folder.glob("dump-*-dec.wav") for each in by_second(recording, 440)]
    assert sum(each > THERE for each in heard) >= 5, heard
    assert heard[-2] < THERE / 10, heard
    for customer, began, ended in zip((leaves, stays), answered, over, strict=True):
        entry = stage.logged_once(customer)
        assert abs(int(entry["hs_call_duration"]) / 1000 - (ended - began)) < 3
        assert (entry["hs_call_direction"], entry["hs_call_status"]) == ("INBOUND", "COMPLETED")


def test_a_call_is_handed_on_to_a_colleague_after_asking_her_and_both_talks_are_logged(
    agent: SipAgent, colleague: Colleague, stage: Stage, network: Network
) -> None:
    customer = stage.customer("Tamara", "Transfer")
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    with network.baresip(customer.number) as phone:
        phone.does("dial", f"sip:201@{DOMAIN}")
        agent.answers()
        # Who rings two lines within three seconds rings a group, which is one call.
        expect(agent.panel.get_by_role("timer")).to_have_text(re.compile("0:0[4-9]"))
        agent.button("Transfer").click()
        agent.panel.get_by_label("Transfer to").fill("202")
        agent.button("Speak first").click()
        colleague.answers()
        expect(agent.panel.get_by_text("waits on hold")).to_be_visible()
        with Offscreen.of(colleague.profile) as inside:
            agent.button("Connect both and leave").click()
            begun = time.monotonic()
            expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
            colleague.looks_at(customer.name)
            inside.goes_on()
        seconds = time.monotonic() - begun
        colleague.button("Hang up").click()
    assert phone.loudest() > 0.01
    entries = eventually(lambda: stage.timeline(customer.id), lambda held: len(held) == 2, "both talks on the timeline")
    assert {each["hs_call_status"] for each in entries} == {"COMPLETED"}
    assert {each["hs_call_direction"] for each in entries} == {"INBOUND"}
    assert len({each["hubspot_owner_id"] for each in entries}) == 2
    talked = {each["hs_call_duration"] for each in entries}
    assert any(abs(int(each) / 1000 - seconds) < 3 for each in talked), (talked, seconds)
