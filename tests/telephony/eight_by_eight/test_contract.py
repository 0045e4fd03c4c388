"""The contract, once for each way in which 8x8 tells of calls; what one cannot tell, the other does, or nobody."""

import pytest
from tests.contracts.phone_system import CUSTOMER, CUSTOMER_NUMBER, Driver, PhoneSystemContract, heard
from tests.telephony.eight_by_eight.driver import PanelDriver, RecordsDriver

from offhook.calls.call import CallState, EndedHow
from offhook.errors import Unsupported
from offhook.telephony.phone_system import Action

NO_HOLD = "Neither 8x8's panel nor its records tell of hold and mute (docs/reference/capabilities.md)."
AFTERWARDS = "Records tell of calls that are over: this is the panel's part."


class Told(PhoneSystemContract):
    """What holds for both."""

    async def test_it_tells_of_hold_and_resume(self, driver: Driver) -> None:
        pytest.skip(NO_HOLD)

    async def test_it_tells_of_mute_and_unmute(self, driver: Driver) -> None:
        pytest.skip(NO_HOLD)

    async def test_it_gives_every_happening_a_key_of_its_own(self, driver: Driver) -> None:
        for _ in range(3):
            id_ = await driver.ring(CUSTOMER)
            driver.clock.pass_seconds(1)
            await driver.agent_does(id_, Action.ANSWER)
            driver.clock.pass_seconds(1)
            await driver.agent_does(id_, Action.HANG_UP)
        keys = [key for key, _ in driver.arrived]
        assert len(set(keys)) == len(keys) >= 3


class TestPanel(Told):
    @pytest.fixture
    async def driver(self) -> PanelDriver:
        return PanelDriver()

    async def test_it_tells_of_a_call_that_rings(self, driver: Driver) -> None:
        """8x8's panel gives no name; HubSpot has one, or the record."""
        call = heard(driver, await driver.ring(CUSTOMER))
        assert (call.state, call.leg and call.leg.line) == (CallState.RINGING, driver.line)

    async def test_it_tells_of_a_declined_call(self, driver: Driver) -> None:
        """8x8's panel does not say why a call ended; the record does."""
        id_ = await driver.ring(CUSTOMER)
        await driver.agent_does(id_, Action.DECLINE)
        assert heard(driver, id_).ended_how is EndedHow.MISSED


class TestRecords(Told):
    @pytest.fixture
    async def driver(self) -> RecordsDriver:
        driver = RecordsDriver()
        await driver.looks()
        return driver

    async def test_it_tells_of_a_call_that_rings(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER, "Ada Lovelace")
        await driver.caller_hangs_up(id_)
        assert heard(driver, id_).party.name == "Ada Lovelace"

    async def test_it_tells_of_an_answered_call_with_its_times(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        driver.clock.pass_seconds(5)
        answered = driver.clock()
        await driver.agent_does(id_, Action.ANSWER)
        driver.clock.pass_seconds(61.5)
        await driver.caller_hangs_up(id_)
        call = heard(driver, id_)
        assert (call.ended_how, call.answered_at) == (EndedHow.COMPLETED, answered)
        assert call.duration
        assert call.duration.total_seconds() == 61.5

    async def test_it_tells_of_a_withheld_number(self, driver: Driver) -> None:
        id_ = await driver.ring("anonymous")
        await driver.caller_hangs_up(id_)
        assert heard(driver, id_).ended_how is EndedHow.MISSED

    async def test_it_tells_of_an_outbound_call(self, driver: Driver) -> None:
        id_ = await driver.agent_dials(CUSTOMER_NUMBER)
        driver.clock.pass_seconds(3)
        await driver.far_end_answers(id_)
        driver.clock.pass_seconds(20)
        await driver.agent_does(id_, Action.HANG_UP)
        call = heard(driver, id_)
        assert call.duration
        assert (call.ended_how, call.duration.total_seconds()) == (EndedHow.COMPLETED, 20)

    async def test_it_never_raises_when_a_true_delivery_was_changed(self, driver: Driver) -> None:
        await driver.caller_hangs_up(await driver.ring(CUSTOMER))
        await super().test_it_never_raises_when_a_true_delivery_was_changed(driver)

    async def test_it_does_what_it_says_it_can(self, driver: Driver) -> None:
        assert not driver.system.capabilities

    @pytest.mark.parametrize("action", list(Action))
    async def test_it_refuses_what_is_not_possible_while_it_rings(self, driver: Driver, action: Action) -> None:
        with pytest.raises(Unsupported):
            await driver.system.control(await driver.ring(CUSTOMER), driver.line, action, CUSTOMER)
