"""The panel as a telephone: the extension's own phone, the embedded exchange, and sound that is measured."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Playwright, expect
from tests.browser.conftest import Complaints
from tests.browser.offscreen import Offscreen, put_to_sleep
from tests.browser.phones import WITH_MICROPHONE, Agent, Talker, browser, clear
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.in_browser import HEARD, PANEL

pytest.importorskip("aiortc", reason="the exchange's own voices need aiortc: the extra offhook[audio]")

# Every word of a lost connection is wanted here: the service is stopped on purpose.
pytestmark = pytest.mark.usefixtures("ben")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def agent(
    stage: Stage, playwright: Playwright, complaints: Complaints, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, WITH_MICROPHONE) as context:
        complaints.listen(context)
        yield Agent(stage, context, profile).arrives()


@pytest.fixture(scope="module")
def desk(stage: Stage, agent: Agent) -> Iterator[Desk]:
    """The same agent once more, as requests: to see what is true, and to clear up."""
    desk = Desk(stage)
    desk.consent()
    yield desk
    desk.leave()


@pytest.fixture(scope="module")
def colleague(stage: Stage, playwright: Playwright) -> Iterator[Talker]:
    """Somebody at line 202."""
    yield from Talker.at(playwright, stage, "202")


@pytest.fixture
def talker(colleague: Talker) -> Talker:
    """The same, in no call."""
    colleague.leaves()
    return colleague


@pytest.fixture
def ben(stage: Stage, agent: Agent, desk: Desk) -> Iterator[None]:
    """Ben on Contacts, registered, no call; whatever the test before left."""
    for page in agent.ben_browser.pages:
        if page is not agent.ben:
            page.close()
    clear(desk)
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    expect(agent.launcher).to_be_visible()
    if agent.launcher.get_attribute("aria-expanded") != "true":
        agent.launcher.click()
    agent.tab("Phone")
    expect(agent.panel.get_by_label("Number to call")).to_be_visible()
    agent.status_is("Ready")
    yield
    clear(desk)


@pytest.fixture
def inside(agent: Agent) -> Iterator[Offscreen]:
    with Offscreen.of(agent.profile) as inside:
        yield inside


def talks(agent: Agent) -> None:
    expect(agent.panel.get_by_role("timer")).to_be_visible()


def rings(agent: Agent, stage: Stage, first: str, last: str) -> Customer:
    """A customer calls, and her record has opened: until then a click may meet a page that is just leaving."""
    customer = stage.customer(first, last)
    stage.ring(customer.number)
    agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")
    return customer


def notifications(agent: Agent) -> list[str]:
    """What the operating system shows just now."""
    worker = agent.ben_browser.service_workers[0]
    return list(worker.evaluate("() => chrome.notifications.getAll().then(Object.keys)"))


def answers(agent: Agent, stage: Stage, first: str, last: str) -> Customer:
    customer = rings(agent, stage, first, last)
    agent.button("Answer").click()
    talks(agent)
    return customer


def test_a_call_is_heard_on_three_pages_and_through_a_reload_and_is_logged_once(
    agent: Agent, stage: Stage, inside: Offscreen
) -> None:
    customer = rings(agent, stage, "Rosa", "Radio")
    eventually(lambda: notifications(agent), bool, "the operating system to say who rings")
    agent.button("Answer").click()
    talks(agent)
    eventually(lambda: notifications(agent), lambda shown: not shown, "the operating system to say it no longer")
    answered = time.monotonic()
    inside.goes_on()
    expect(agent.panel.get_by_text(HEARD)).to_be_visible()
    for path in (people.CONTACTS_PATH, people.USERS_PATH, f"{people.CONTACTS_PATH}?q=Rosa"):
        agent.ben.goto(f"{stage.sandbox}{path}")
        inside.goes_on()
    agent.ben.reload()
    inside.goes_on()
    if agent.ben.locator(PANEL).count() == 0:
        agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    seconds = time.monotonic() - answered
    agent.hang_up_and_wrap_up("connected")
    entry = stage.logged_once(customer)
    assert abs(int(entry["hs_call_duration"]) / 1000 - seconds) < 5
    assert entry["hs_call_direction"] == "INBOUND"


def test_a_number_is_dialled_held_muted_and_pressed_into(agent: Agent, talker: Talker, inside: Offscreen) -> None:
    agent.panel.get_by_label("Number to call").fill(talker.line)
    agent.button("Call").click()
    expect(agent.panel.get_by_text("Calling…").or_(agent.panel.get_by_text("Ringing…")).first).to_be_visible()
    talker.answers()
    talks(agent)
    inside.goes_on()
    talker.hears()
    agent.button("Mute").click()
    talker.hears_nothing()
    agent.button("Unmute").click()
    talker.hears()
    agent.button("Hold").click()
    talker.until("view.legs[0].held_there")
    expect(agent.panel.get_by_text("On hold").first).to_be_visible()
    agent.button("Resume").click()
    talker.until("!view.legs[0].held_there")
    talker.hears()
    talker.does("hold")
    expect(agent.panel.get_by_text("The other side has put you on hold.")).to_be_visible()
    talker.does("resume")
    agent.button("Keypad").click()
    for key in "5#":
        agent.panel.get_by_role("group", name="Keypad").get_by_role("button", name=key, exact=True).click()
    expect(agent.panel.get_by_label("Pressed 5 #")).to_be_visible()
    expect(agent.panel.get_by_role("alert").filter(has_text="cannot")).to_have_count(0)
    agent.button("Hang up").click()
    talker.is_free()


def test_the_other_side_hangs_up_or_declines(agent: Agent, talker: Talker) -> None:
    agent.panel.get_by_label("Number to call").fill(talker.line)
    agent.button("Call").click()
    talker.answers()
    talker.does("hang-up")
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    agent.button("Save").click()
    agent.panel.get_by_label("Number to call").fill(talker.line)
    agent.button("Call").click()
    talker.until("view.legs.some(({ state }) => state === 'ringing')")
    talker.does("decline")
    expect(agent.panel.get_by_text("The call was declined.")).to_be_visible()


def test_a_call_is_handed_on_at_once(agent: Agent, stage: Stage, talker: Talker) -> None:
    answers(agent, stage, "Tilda", "Turner")
    agent.button("Transfer").click()
    agent.panel.get_by_label("Transfer to").fill(talker.line)
    agent.button("Transfer now").click()
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    talker.answers()
    talker.hears()
    talker.does("hang-up")


def test_a_call_is_handed_on_after_asking_there_first(agent: Agent, stage: Stage, talker: Talker) -> None:
    answers(agent, stage, "Asta", "Asker")
    agent.button("Transfer").click()
    agent.panel.get_by_label("Transfer to").fill(talker.line)
    agent.button("Speak first").click()
    talker.answers()
    expect(agent.panel.get_by_text("waits on hold")).to_be_visible()
    talker.hears()
    agent.button("Connect both and leave").click()
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    talker.hears()
    talker.does("hang-up")


def test_a_second_caller_waits_while_the_first_is_held(agent: Agent, stage: Stage, inside: Offscreen) -> None:
    first = answers(agent, stage, "Erna", "Erste")
    second = rings(agent, stage, "Zoe", "Zweite")
    strip = agent.panel.get_by_role("group", name="Calls", exact=True)
    strip.get_by_role("button", name="Answer").click()
    expect(strip.get_by_text("On hold")).to_be_visible()
    expect(agent.panel.get_by_role("region", name="Call", exact=True).get_by_text(second.name)).to_be_visible()
    inside.goes_on()
    strip.get_by_role("button", name="Swap").click()
    expect(agent.panel.get_by_role("region", name="Call", exact=True).get_by_text(first.name)).to_be_visible()
    expect(strip.get_by_text(second.name)).to_be_visible()
    inside.goes_on()


def test_every_tab_shows_the_one_phone(agent: Agent, stage: Stage, inside: Offscreen) -> None:
    other = agent.ben_browser.new_page()
    other.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    panel: FrameLocator = other.frame_locator(PANEL)
    customer = stage.customer("Theo", "Twotabs")
    stage.ring(customer.number)
    other.wait_for_url(f"**/record/0-1/{customer.id}")
    panel.get_by_role("button", name="Answer").click()
    talks(agent)
    agent.button("Mute").click()
    expect(panel.get_by_role("button", name="Unmute")).to_be_visible()
    other.close()
    agent.button("Unmute").click()
    inside.goes_on()
    assert inside.evaluate("connections.filter(each => each.connectionState === 'connected').length") == 1


def test_a_call_outlives_the_sleeping_worker(agent: Agent, stage: Stage, inside: Offscreen) -> None:
    answers(agent, stage, "Sina", "Sleep")
    put_to_sleep(agent.profile)
    inside.goes_on()
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
    expect(agent.button("Hang up")).to_be_visible()
    agent.button("Mute").click()
    expect(agent.button("Unmute")).to_be_visible()
    agent.button("Unmute").click()
    inside.goes_on()
    agent.button("Hang up").click()
    expect(agent.panel.get_by_role("heading", name="Call ended")).to_be_visible()


def test_a_network_that_is_gone_for_twenty_seconds_ends_no_call(agent: Agent, stage: Stage, inside: Offscreen) -> None:
    """What is at the other end, signalling and sound, stands still; then it goes on."""
    customer = answers(agent, stage, "Nele", "Network")
    inside.goes_on()
    stopped = stage.processes["service"].pid
    os.kill(stopped, signal.SIGSTOP)
    try:
        expect(agent.panel.get_by_text("The connection broke.")).to_be_visible()
        agent.ben.wait_for_timeout(20_000)
    finally:
        os.kill(stopped, signal.SIGCONT)
    expect(agent.panel.get_by_text("The connection broke.")).to_be_hidden()
    inside.goes_on(30)
    agent.hang_up_and_wrap_up(None)
    stage.logged_once(customer)


def test_sound_between_two_phones_goes_on_while_the_service_is_started_anew(
    agent: Agent, stage: Stage, talker: Talker, inside: Offscreen
) -> None:
    agent.panel.get_by_label("Number to call").fill(talker.line)
    agent.button("Call").click()
    talker.answers()
    inside.goes_on()
    stage.service_dies()
    inside.goes_on()
    expect(
        agent.panel.get_by_text("Phone not reached").or_(agent.panel.get_by_text("No connection")).first
    ).to_be_visible()
    stage.service_comes_back()
    agent.status_is("Ready")
    talker.until("view.state === 'ready'")
    inside.goes_on()
