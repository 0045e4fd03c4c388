from collections.abc import AsyncIterator

import pytest
from tests.contracts.phone_system import PhoneSystemContract
from tests.telephony.sip.driver import SipDriver


@pytest.fixture(params=["", "the browser at work"], ids=["a line's only phone", "one of several"])
async def driver(request: pytest.FixtureRequest) -> AsyncIterator[SipDriver]:
    driver = SipDriver(request.param)
    await driver.start()
    yield driver
    await driver.stop()


class TestSip(PhoneSystemContract):
    """The exchange plays the calls, the softphone tells of them."""
