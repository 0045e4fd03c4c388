"""Three in one conversation, mixed by the agent's own telephone: everybody is a tone, and hears the two others."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect
from tests.browser.hearing import LISTENS, SPEAKS, voices_in
from tests.browser.offscreen import Offscreen
from tests.browser.phones import WITH_MICROPHONE, Agent, Talker, browser, clear
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.in_browser import PANEL

pytest.importorskip("aiortc", reason="the exchange's own voices need aiortc: the extra offhook[audio]")

VOICES = {"agent": 1900.0, "202": 700.0, "203": 1200.0}
# Of the agent, with another microphone.
ANOTHER = 2600.0
# Each of the two connections has another ufrag than it began with.
RESTARTED = """
(() => {
    const open = connections.filter((each) => each.connectionState === "connected");
    const ways = open.map((each) => each.localDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]);
    globalThis.firstWays ??= ways;
    return open.length === 2 && ways.every((way) => !firstWays.includes(way));
})()
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def agent(stage: Stage, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, WITH_MICROPHONE) as context:
        yield Agent(stage, context, profile).arrives()


@pytest.fixture(scope="module")
def inside(agent: Agent) -> Iterator[Offscreen]:
    agent.status_is("Ready")
    with Offscreen.of(agent.profile) as inside:
        inside.evaluate(f"({SPEAKS})({VOICES['agent']})")
        yield inside


@pytest.fixture(scope="module")
def colleague(stage: Stage, playwright: Playwright) -> Iterator[Talker]:
    yield from Talker.at(playwright, stage, "202")


@pytest.fixture(scope="module")
def expert(stage: Stage, playwright: Playwright) -> Iterator[Talker]:
    yield from Talker.at(playwright, stage, "203")


def hears(talker: Talker, *voices: str) -> None:
    """Just these, once what was said before has died away."""
    eventually(
        lambda: voices_in(talker.page.evaluate(LISTENS), VOICES | {"another": ANOTHER}),
        lambda heard: heard == set(voices),
        "the voices",
    )


def calls(agent: Agent, talker: Talker) -> None:
    agent.panel.get_by_label("Number to call").fill(talker.line)
    agent.button("Call").click()
    talker.page.evaluate(SPEAKS, VOICES[talker.line])
    talker.answers()


@pytest.fixture(scope="module")
def desk(stage: Stage, agent: Agent) -> Iterator[Desk]:
    """The same agent once more, as requests: to clear up."""
    desk = Desk(stage)
    desk.consent()
    yield desk
    desk.leave()


@pytest.fixture(autouse=True)
def ben(agent: Agent, desk: Desk) -> Iterator[None]:
    """Ben on Contacts with the panel open, in no call."""
    agent.ben.goto(f"{agent.world.sandbox}{people.CONTACTS_PATH}")
    if agent.launcher.get_attribute("aria-expanded") != "true":
        agent.launcher.click()
    agent.tab("Phone")
    expect(agent.panel.get_by_label("Number to call")).to_be_visible()
    agent.status_is("Ready")
    yield
    clear(desk)


@pytest.fixture
def two(agent: Agent, inside: Offscreen, colleague: Talker, expert: Talker) -> Iterator[None]:
    """A call with each of them: one waits, one talks."""
    calls(agent, colleague)
    hears(colleague, "agent")
    agent.button("New call").click()
    calls(agent, expert)
    hears(expert, "agent")
    yield
    for each in (colleague, expert):
        each.leaves()
    inside.evaluate(f"({SPEAKS})({VOICES['agent']})")


def merges(agent: Agent) -> None:
    expect(agent.panel.get_by_text("waits on hold")).to_be_visible()
    agent.button("Merge").click()
    expect(agent.panel.get_by_text("hear each other. Hanging up ends both calls.")).to_be_visible()


def heard_by_the_agent(inside: Offscreen) -> set[str]:
    return voices_in(inside.evaluate(f"({LISTENS})()"), VOICES | {"another": ANOTHER})


@pytest.mark.usefixtures("two")
def test_all_three_hear_each_other_until_one_of_them_leaves(
    agent: Agent, colleague: Talker, expert: Talker, inside: Offscreen
) -> None:
    merges(agent)
    hears(colleague, "agent", "203")
    hears(expert, "agent", "202")
    assert heard_by_the_agent(inside) == {"202", "203"}, "both, and not herself"
    agent.button("Mute").click()
    hears(colleague, "203")
    hears(expert, "202")
    agent.button("Unmute").click()
    hears(colleague, "agent", "203")
    expert.does("hang-up")
    hears(colleague, "agent")
    expect(agent.panel.get_by_text("hear each other")).to_be_hidden()


@pytest.mark.usefixtures("two")
def test_one_waits_again_and_all_three_again_and_then_two_go_on_alone(
    agent: Agent, colleague: Talker, expert: Talker
) -> None:
    merges(agent)
    hears(expert, "agent", "202")
    agent.panel.get_by_role("group", name="Three talk").get_by_role("button", name="alone").click()
    expect(agent.panel.get_by_text("waits on hold")).to_be_visible()
    hears(expert, "agent")
    hears(colleague)
    merges(agent)
    hears(colleague, "agent", "203")
    agent.button("Connect both and leave").click()
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    hears(colleague, "203")
    hears(expert, "202")


@pytest.mark.usefixtures("two")
def test_it_goes_on_in_every_tab_through_a_reload_another_network_and_another_microphone(
    agent: Agent, colleague: Talker, expert: Talker, inside: Offscreen
) -> None:
    merges(agent)
    other = agent.ben_browser.new_page()
    other.goto(f"{agent.world.sandbox}{people.CONTACTS_PATH}")
    expect(other.frame_locator(PANEL).get_by_role("button", name="Hang up both")).to_be_visible()
    other.close()
    agent.ben.reload()
    strip = agent.panel.get_by_role("group", name="Calls", exact=True)
    expect(strip.get_by_text("In the same conversation")).to_be_visible()
    hears(colleague, "agent", "203")
    inside.evaluate(RESTARTED)
    inside.evaluate("void dispatchEvent(new Event('online'))")
    agent.status_is("Ready")
    eventually(lambda: inside.evaluate(RESTARTED), bool, "a new way for the sound of both calls")
    hears(colleague, "agent", "203")
    hears(expert, "agent", "202")
    inside.evaluate(f"({SPEAKS})({ANOTHER})")
    agent.button("Setup").click()
    agent.button("Sound and microphone").click()
    agent.panel.get_by_label("Microphone", exact=True).select_option(index=1)
    hears(colleague, "another", "203")
    hears(expert, "another", "202")


def test_who_hangs_up_ends_both_and_each_is_logged_once(agent: Agent, stage: Stage, inside: Offscreen) -> None:
    began = {}
    customers = [stage.customer("Mona", "Merge"), stage.customer("Nils", "Nexus")]
    for customer in customers:
        stage.ring(customer.number)
        answer = agent.panel.get_by_role("button", name="Answer", exact=True)
        expect(answer).to_be_visible()
        agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")  # a click would else meet the page that goes away
        answer.click()
        expect(agent.panel.get_by_role("region", name="Call", exact=True).get_by_text(customer.name)).to_be_visible()
        expect(agent.panel.get_by_role("timer")).to_be_visible()
        began[customer.id] = time.monotonic()
        inside.goes_on()
    merges(agent)
    inside.goes_on()
    agent.button("Hang up both").click()
    over = time.monotonic()
    for _ in customers:
        expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
        agent.button("Save").click()
    expect(agent.panel.get_by_label("Number to call")).to_be_visible()
    for customer in customers:
        entry = stage.logged_once(customer)
        assert abs(int(entry["hs_call_duration"]) / 1000 - (over - began[customer.id])) < 3
        assert (entry["hs_call_direction"], entry["hs_call_status"]) == ("INBOUND", "COMPLETED")
