"""Transaction codes: what agents choose here goes to 8x8, and what they choose there is heard."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.phone_system import heard
from tests.telephony.contact_center.driver import ContactCenterDriver
from tests.telephony.contact_center.fake import BEN

from offhook.errors import WrongState
from offhook.telephony.contact_center.wire import codes, selections
from offhook.telephony.phone_system import TakesCodes, WrapUpCode

pytestmark = pytest.mark.anyio
CODES = {"12|234": "Sold", "12|235": "Call again", "2281|7361": "Angry"}


@pytest.fixture
async def driver() -> AsyncIterator[ContactCenterDriver]:
    driver = ContactCenterDriver()
    await driver.start(codes=CODES)
    await driver.ready()
    yield driver
    await driver.stop()


async def talked(driver: ContactCenterDriver) -> str:
    id_ = await driver.ring("4155550100")
    await driver.fake.accept(driver.fake.calls[id_], BEN)
    await driver.fake.hangs_up(driver.fake.calls[id_])
    await driver.settled()
    return id_


async def test_what_the_agent_chooses_goes_to_8x8_and_comes_back_in_words(driver: ContactCenterDriver) -> None:
    id_ = await talked(driver)
    assert isinstance(driver.system, TakesCodes)
    assert driver.system.codes == tuple(WrapUpCode(*each) for each in CODES.items())
    await driver.system.set_codes(id_, BEN, ("12|234", "2281|7361"))
    path, said = driver.fake.asked[-1][1:]
    assert path == f"/api/v1/tenants/acmecorp01/calls/{id_}/agent/{BEN}/transaction-codes"
    assert said == {"selections": [{"id": 12, "codes": [{"id": 234}]}, {"id": 2281, "codes": [{"id": 7361}]}]}
    found = heard(driver, id_).codes
    assert found
    assert found.words == ("Sold", "Angry")
    driver.clock.pass_seconds(5)
    await driver.system.set_codes(id_, BEN, ("12|235",))
    again = heard(driver, id_).codes
    assert again
    assert again.words == ("Call again",)


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        (("12|234", "12|235"), r"lists=\[12\] are not supporting multiple choice"),
        (("99|1",), r"listId=\[99\] itemId=\[1\]"),
        (tuple(f"2281|{item}" for item in range(7360, 7367)), "Too many"),
    ],
)
async def test_8x8s_reason_against_a_choice_is_passed_on_and_nothing_is_kept(
    driver: ContactCenterDriver, chosen: tuple[str, ...], reason: str
) -> None:
    id_ = await talked(driver)
    assert isinstance(driver.system, TakesCodes)
    with pytest.raises(WrongState, match=reason):
        await driver.system.set_codes(id_, BEN, chosen)
    assert heard(driver, id_).codes is None


async def test_what_is_chosen_in_agent_workspace_is_heard_once_and_unknown_codes_keep_their_numbers(
    driver: ContactCenterDriver,
) -> None:
    id_ = await driver.ring("4155550100")
    call = driver.fake.calls[id_]
    await driver.fake.accept(call, BEN)
    call.codes = "12|235,5|12"
    await driver.fake.hangs_up(call)
    await driver.settled()
    found = heard(driver, id_).codes
    assert found
    assert found.words == ("Call again", "Code 12 of list 5")
    assert sum(b"codes-chosen" in body for _, body in driver.arrived) == 1


async def test_what_is_chosen_after_the_end_is_heard_and_a_call_of_nobody_stays_nobodys(
    driver: ContactCenterDriver,
) -> None:
    id_ = await talked(driver)
    call = driver.fake.calls[id_]
    call.codes = "12|234"
    await driver.fake.event(call, "InteractionEndPostProcess", "CS_DISCONNECTED", attachedData=driver.fake.attached(call))
    nobodys = await driver.fake.comes_in(4155550100, tclSelectedItems="12|234")
    await driver.fake.hangs_up(nobodys)
    await driver.settled()
    found = heard(driver, id_).codes
    assert found
    assert found.words == ("Sold",)
    assert not any(nobodys.id.encode() in body for _, body in driver.arrived)


@pytest.mark.parametrize("said", ["", "x", "5", "|", "5|", "5|x", "-1|2", "5|12|3", None, 5, [], "٥|١"])
def test_what_is_no_code_is_none(said: object) -> None:
    told = {"attachedData": {"attachedDatum": [{"attachedDataKey": "tclSelectedItems", "attachedDataValue": said}]}}
    assert codes(told) == ()


@given(st.lists(st.tuples(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1)), unique=True, max_size=6))
def test_codes_are_the_same_in_what_is_asked_and_in_what_is_told(chosen: list[tuple[int, int]]) -> None:
    written = [f"{list_}|{item}" for list_, item in chosen]
    asked = selections(written)["selections"]
    assert {(each["id"], code["id"]) for each in asked for code in each["codes"]} == set(chosen)
    assert len(asked) == len({list_ for list_, _ in chosen})
    told = {"attachedDatum": [{"attachedDataKey": "tclSelectedItems", "attachedDataValue": ", ".join(written)}]}
    assert codes({"attachedData": told}) == tuple(written)
