"""Telephones on desks at a real Kamailio, which tells Offhook of them: no panel is open, and every call counts once.

And `offhook doctor` on the way of a browser to the same Kamailio by TLS, and to a real coturn.
"""

import json
import ssl
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.browser import kamailio
from tests.browser.certificates import Authority
from tests.browser.kamailio import DOMAIN, RELAY, SECURE, SECURE_RELAY, SERVER, Network
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Json, Stage, eventually, running_stage

from offhook.demo import operator, people
from offhook.telephony import ice
from offhook.telephony.phone_system import Step
from offhook.telephony.sip.register import CERTIFICATE, Climb, Login, Server

LINES = {"201": "a-long-password", "202": "another-password"}
SECRET = "what Kamailio signs with"
SETTINGS = {
    "OFFHOOK_PHONE_SYSTEMS": "sip",
    "OFFHOOK_SIP_SERVER": SERVER,
    "OFFHOOK_SIP_DOMAIN": DOMAIN,
    "OFFHOOK_SIP_SEEN_BY": "webhook",
    "OFFHOOK_WEBHOOK_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with kamailio.own_network(), running_stage(tmp_path_factory.mktemp("stage"), **SETTINGS) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def network(stage: Stage, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    tells = f"{stage.service}/api/deliveries/sip"
    with kamailio.network(tmp_path_factory.mktemp("network"), LINES, tells, SECRET, authority) as network:
        yield network


@pytest.fixture(scope="module")
def ben(stage: Stage, network: Network) -> Iterator[Desk]:
    desk = Desk(stage)
    desk.arrive(phone_system="sip", secret=LINES["201"])
    yield desk
    desk.leave()


@pytest.fixture(scope="module")
def _relay(network: Network, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with kamailio.relaying(tmp_path_factory.mktemp("relay"), authority):
        yield


@pytest.fixture
def customer(stage: Stage, ben: Desk) -> Customer:
    return stage.customer()


def check(entry: dict[str, str], status: str, seconds: float) -> None:
    assert (entry["hs_call_direction"], entry["hs_call_status"]) == ("INBOUND", status)
    assert abs(int(entry["hs_call_duration"]) / 1000 - seconds) < 0.5, (entry["hs_call_duration"], seconds)
    assert entry["hubspot_owner_id"], "the call is nobody's"


def test_a_call_that_is_lifted_and_put_on_hold_at_the_desk_is_logged_once(
    stage: Stage, network: Network, ben: Desk, customer: Customer
) -> None:
    with network.baresip("201", LINES["201"]) as phone, network.calls("201", 1, customer.number, holds=2) as carrier:
        ben.call_is(customer, "connected")
        phone.does("hold")
        ben.call_is(customer, "held")
        phone.does("resume")
        ben.call_is(customer, "connected")
        assert carrier.wait(timeout=30) == 0, network.words_of("sipp")[-2000:]
    call = ben.call_is(customer, "ended")
    check(stage.logged_once(customer), "COMPLETED", call["duration_ms"] / 1000)


@pytest.mark.parametrize("there", ["rings in vain", "is not plugged in"])
def test_a_call_that_nobody_takes_is_missed(stage: Stage, network: Network, customer: Customer, there: str) -> None:
    if there == "rings in vain":
        with network.baresip("201", LINES["201"], lifts=False), network.gives_up("201", 0.5, customer.number) as carrier:
            assert carrier.wait(timeout=30) == 0, network.words_of("sipp")[-2000:]
    else:
        with network.calls("201", 0, customer.number) as carrier:
            assert carrier.wait(timeout=30) == 1
    check(stage.logged_once(customer), "MISSED", 0)


def over(desk: Desk, number: str) -> list[Json]:
    """The calls with a line, once they have ended."""
    recent = [each for each in desk.sees()["recent"] if each["number_shown"] == number]
    return recent if recent and all(each["ended_how"] for each in recent) else []


def test_a_call_from_desk_to_desk_is_one_for_each_of_the_two(stage: Stage, network: Network, ben: Desk) -> None:
    ada = Desk(stage, people.ADA, "202")
    ada.arrive(phone_system="sip", secret=LINES["202"])
    with network.baresip("201", LINES["201"]) as phone:
        phone.does("dial", f"sip:202@{DOMAIN}")
        called = eventually(lambda: over(ben, "202"), bool, "the call")
    rung = eventually(lambda: over(ada, "201"), bool, "the call")
    assert [(each["direction"], each["ended_how"]) for each in called] == [("outbound", "no-answer")]
    assert [(each["direction"], each["ended_how"]) for each in rung] == [("inbound", "missed")]
    assert rung[0]["external_id"] == f"{called[0]['external_id']} 202", "the softphone of the called line says it so"
    ada.leave()


def test_a_call_outlives_a_restart_of_kamailio_and_what_offhook_missed_is_told_when_it_is_back(
    stage: Stage, network: Network, ben: Desk, customer: Customer
) -> None:
    with network.baresip("201", LINES["201"]), network.calls("201", 3, customer.number) as carrier:
        ben.call_is(customer, "connected")
        stage.service_dies()
        network.start_kamailio()
        assert carrier.wait(timeout=30) == 0, network.words_of("sipp")[-2000:]
    stage.service_comes_back()
    check(stage.logged_once(customer), "COMPLETED", 3)


@pytest.mark.usefixtures("_relay")
def test_the_doctor_goes_the_whole_way_by_tls_and_is_given_relays(stage: Stage, ben: Desk, authority: Authority) -> None:
    servers = ",".join([RELAY, f"{RELAY}?transport=tcp", SECURE_RELAY])
    way = {"OFFHOOK_SIP_SERVER": SECURE, "OFFHOOK_SIP_CA": str(authority.certificate), "OFFHOOK_SIP_ICE_SERVERS": servers}
    before = dict(stage.settings)
    stage.settings.update(way)
    try:
        said = json.loads(operator.offhook(stage, "doctor", ben.email, "--json"))
    finally:
        stage.settings.clear()
        stage.settings.update(before)
    checks = {each["name"]: each for report in said["reports"] for each in report["report"]["checks"]}
    assert (checks[CERTIFICATE]["state"], checks["Registration"]["state"]) == ("pass", "pass"), checks
    assert checks["Registration"]["says"] == f"201@{DOMAIN} may register."
    relays = [each["says"] for name, each in checks.items() if name.startswith("ICE server")]
    assert relays == ["It accepts offhook and relays from 127.0.0.1."] * 3


@pytest.mark.parametrize(
    ("server", "good_for", "known", "says", "remedy"),
    [
        (SECURE, 30, False, "unable to get local issuer certificate", "OFFHOOK_SIP_CA"),
        (SECURE, -1, True, "certificate has expired", "Renew"),
        ("wss://127.0.0.1:8089", 30, True, "certificate is not valid for '127.0.0.1'", "must have a name"),
    ],
    ids=["an authority that nobody knows", "expired", "of another name"],
)
async def test_a_certificate_that_browsers_would_not_believe_is_named(
    network: Network, authority: Authority, server: str, good_for: int, known: bool, says: str, remedy: str
) -> None:
    authority.certify(network.folder, lasts=timedelta(days=good_for))
    network.start_kamailio()
    trust = ssl.create_default_context(cafile=authority.certificate if known else None)
    climb = Climb(Server(server, DOMAIN), Login("201", LINES["201"]), trust)
    await climb.run()
    last = climb.steps[-1]
    assert (last.name, last.ok) == (CERTIFICATE, False)
    assert says in last.says, last
    assert remedy in str(last.remedy), last


@pytest.mark.usefixtures("_relay")
@pytest.mark.parametrize(
    ("server", "says"),
    [
        (RELAY.replace("let-me-through", "guessed"), "It does not accept the name offhook with its password (401"),
        (RELAY.replace("3478", "3479"), "It does not answer"),
        (f"{RELAY.replace('3478', '3479')}?transport=tcp", "It does not answer"),
        (SECURE_RELAY, "Browsers will not believe its certificate: unable to get local issuer"),
    ],
    ids=["wrong password", "nobody there", "nobody there by TCP", "an authority that nobody knows"],
)
async def test_a_relay_that_is_none_is_named(server: str, says: str) -> None:
    step: Step = await ice.step(ice.ice_server(server), 4)
    assert step.ok is False
    assert step.says.startswith(says), step
