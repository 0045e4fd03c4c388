from collections.abc import AsyncIterator

import pytest
from tests.contracts.phone_system import Driver, PhoneSystemContract
from tests.telephony.asterisk.driver import AsteriskDriver

from offhook.telephony.asterisk import Dialling


@pytest.fixture(params=["with a context", "without"])
async def driver(request: pytest.FixtureRequest) -> AsyncIterator[AsteriskDriver]:
    driver = AsteriskDriver(Dialling("from-internal") if request.param == "with a context" else Dialling())
    await driver.start()
    await driver.ready()
    yield driver
    await driver.stop()


class TestAsterisk(PhoneSystemContract):
    async def test_it_tells_of_mute_and_unmute(self, driver: Driver) -> None:
        pytest.skip("A phone mutes itself, and AMI has no event for it (docs/reference/capabilities.md).")
