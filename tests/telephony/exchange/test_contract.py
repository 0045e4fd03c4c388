from collections.abc import AsyncIterator

import pytest
from tests.contracts.phone_system import PhoneSystemContract
from tests.telephony.exchange.driver import ExchangeDriver


class TestExchange(PhoneSystemContract):
    @pytest.fixture
    async def driver(self) -> AsyncIterator[ExchangeDriver]:
        driver = ExchangeDriver()
        await driver.start()
        yield driver
        await driver.exchange.stop()
