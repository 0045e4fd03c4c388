"""A call whose end is never heard does not live for ever, and one that lives is not ended by mistake."""

import pytest
from tests.contracts.phone_system import BEGAN, CUSTOMER_NUMBER, heard
from tests.telephony.asterisk.driver import until
from tests.telephony.contact_center.driver import ContactCenterDriver
from tests.telephony.contact_center.fake import BEN, CLEO

from offhook.calls.call import CallState, EndedHow
from offhook.telephony.contact_center.tracker import LONGEST, SILENCE, Tracker
from offhook.telephony.contact_center.wire import Frame

pytestmark = pytest.mark.anyio
AN_HOUR, HALF_A_DAY = SILENCE.total_seconds() + 1, LONGEST.total_seconds() + 1


async def steady(driver: ContactCenterDriver) -> None:
    """The stream has been there since the last look."""
    await driver.center.look_over()


async def talking(driver: ContactCenterDriver, *, inbound: bool = True) -> str:
    if inbound:
        id_ = await driver.ring("4155550100")
        await driver.fake.accept(driver.fake.calls[id_], BEN)
    else:
        id_ = await driver.agent_dials(CUSTOMER_NUMBER)
        await driver.far_end_answers(id_)
    await driver.settled()
    await steady(driver)
    return id_


@pytest.mark.parametrize("status", [0, 2, 3, 5, 6, 7, 8, 9, 10, 11])
async def test_who_may_be_talking_goes_on_talking(driver: ContactCenterDriver, status: int) -> None:
    id_ = await talking(driver)
    driver.fake.statuses[BEN] = {"agent-status": status}
    driver.clock.pass_seconds(AN_HOUR)
    await driver.center.look_over()
    assert heard(driver, id_).state is CallState.CONNECTED


@pytest.mark.parametrize("status", [1, 4])
async def test_who_is_available_or_logged_out_talks_to_nobody_from_a_queue(
    driver: ContactCenterDriver, status: int
) -> None:
    id_ = await talking(driver)
    driver.fake.statuses[BEN] = {"agent-status": status}
    driver.clock.pass_seconds(AN_HOUR - 60)
    await driver.center.look_over()
    assert heard(driver, id_).state is CallState.CONNECTED, "something may come yet"
    driver.clock.pass_seconds(60)
    await driver.center.look_over()
    found = heard(driver, id_)
    assert (found.ended_how, found.ended_at) == (EndedHow.COMPLETED, BEGAN), "longer is not certain"
    kept = len(driver.arrived)
    driver.clock.pass_seconds(AN_HOUR)
    await driver.center.look_over()
    assert len(driver.arrived) == kept
    assert driver.center.tracker.calls == {}


async def test_on_a_call_of_her_own_8x8_may_show_her_as_available(driver: ContactCenterDriver) -> None:
    id_ = await talking(driver, inbound=False)
    driver.clock.pass_seconds(AN_HOUR)
    await driver.center.look_over()
    assert heard(driver, id_).state is CallState.CONNECTED
    driver.fake.statuses[BEN] = {"agent-status": 1}
    await driver.center.look_over()
    assert heard(driver, id_).state is CallState.ENDED


async def test_nothing_rings_for_an_hour(driver: ContactCenterDriver) -> None:
    driver.fake.status_enabled = False
    id_ = await driver.ring("4155550100")
    await steady(driver)
    driver.clock.pass_seconds(AN_HOUR)
    await driver.center.look_over()
    assert heard(driver, id_).ended_how is EndedHow.MISSED


@pytest.mark.parametrize("away", [False, True])
async def test_half_a_day_after_the_last_word_a_call_is_over_whoever_can_be_asked(
    driver: ContactCenterDriver, away: bool
) -> None:
    id_ = await talking(driver)
    driver.fake.status_enabled = False
    if away:
        driver.fake.refuse_stream = [503] * 1_000
        await driver.fake.cut()
        await until(lambda: driver.center.stream.trouble, "the loss")
    for _ in range(11):
        driver.clock.pass_seconds(3_600)
        await driver.center.look_over()
    assert heard(driver, id_).state is CallState.CONNECTED
    driver.clock.pass_seconds(3_601)
    await driver.center.look_over()
    assert heard(driver, id_).ended_how is EndedHow.COMPLETED


async def test_what_8x8_tells_again_after_a_loss_comes_before_any_guess(driver: ContactCenterDriver) -> None:
    id_ = await talking(driver)
    call = driver.fake.calls[id_]
    driver.fake.refuse_stream = [503] * 3
    await driver.fake.cut()
    await until(lambda: driver.center.stream.trouble, "the loss")
    driver.clock.pass_seconds(AN_HOUR)
    await driver.center.look_over()
    await driver.ready()
    await driver.center.look_over()
    assert heard(driver, id_).state is CallState.CONNECTED
    await driver.fake.hangs_up(call)
    await driver.settled()
    duration = heard(driver, id_).duration
    assert duration
    assert duration.total_seconds() == AN_HOUR


async def test_what_is_heard_while_8x8_is_asked_counts(driver: ContactCenterDriver) -> None:
    id_ = await talking(driver)
    driver.clock.pass_seconds(AN_HOUR)
    ask = driver.center._client.agent

    async def agent(name: str) -> dict[str, object]:
        await driver.fake.switch(driver.fake.calls[id_], "LineHoldStatus", True)
        await driver.settled()
        return await ask(name)

    driver.center._client.agent = agent  # type: ignore[method-assign]
    await driver.center.look_over()
    assert heard(driver, id_).state is CallState.HELD


async def test_the_next_agent_of_a_call_lives_on_when_the_first_is_given_up(driver: ContactCenterDriver) -> None:
    id_ = await talking(driver)
    call = driver.fake.calls[id_]
    await driver.fake.assign(call, CLEO)
    await driver.fake.accept(call, CLEO)
    await driver.settled()
    driver.fake.statuses[CLEO] = {"agent-status": 7}
    driver.clock.pass_seconds(AN_HOUR)
    await driver.center.look_over()
    found = heard(driver, id_)
    assert found.state is CallState.CONNECTED
    assert [leg.line for leg in found.legs if leg.ending] == [BEN]


async def test_after_a_restart_a_call_is_as_silent_as_it_was_before(driver: ContactCenterDriver) -> None:
    id_ = await talking(driver)
    driver.clock.pass_seconds(AN_HOUR)
    assert Tracker("US", [heard(driver, id_)]).silent(driver.clock()) == [(id_, BEN)]


def test_what_waits_in_a_queue_is_forgotten_after_half_a_day_and_what_is_over_after_an_hour() -> None:
    tracker = Tracker("US")
    tracker.hear(Frame("1", {"event": "InteractionQueued", "interactionGUID": "int-1-phone-0"}), BEGAN)
    for event in ("InteractionAssigned", "InteractionDeleted"):
        tracker.hear(Frame("2", {"event": event, "interactionGUID": "int-2-phone-0", "agentId": BEN}), BEGAN)
    assert len(tracker.calls) == 2
    assert tracker.silent(BEGAN + SILENCE * 2) == []
    assert set(tracker.calls) == {"int-1-phone-0"}
    assert tracker.silent(BEGAN + LONGEST * 2) == []
    assert tracker.calls == {}
