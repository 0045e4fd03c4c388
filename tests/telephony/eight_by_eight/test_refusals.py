"""Each refusal of 8x8 by its own name, sentence and remedy; and tokens that die."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.contracts.phone_system import BEGAN
from tests.telephony.eight_by_eight.office import BEN, CARLA, CLEO, Office

from offhook.demo.eight_by_eight.fake import KEY, PASSWORD, SECRET, USER, Fake8x8, Refused
from offhook.errors import (
    OffhookError,
    PhoneSystemKeyRejected,
    PhoneSystemLoginRejected,
    PhoneSystemRejected,
    PhoneSystemRightMissing,
    PhoneSystemSecretRejected,
    PhoneSystemUnavailable,
    WrongLineLogin,
)
from offhook.telephony.eight_by_eight import Keys
from offhook.telephony.phone_system import HasOwnApp, LineOffer, OffersLines, Relayed, SelfTesting

RECORDS, RECORDINGS = "call records", "recordings"


async def trouble(office: Office) -> dict[str, OffhookError | None]:
    """What stands in the way of each feed after one look."""
    await office.look()
    return office.system.poller.trouble


def another_key(fake: Fake8x8) -> None:
    fake.key = "another"


def another_secret(fake: Fake8x8) -> None:
    fake.secret = "another"


def another_password(fake: Fake8x8) -> None:
    fake.password = "another"


def no_access(fake: Fake8x8) -> None:
    fake.may_see = False


def no_product(fake: Fake8x8) -> None:
    fake.products = ["analytics product"]


def no_storage(fake: Fake8x8) -> None:
    fake.may_read_storage = False


def slow_down(fake: Fake8x8) -> None:
    fake.spoilt["call-records"] = [Refused(429, {}, retry_after="120")] * 3


def away(fake: Fake8x8) -> None:
    fake.spoilt["call-records"] = [Refused(503, {})] * 3


@pytest.mark.parametrize(
    ("change", "where", "error", "remedy"),
    [
        (another_key, RECORDS, PhoneSystemKeyRejected, "OFFHOOK_EIGHT_BY_EIGHT_API_KEY"),
        (another_password, RECORDS, PhoneSystemLoginRejected, "open Analytics for 8x8 Work in a browser once"),
        (no_access, RECORDS, PhoneSystemRightMissing, "access to Analytics for 8x8 Work"),
        (another_secret, RECORDINGS, PhoneSystemSecretRejected, "OFFHOOK_EIGHT_BY_EIGHT_API_SECRET"),
        (no_product, RECORDINGS, PhoneSystemRightMissing, "Cloud Storage API"),
        (no_storage, RECORDINGS, PhoneSystemRightMissing, "Cloud Storage API"),
        (slow_down, RECORDS, PhoneSystemUnavailable, None),
        (away, RECORDS, PhoneSystemUnavailable, None),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
async def test_every_refusal_has_a_name_a_sentence_and_a_remedy(
    change: Callable[[Fake8x8], None], where: str, error: type[OffhookError], remedy: str | None
) -> None:
    office = Office()
    assert set((await trouble(office)).values()) == {None}
    assert [step.ok for step in await office.system.self_test(None)] == [True, None, True]
    change(office.fake)
    office.restart()
    found = (await trouble(office))[where]
    assert type(found) is error
    assert found.says.endswith(".")
    assert (found.remedy is None) if remedy is None else remedy in (found.remedy or "")
    assert found.needs_person == isinstance(found, PhoneSystemRejected) != found.retryable
    step = next(each for each in await office.system.self_test(BEN) if each.name == f"8x8 {where}")
    assert (step.ok, step.says) == (False, found.says)
    assert step.remedy, "the diagnosis says no remedy"
    for told in (found.says, found.remedy or ""):
        assert not any(each in told for each in (KEY, SECRET, PASSWORD))


async def test_a_wrong_pbx_is_a_missing_right_and_no_wrong_password() -> None:
    office = Office(keys=Keys(KEY, SECRET, USER, PASSWORD, "no-such-pbx"))
    assert type((await trouble(office))[RECORDS]) is PhoneSystemRightMissing


async def test_trouble_with_recordings_is_none_with_records() -> None:
    office = Office()
    await office.look()
    office.fake.secret = "another"
    office.restart()
    call = office.ledger.inbound(CARLA, BEN, BEGAN + timedelta(minutes=1), 5, 10)
    office.ledger.record(call, BEN, timedelta(minutes=1))
    await office.settled()
    assert [each.recording_url for each in office.calls()] == [None]
    office.fake.secret = SECRET
    await office.settled()
    assert office.calls()[0].recording_url, "what appeared while the key was wrong is lost"


async def test_an_expired_key_loses_no_call() -> None:
    office = Office()
    await office.look()
    office.fake.key = "another"
    office.fake.forget_tokens()
    office.ledger.inbound(CARLA, BEN, BEGAN + timedelta(minutes=1), 5, 10)
    await office.settled(30)
    assert type(office.system.poller.trouble["call records"]) is PhoneSystemKeyRejected
    assert office.calls() == []
    office.fake.key = KEY
    await office.settled()
    assert len(office.calls()) == 1


async def test_tokens_are_used_until_just_before_they_die_and_anew_when_they_die_earlier() -> None:
    office = Office()
    await office.until(BEGAN + timedelta(minutes=20))
    tokens = [each for each in office.fake.asked if each.path.endswith("/v1/oauth/token")]
    assert len(tokens) == 1
    office.fake.forget_tokens()
    await office.until(BEGAN + timedelta(minutes=60))
    assert office.system.poller.trouble["call records"] is None
    tokens = [each for each in office.fake.asked if each.path.endswith("/v1/oauth/token")]
    assert len(tokens) == 3
    assert all("another" not in each.path for each in tokens)


async def test_a_token_that_is_never_accepted_is_asked_for_twice_and_not_for_ever() -> None:
    office = Office()
    office.fake.spoilt["call-records"] = [Refused(401, {"error": "invalid_token"})] * 2
    found = (await trouble(office))[RECORDS]
    assert isinstance(found, PhoneSystemUnavailable)
    assert len([each for each in office.fake.asked if "call-records" in each.path]) == 2


async def test_whoever_was_asked_to_wait_does_not_ask() -> None:
    office = Office()
    office.fake.spoilt["call-records"] = [Refused(429, {}, retry_after="600")]
    await office.look()
    asked = len(office.fake.asked)
    assert isinstance((await trouble(office))[RECORDS], PhoneSystemUnavailable)
    assert not any("call-records" in each.path for each in office.fake.asked[asked:])
    office.clock.pass_seconds(601)
    assert (await trouble(office))[RECORDS] is None


async def test_without_keys_nothing_is_asked() -> None:
    office = Office(keys=Keys())
    assert [step.ok for step in await office.system.self_test(None)] == [None, None, None]
    await office.system.start(office.deliver)
    await office.system.stop()
    assert await office.system.lines_of("Ben Example") == ()
    assert office.fake.asked == []


def test_nothing_shows_a_key() -> None:
    office = Office()
    shown = repr(office.keys) + repr(office.system)
    assert not any(each in shown for each in (KEY, SECRET, PASSWORD))


# Lines.


async def test_several_lines_of_one_person_are_offered_and_those_of_others_are_not() -> None:
    office = Office()
    office.fake.agents = {BEN: ("Ben", "Example"), CLEO: ("Cleo", "Other"), "1003": ("Ben", "EXAMPLE ")}
    office.fake.agents |= {f"2{number:03}": ("Some", f"Body{number}") for number in range(230)}
    offered = (LineOffer("1001", "Ben Example"), LineOffer("1003", "Ben EXAMPLE"))
    assert await office.system.lines_of(" ben example") == offered
    assert await office.system.lines_of("") == ()
    assert await office.system.log_in("1003", "") == "Extension 1003, Ben EXAMPLE"
    assert await office.system.log_in("4444", "") == "Extension 4444"


async def test_a_line_can_be_typed_while_8x8_is_away() -> None:
    office = Office()
    office.fake.spoilt["pbxes"] = [Refused(503, {})] * 9
    assert await office.system.lines_of("Ben Example") == ()
    assert await office.system.log_in(BEN, "") == f"Extension {BEN}"


@pytest.mark.parametrize("line", ["", "1", "ben", "12345678901", "١٠٠١", "10 01"])
async def test_what_is_no_extension_is_refused(line: str) -> None:
    with pytest.raises(WrongLineLogin, match="digits only"):
        await Office().system.log_in(line, "")


def test_it_is_what_the_panel_and_the_diagnosis_ask_for() -> None:
    system = Office(more={"frame": "https://cloud8.8x8.com/x", "caller_ids": ("+14155550199",)}).system
    for protocol in (HasOwnApp, OffersLines, SelfTesting, Relayed):
        assert isinstance(system, protocol)
    assert system.own_app.link.format(number=CARLA) == "tel:+14155550100"
    assert system.own_app.link_as.format(number=CARLA, caller_id="+14155550199") == "votel://+14155550100/+14155550199"
