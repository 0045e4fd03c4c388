"""Each refusal of 8x8 by its own name, sentence and remedy; and what is asked of it."""

import pytest
from tests.contracts.phone_system import CUSTOMER_NUMBER, heard
from tests.telephony.asterisk.driver import until
from tests.telephony.contact_center.driver import ContactCenterDriver
from tests.telephony.contact_center.fake import BEN, CLEO, KEY, TOKEN

from offhook.errors import (
    OffhookError,
    PhoneSystemKeyRejected,
    PhoneSystemLoginRejected,
    PhoneSystemRightMissing,
    PhoneSystemUnavailable,
    Unsupported,
    WrongLineLogin,
    WrongState,
)
from offhook.telephony.phone_system import Action, SelfTesting

pytestmark = pytest.mark.anyio
REFUSALS = [
    (400, WrongState, None),
    (401, PhoneSystemLoginRejected, "Integration > API Token"),
    (403, PhoneSystemRightMissing, "Ask 8x8 Support to enable it"),
    (404, WrongState, None),
    (410, WrongState, None),
    (429, PhoneSystemUnavailable, None),
    (500, PhoneSystemUnavailable, None),
    (503, PhoneSystemUnavailable, None),
]


@pytest.mark.parametrize(("status", "error", "remedy"), REFUSALS)
@pytest.mark.parametrize("asked", ["dial", "hang up"])
async def test_every_refusal_has_a_name_a_sentence_and_a_remedy(
    driver: ContactCenterDriver, status: int, error: type[OffhookError], remedy: str | None, asked: str
) -> None:
    id_ = await driver.ring("4155550100")
    driver.fake.refuse = [status]
    dial, hang_up = driver.system.dial, driver.system.control
    with pytest.raises(error) as raised:
        await (dial(BEN, CUSTOMER_NUMBER) if asked == "dial" else hang_up(id_, BEN, Action.HANG_UP))
    assert type(raised.value) is error
    assert raised.value.says.endswith(".")
    assert remedy is None or remedy in (raised.value.remedy or "")
    assert TOKEN not in raised.value.says + (raised.value.remedy or "")


async def test_8x8s_reason_is_passed_on(driver: ContactCenterDriver) -> None:
    driver.fake.names.pop(BEN)
    with pytest.raises(WrongState, match="Agent is not available"):
        await driver.system.dial(BEN, CUSTOMER_NUMBER)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, PhoneSystemKeyRejected),
        (403, PhoneSystemRightMissing),
        (404, PhoneSystemRightMissing),
        (429, PhoneSystemUnavailable),
        (502, PhoneSystemUnavailable),
    ],
)
async def test_a_refused_stream_says_why_and_is_tried_again(
    driver: ContactCenterDriver, status: int, error: type[OffhookError]
) -> None:
    driver.fake.refuse_stream = [status] * 3
    await driver.fake.cut()
    await until(lambda: type(driver.center.stream.trouble) is error and "lost" not in str(driver.center.stream.trouble))
    assert isinstance(driver.system, SelfTesting)
    [step] = await driver.system.self_test(None)
    assert step.ok is False
    assert step.remedy
    await driver.ready()
    [step] = await driver.system.self_test(BEN)
    assert step.ok


async def test_a_line_is_an_agents_internal_id(driver: ContactCenterDriver) -> None:
    assert await driver.system.log_in(BEN, "") == "Ben Example"
    with pytest.raises(WrongLineLogin, match="no agent with this"):
        await driver.system.log_in("agNobodyNobodyNobody", "")


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_a_line_that_cannot_be_checked_is_taken_as_it_is(driver: ContactCenterDriver, status: int) -> None:
    driver.fake.refuse = [status]
    assert await driver.system.log_in(CLEO, "") == CLEO


async def test_a_call_is_placed_as_8x8_asks_for_it(driver: ContactCenterDriver) -> None:
    call = await driver.system.dial(BEN, CUSTOMER_NUMBER)
    assert driver.fake.asked[-1] == (
        "POST",
        "/api/v1/tenants/acmecorp01/calls",
        {"agentId": BEN, "callerId": "", "number": "14155550100", "prefix": ""},
    )
    assert heard(driver, call).leg_on(BEN)
    await driver.system.control(call, BEN, Action.HANG_UP)
    assert driver.fake.asked[-1][1] == f"/api/v1/tenants/acmecorp01/calls/{call}/agent/{BEN}"


async def test_without_a_token_nothing_is_asked() -> None:
    driver = ContactCenterDriver()
    await driver.start(token="")
    await driver.ready()
    assert not driver.system.capabilities
    assert await driver.system.log_in(BEN, "") == BEN
    for asked in (driver.system.dial(BEN, CUSTOMER_NUMBER), driver.system.control("x", BEN, Action.HANG_UP)):
        with pytest.raises(Unsupported, match="OFFHOOK_CONTACT_CENTER_TOKEN"):
            await asked
    assert driver.fake.asked == []
    await driver.stop()


async def test_nothing_shows_a_key(driver: ContactCenterDriver, caplog: pytest.LogCaptureFixture) -> None:
    shown = repr(driver.center._client._account) + repr(driver.center.stream) + caplog.text + "".join(driver.fake.paths)
    assert not any(each in shown for each in (KEY, TOKEN))
