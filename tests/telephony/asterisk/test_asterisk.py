"""Asterisk over a real socket: asked for something, refused, lost in the middle of a call, and sending nonsense."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.contracts.phone_system import BEGAN, events_of, followed, heard
from tests.telephony.asterisk.driver import AsteriskDriver, until
from tests.telephony.asterisk.fake_ami import FakeAsterisk

from offhook.calls.call import Call, CallState, EndedHow
from offhook.calls.events import Direction, EndReason
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import OffhookError, PhoneSystemUnavailable, Unsupported, WrongState
from offhook.telephony.asterisk import Dialling
from offhook.telephony.phone_system import Action

CUSTOMER, NUMBER = "+14155550100", PhoneNumber("+14155550100")


@pytest.fixture
async def driver() -> AsyncIterator[AsteriskDriver]:
    driver = AsteriskDriver(Dialling("from-internal", "Acorn <+14155550199>", "00"))
    await driver.start()
    await driver.ready()
    yield driver
    await driver.stop()


def call_of(driver: AsteriskDriver, id_: str) -> Call:
    return followed(events_of(driver), id_, "asterisk")


async def again(driver: AsteriskDriver) -> None:
    """The connection is lost; until it is up again and the calls are listed."""
    before = len(driver.pbx.asked)
    driver.pbx.hang_everybody_up()
    await until(lambda: [each for each in driver.pbx.asked[before:] if each["Action"] == "CoreShowChannels"], "a list")
    await driver.settled()


# What is asked.


async def test_calling_by_click_rings_the_agents_own_phone_first(driver: AsteriskDriver) -> None:
    id_ = await driver.system.dial("201", NUMBER)
    [asked] = [each for each in driver.pbx.asked if each["Action"] == "Originate"]
    wanted = {"Channel": "PJSIP/201", "Context": "from-internal", "Exten": "0014155550100", "ChannelId": id_}
    assert wanted.items() <= asked.items()
    assert (asked["Async"], asked["CallerID"], asked["Priority"]) == ("true", "Acorn <+14155550199>", "1")
    call = heard(driver, id_)
    assert (call.state, call.direction, call.party.number) == (CallState.DIALING, Direction.OUTBOUND, CUSTOMER)
    driver.clock.pass_seconds(4)
    trunk = driver.pbx.lifted(driver.phone(id_))
    await driver.settled()
    assert heard(driver, id_).answered_at is None, "lifting her own phone is not the customer's answer"
    driver.clock.pass_seconds(3)
    driver.pbx.answers(driver.phone(id_), trunk)
    driver.clock.pass_seconds(20)
    driver.pbx.hangs_up(trunk)
    await driver.settled()
    call = heard(driver, id_)
    assert (call.ended_how, call.duration and call.duration.total_seconds()) == (EndedHow.COMPLETED, 20)


async def test_a_phone_that_is_not_lifted_ends_a_call_that_nobody_missed(driver: AsteriskDriver) -> None:
    id_ = await driver.system.dial("201", NUMBER)
    driver.pbx.say("DialEnd", driver.phone(id_).told("Dest") | {"DialStatus": "NOANSWER"})
    driver.pbx.gone(driver.phone(id_), "19")
    await driver.settled()
    assert heard(driver, id_).ended_how is EndedHow.CANCELED


async def test_a_phone_that_cannot_be_reached_is_said_at_once(driver: AsteriskDriver) -> None:
    driver.pbx.reachable = False
    with pytest.raises(WrongState, match="switched on"):
        await driver.system.dial("201", NUMBER)
    assert driver.arrived == []
    assert driver.asterisk._tracker.sides == {}


async def test_missing_write_classes_are_named(driver: AsteriskDriver) -> None:
    driver.pbx.may_originate = False
    with pytest.raises(Unsupported, match=r"manager\.conf"):
        await driver.system.dial("201", NUMBER)


async def test_a_line_on_a_call_does_not_call_another(driver: AsteriskDriver) -> None:
    await driver.ring(CUSTOMER)
    with pytest.raises(WrongState, match="on a call"):
        await driver.system.dial("201", NUMBER)


async def test_a_transfer_rings_the_next_phone_in_one_call(driver: AsteriskDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    await driver.system.control(id_, "201", Action.TRANSFER, "202")
    call = heard(driver, id_)
    assert (call.state, call.leg_on("202") is not None) == (CallState.RINGING, True)
    driver.pbx.answers(driver.trunk(id_), driver.phone(id_, "202"))
    await driver.caller_hangs_up(id_)
    call = heard(driver, id_)
    assert {leg.line: leg.ending.reason for leg in call.legs if leg.ending} == {
        "201": EndReason.TRANSFERRED,
        "202": EndReason.HUNG_UP,
    }


async def test_one_of_several_phones_answers_and_the_others_know(driver: AsteriskDriver) -> None:
    id_ = await driver.ring(CUSTOMER, "", "201", "202", "203")
    driver.pbx.answers(driver.trunk(id_), driver.phone(id_, "202"))
    await driver.caller_hangs_up(id_)
    call = heard(driver, id_)
    assert call.ended_how is EndedHow.COMPLETED
    assert [leg.ending.reason for leg in call.legs if leg.ending and not leg.answered_at] == [EndReason.ELSEWHERE] * 2


# The connection.


async def test_a_wrong_secret_is_said_and_it_tries_again() -> None:
    driver = AsteriskDriver()
    with structlog.testing.capture_logs() as logs:
        await driver.start(secret="wrong")
        await until(lambda: len([each for each in driver.pbx.asked if each["Action"] == "Login"]) > 1, "a second try")
    said = str(logs)
    assert "refused the login of 'offhook': Authentication failed" in said
    assert "manager.conf" in said
    assert "wrong" not in said.replace("wrong-", "")
    assert not any("wrong" in str(each) for each in driver.pbx.asked), "the secret went over the wire"
    with pytest.raises(PhoneSystemUnavailable, match="refused the login"):
        await driver.system.dial("201", NUMBER)
    driver.pbx.secret = "wrong"
    await driver.ready()
    await driver.stop()


async def test_no_asterisk_is_said_and_waited_for() -> None:
    driver = AsteriskDriver()
    await driver.pbx.start()
    await driver.pbx.stop()
    await driver.start()
    await until(lambda: "cannot be reached" in driver.asterisk._connection.trouble, "the trouble")
    with pytest.raises(PhoneSystemUnavailable, match="cannot be reached"):
        await driver.system.dial("201", NUMBER)
    await driver.pbx.start()
    await driver.ready()
    await driver.stop()


async def test_a_call_goes_on_after_the_connection_was_lost(driver: AsteriskDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    await again(driver)
    assert heard(driver, id_).state is CallState.CONNECTED
    driver.clock.pass_seconds(9)
    await driver.caller_hangs_up(id_)
    call = heard(driver, id_)
    assert (call.ended_how, call.duration and call.duration.total_seconds()) == (EndedHow.COMPLETED, 9)


async def test_a_call_that_ended_while_the_connection_was_lost_ends_when_that_is_noticed(driver: AsteriskDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    driver.clock.pass_seconds(30)
    driver.pbx.channels.clear()
    await again(driver)
    call = heard(driver, id_)
    assert (call.ended_how, call.legs[0].ending and call.legs[0].ending.reason) == (EndedHow.COMPLETED, EndReason.UNKNOWN)


async def test_a_call_that_was_answered_meanwhile_is_answered(driver: AsteriskDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    for each in (driver.trunk(id_), driver.phone(id_)):
        each.state, each.bridge = "Up", "b1"
    await again(driver)
    assert heard(driver, id_).state is CallState.CONNECTED


@pytest.mark.parametrize("inbound", [True, False])
async def test_a_call_that_began_before_offhook_is_learned_from_the_list(inbound: bool) -> None:
    first = AsteriskDriver()
    await first.start()
    await first.ready()
    id_ = await (first.ring(CUSTOMER) if inbound else first.agent_dials(NUMBER))
    await (first.agent_does(id_, Action.ANSWER) if inbound else first.far_end_answers(id_))
    first.phone(id_).connected = CUSTOMER
    await first.asterisk.stop()
    driver = AsteriskDriver(pbx=first.pbx)
    await driver.start()
    await driver.ready()
    call = heard(driver, id_)
    assert (call.state, call.party.number) == (CallState.CONNECTED, CUSTOMER)
    assert call.direction is (Direction.INBOUND if inbound else Direction.OUTBOUND)
    await driver.caller_hangs_up(id_)
    assert heard(driver, id_).state is CallState.ENDED
    await driver.stop()


@pytest.mark.parametrize("lives", [True, False])
async def test_a_restart_takes_up_the_calls_that_were_kept(lives: bool) -> None:
    first = AsteriskDriver()
    await first.start()
    await first.ready()
    id_ = await first.ring(CUSTOMER, "Carla Reyes")
    await first.agent_does(id_, Action.ANSWER)
    kept = heard(first, id_)
    await first.asterisk.stop()
    if not lives:
        first.pbx.channels.clear()
    driver = AsteriskDriver(live=[kept], pbx=first.pbx)
    await driver.start()
    await driver.ready()
    if lives:
        assert driver.arrived == []
        await driver.system.control(id_, "201", Action.HANG_UP)
    call = followed([*events_of(first), *events_of(driver)], id_, "asterisk")
    assert (call.ended_how, call.party.name) == (EndedHow.COMPLETED, "Carla Reyes")
    await driver.stop()


async def test_without_the_right_to_list_calls_nothing_is_ended_by_guess(driver: AsteriskDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    driver.pbx.lists = False
    with structlog.testing.capture_logs() as logs:
        await again(driver)
    assert heard(driver, id_).state is CallState.RINGING
    assert [each["remedy"] for each in logs if each.get("action") == "asterisk.no_list"]


# What it sends.


@pytest.mark.parametrize(
    "nonsense",
    [
        b"Event: Newstate\r\nCallerIDName: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"\r\n" * 1000,
        b"\xff\xfe: \x00\x01\r\nEvent: \xff\r\n\r\n",
        b"Event: DialBegin\r\nDestUniqueid: \r\n\r\nEvent: Hangup\r\n\r\n",
        b"Event: Newstate\r\nUniqueid: 9\r\nChannel: PJSIP/201-0009\r\nChannelState: many\r\nTimestamp: soon\r\n\r\n",
        b"Response: Error\r\nActionID: nobody-asked\r\nMessage: no\r\n\r\n",
        b"Event: CoreShowChannelsComplete\r\n\r\n",
        b"Event: AttendedTransfer\r\nResult: Success\r\n\r\nEvent: BlindTransfer\r\nResult: Success\r\n\r\n",
        b"no colon\r\n: no key\r\nno value:\r\n\r\n",
    ],
    ids=lambda data: repr(data[:40]),
)
async def test_it_goes_on_serving_whatever_comes(driver: AsteriskDriver, nonsense: bytes) -> None:
    id_ = await driver.ring(CUSTOMER)
    driver.pbx.raw(nonsense)
    await driver.agent_does(id_, Action.ANSWER)
    await driver.caller_hangs_up(id_)
    readings = [driver.system.read(body) for _, body in driver.arrived]
    events = [event for each in readings for event in each.events if event.call == id_]
    assert followed(events, id_, "asterisk").ended_how is EndedHow.COMPLETED
    assert len([each for each in driver.pbx.asked if each["Action"] == "Login"]) == 1, "the connection was given up"


async def test_a_line_cut_in_the_middle_by_a_lost_connection_harms_nothing(driver: AsteriskDriver) -> None:
    driver.pbx.raw(b"Event: Hangup\r\nUniq")
    await again(driver)
    assert heard(driver, await driver.ring(CUSTOMER)).state is CallState.RINGING


async def test_what_the_inbox_could_not_keep_is_handed_over_again_in_order(
    driver: AsteriskDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.telephony.delivering.AGAIN", 0.01)
    fails = iter([True, True])
    deliver = driver.deliver

    async def once_more(key: str, body: bytes) -> None:
        if next(fails, False):
            raise ConnectionError("the database is away")
        await deliver(key, body)

    await driver.asterisk.stop()
    await driver.asterisk.start(once_more)
    await driver.ready()
    id_ = await driver.ring(CUSTOMER)
    await driver.caller_hangs_up(id_)
    assert heard(driver, id_).ended_how is EndedHow.MISSED


async def test_without_asterisks_own_time_the_time_is_ours() -> None:
    driver = AsteriskDriver()
    driver.pbx.timestamps = False
    await driver.start()
    await driver.ready()
    assert heard(driver, await driver.ring(CUSTOMER)).began == BEGAN
    await driver.stop()


async def test_a_silent_connection_is_asked_and_given_up_when_it_stays_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offhook.telephony.asterisk.connection.SILENCE", 0.05)
    pbx = FakeAsterisk()
    driver = AsteriskDriver(pbx=pbx)
    await driver.start()
    await driver.ready()
    await until(lambda: len([each for each in pbx.asked if each["Action"] == "Ping"]) > 2, "pings")
    assert len([each for each in pbx.asked if each["Action"] == "Login"]) == 1
    monkeypatch.setattr(pbx, "_answer", lambda *answer: None)
    await until(lambda: "no answer" in driver.asterisk._connection.trouble, "the loss to be noticed")
    await driver.stop()


async def test_nothing_that_runs_is_left_behind(driver: AsteriskDriver) -> None:
    await driver.stop()
    left = [task for task in asyncio.all_tasks() if task.get_name() == "asterisk"]
    assert left == []
    with pytest.raises(OffhookError):
        await driver.system.dial("201", NUMBER)


async def test_a_mistake_of_ours_ends_neither_the_connection_for_good_nor_the_service(
    driver: AsteriskDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object) -> None:
        raise KeyError("a number that must not be in the log")

    with monkeypatch.context() as patched, structlog.testing.capture_logs() as logs:
        patched.setattr(driver.asterisk._tracker, "hear", stumbles)
        driver.pbx.new("PJSIP/trunk")
        await until(lambda: "stumbled" in driver.asterisk._connection.trouble, "the mistake")
    assert "a number" not in str(logs)
    await driver.ready()
    assert heard(driver, await driver.ring(CUSTOMER)).state is CallState.RINGING


def certificate(folder: Path) -> Path:
    """A certificate that signed itself, with its key, as Asterisk's own script makes one."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "asterisk")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "asterisk.pem"
    path.write_bytes(key.private_bytes(*kinds) + made.public_bytes(kinds[0]))
    return path


async def test_over_tls_a_certificate_is_trusted_only_when_it_was_given(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(path)
    driver = AsteriskDriver()
    await driver.pbx.start(theirs)
    await driver.start(tls=ssl.create_default_context())
    await until(lambda: "is not trusted" in driver.asterisk._connection.trouble, "the refusal")
    assert "OFFHOOK_ASTERISK_CA" in driver.asterisk._connection.trouble
    assert driver.pbx.asked == []
    await driver.asterisk.stop()
    await driver.start(tls=ssl.create_default_context(cafile=path))
    await driver.ready()
    assert heard(driver, await driver.ring(CUSTOMER)).state is CallState.RINGING
    await driver.stop()
