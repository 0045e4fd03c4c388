"""What an agent does: shown as 8x8 has it, changed as 8x8 lets it be changed, and never guessed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.telephony.asterisk.driver import until
from tests.telephony.contact_center.driver import ContactCenterDriver
from tests.telephony.contact_center.fake import BEN, CLEO

from offhook.errors import (
    InvalidInput,
    OffhookError,
    PhoneSystemLoginRejected,
    PhoneSystemRightMissing,
    PhoneSystemUnavailable,
    Unsupported,
    WrongState,
)
from offhook.telephony.contact_center import StatusReason
from offhook.telephony.contact_center.words import STATUSES
from offhook.telephony.phone_system import HasStatus, LineOffer, OffersLines, Status

pytestmark = pytest.mark.anyio
LUNCH, MEETING = StatusReason(3, 801, 1725, "Lunch"), StatusReason(5, 801, 1722, "Meet")


class Told:
    """Whoever is told of changes, and waits for them."""

    def __init__(self, driver: ContactCenterDriver) -> None:
        self.driver, self.lines = driver, list[str]()
        assert isinstance(driver.system, HasStatus)
        driver.system.watch_statuses(self.lines.append)

    def now(self, line: str = BEN) -> Status | None:
        assert isinstance(self.driver.system, HasStatus)
        return self.driver.system.status(line)

    async def says(self, text: str, line: str = BEN) -> Status:
        await until(lambda: (found := self.now(line)) and found.says == text, text)
        found = self.now(line)
        assert found
        return found


@pytest.fixture
async def told(driver: ContactCenterDriver) -> Told:
    return Told(driver)


async def test_who_comes_is_asked_about_once_and_her_panel_is_told(driver: ContactCenterDriver, told: Told) -> None:
    assert told.now() is None
    found = await told.says("Available")
    assert found.takes_calls
    assert found.chosen == "4"
    assert [each.title for each in found.choices] == ["Available", "On break", "Working offline"]
    assert told.lines == [BEN]
    assert [path for _, path, _ in driver.fake.asked] == [f"/api/v1/tenants/acmecorp01/agentstatus/agents/{BEN}"]


@pytest.mark.parametrize("number", STATUSES)
async def test_every_status_is_shown_and_changed_only_where_8x8_allows_it(
    driver: ContactCenterDriver, told: Told, number: int
) -> None:
    await told.says("Available")
    await driver.fake.does(BEN, number)
    found = await told.says(STATUSES[number][0])
    assert found.takes_calls is (number == 4)
    assert bool(found.choices) is (number in (3, 4, 5))
    assert bool(found.why) is not bool(found.choices)
    assert isinstance(driver.system, HasStatus)
    if not found.choices:
        with pytest.raises(WrongState, match="not allowed"):
            await driver.system.set_status(BEN, "4")


@pytest.mark.parametrize("state", [3, 5, 99])
async def test_what_the_number_in_the_stream_means_is_asked_and_not_guessed(
    driver: ContactCenterDriver, told: Told, state: int
) -> None:
    """8x8's pages contradict each other: 5 is WORK_OFFLINE in one and AVAILABLE in another."""
    await told.says("Available")
    await driver.fake.does(BEN, 3, state, **{"status-code-item-short-code": "Lunch"})
    assert (await told.says("On break: Lunch")).takes_calls is False


async def test_a_change_from_the_panel_is_8x8s_own(driver: ContactCenterDriver, told: Told) -> None:
    await told.says("Available")
    assert isinstance(driver.system, HasStatus)
    await driver.system.set_status(BEN, "3")
    assert driver.fake.statuses[BEN] == {"agent-status": 3}
    found = told.now()
    assert found
    assert (found.says, found.chosen) == ("On break", "3"), "at once, and not only when the stream has told it"
    with pytest.raises(InvalidInput):
        await driver.system.set_status(BEN, "1")


async def test_reasons_that_are_set_up_take_the_place_of_their_status(told: Told) -> None:
    driver = ContactCenterDriver()
    await driver.start(reasons=(LUNCH, MEETING))
    told = Told(driver)
    found = await told.says("Available")
    assert [each.title for each in found.choices] == ["Available", "On break: Lunch", "Working offline: Meet"]
    assert isinstance(driver.system, HasStatus)
    await driver.system.set_status(BEN, LUNCH.key)
    ids = {"status-code-list-id": 801, "status-code-item-id": 1725}
    assert driver.fake.asked[-2][2] == {"agent-status": 3, "status-code-item-short-code": "Lunch", **ids}
    assert (await told.says("On break: Lunch")).chosen == LUNCH.key
    await driver.fake.does(
        BEN, 3, **{"status-code-list-id": 801, "status-code-item-id": 9, "status-code-item-short-code": "Gym"}
    )
    assert (await told.says("On break: Gym")).chosen == "", "it is none of those to choose from"
    with pytest.raises(InvalidInput):
        await driver.system.set_status(BEN, "3")
    await driver.stop()


REFUSED = [
    (403, PhoneSystemRightMissing, "8x8 Support must enable the Agent Status API"),
    (401, PhoneSystemLoginRejected, "API Token"),
    (500, PhoneSystemUnavailable, "HTTP 500"),
]


@pytest.mark.parametrize(("status", "error", "why"), REFUSED)
async def test_a_status_that_8x8_does_not_tell_is_not_known_and_says_why(
    driver: ContactCenterDriver, told: Told, status: int, error: type[OffhookError], why: str
) -> None:
    driver.fake.refuse = [status]
    found = await told.says("Status not known", CLEO) if told.now(CLEO) is None else None
    assert found
    assert (found.takes_calls, found.choices) == (False, ())
    assert why in found.why
    driver.fake.refuse = [status]
    assert isinstance(driver.system, HasStatus)
    with pytest.raises(error):
        await driver.system.set_status(CLEO, "4")


async def test_who_was_refused_is_asked_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, driver: ContactCenterDriver, told: Told
) -> None:
    monkeypatch.setattr("offhook.telephony.contact_center.watch.AGAIN", 0.01)
    driver.fake.refuse = [503] * 3
    told.now()
    await told.says("Status not known")
    await told.says("Available")


async def test_while_nothing_is_heard_8x8_is_asked_now_and_then_and_at_once_when_the_stream_is_back(
    monkeypatch: pytest.MonkeyPatch, driver: ContactCenterDriver, told: Told
) -> None:
    monkeypatch.setattr("offhook.telephony.contact_center.watch.AGAIN", 0.01)
    await told.says("Available")
    driver.fake.refuse_stream = [503] * 1_000
    await driver.fake.cut()
    await until(lambda: driver.center.stream.trouble, "the loss")
    driver.fake.statuses[BEN] = {"agent-status": 3}
    await told.says("On break")
    driver.fake.refuse_stream = []
    await driver.ready()
    driver.fake.statuses[BEN] = {"agent-status": 5}
    driver.center._turned()
    await told.says("Working offline")
    asked = len(driver.fake.asked)
    await driver.fake.publish({"AgentStatusChange": {"agentId": CLEO, "newState": 3}})
    await driver.settled()
    assert len(driver.fake.asked) == asked, "nobody here is Cleo"


async def test_many_changes_at_once_are_few_questions_and_the_last_one_counts(
    driver: ContactCenterDriver, told: Told
) -> None:
    await told.says("Available")
    asked = len(driver.fake.asked)
    for _ in range(50):
        await driver.fake.does(BEN, 7)
        await driver.fake.does(BEN, 8)
    await driver.settled()
    await told.says("Wrapping up")
    assert len(driver.fake.asked) - asked <= 100


async def test_who_logs_out_is_not_watched_any_more(driver: ContactCenterDriver, told: Told) -> None:
    await told.says("Available")
    watched = driver.center._watch._watched[BEN].task
    await driver.system.log_out(BEN)
    assert driver.center._watch._watched == {}
    await asyncio.wait([watched] if watched else [])
    driver.fake.names[BEN] = "Ben Example"
    await driver.fake.does(BEN, 3)
    await driver.settled()
    assert told.lines == [BEN]


@pytest.fixture
async def silent() -> AsyncIterator[ContactCenterDriver]:
    """Without a token: only listening."""
    driver = ContactCenterDriver()
    await driver.start(token="")
    await driver.ready()
    yield driver
    await driver.stop()


async def test_without_a_token_there_is_no_status_and_no_list(silent: ContactCenterDriver) -> None:
    assert isinstance(silent.system, HasStatus)
    assert silent.system.status(BEN) is None
    assert isinstance(silent.system, OffersLines)
    assert await silent.system.lines_of("Ben Example") == ()
    with pytest.raises(Unsupported, match="OFFHOOK_CONTACT_CENTER_TOKEN"):
        await silent.system.set_status(BEN, "4")
    assert silent.fake.asked == []


# Agents to choose from.


async def test_an_agent_is_found_by_her_name_and_8x8_is_not_asked_for_each(driver: ContactCenterDriver) -> None:
    assert isinstance(driver.system, OffersLines)
    assert await driver.system.lines_of(" ben  EXAMPLE ") == (LineOffer(BEN, "Ben Example"),)
    assert await driver.system.lines_of("Nobody") == await driver.system.lines_of(" ") == ()
    driver.fake.names[CLEO] = "Ben Example"
    assert len(driver.fake.asked) == 1
    driver.clock.pass_seconds(601)
    assert [each.number for each in await driver.system.lines_of("Ben Example")] == sorted((BEN, CLEO))


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_where_8x8_lists_nobody_she_types_her_id(driver: ContactCenterDriver, status: int) -> None:
    driver.fake.refuse = [status]
    assert isinstance(driver.system, OffersLines)
    assert await driver.system.lines_of("Ben Example") == ()
    assert len(await driver.system.lines_of("Ben Example")) == 1
