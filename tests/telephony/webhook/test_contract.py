from collections.abc import AsyncIterator

import pytest
from tests.contracts.phone_system import PhoneSystemContract
from tests.telephony.webhook.driver import CONTROL_URL, WebhookDriver


class TestWebhook(PhoneSystemContract):
    """A phone system that tells and can be asked (`both ways`), and one that only tells."""

    @pytest.fixture(params=[CONTROL_URL, ""], ids=["both ways", "tells only"])
    async def driver(self, request: pytest.FixtureRequest) -> AsyncIterator[WebhookDriver]:
        driver = WebhookDriver(request.param)
        await driver.start()
        yield driver
        await driver.exchange.stop()
