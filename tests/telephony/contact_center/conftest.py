"""A Contact Center whose stream is open."""

from collections.abc import AsyncIterator

import pytest
from tests.telephony.contact_center.driver import ContactCenterDriver


@pytest.fixture
async def driver() -> AsyncIterator[ContactCenterDriver]:
    driver = ContactCenterDriver()
    await driver.start()
    await driver.ready()
    yield driver
    await driver.stop()
