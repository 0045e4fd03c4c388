"""Phones that speak SIP, and the exchange's calls: one story, whoever wrote which line of it."""

import asyncio
from collections.abc import Callable

import pytest
from tests.contracts.phone_system import heard
from tests.switch.conftest import Switched
from tests.switch.phone import Phone, sdp, until

from offhook.calls.call import EndedHow
from offhook.calls.events import EndReason
from offhook.errors import WrongState
from offhook.media import ear
from offhook.media.attendants import Attendant
from offhook.sip.message import Request
from offhook.telephony.phone_system import Action

Phones = Callable[..., Phone]


async def connected(ben: Phone, cleo: Phone) -> tuple[Request, Request]:
    """Ben calls Cleo, and she answers: her INVITE and his."""
    dialled = ben.dial(cleo.line)
    ringing = await cleo.rings(len(cleo.asked("INVITE")) + 1)
    cleo.answer(ringing, 200, sdp(cleo.line))
    await until(lambda: 200 in ben.statuses(dialled))
    ben.acknowledge(ben.answers(dialled)[-1])
    return dialled, ringing


# Line to line.


async def test_a_line_calls_a_line_and_each_gets_the_sdp_of_the_other(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, ringing = await connected(ben, cleo)
    assert ben.statuses(dialled) == [100, 180, 200]
    assert ringing.body == dialled.body
    assert "ufrag:202" in ben.answers(dialled)[-1].body
    assert cleo.asked("ACK")
    assert ben.answers(dialled)[1].first("x-offhook-call") == switched.call("201").id
    assert ringing.first("x-offhook-call") == switched.call("202").id
    assert (switched.states("201"), switched.states("202")) == (["connected"], ["connected"])


async def test_whoever_hangs_up_the_other_phone_is_hung_up_too(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, _ = await connected(ben, cleo)
    mine = switched.call("201").id
    bye = ben.within(ben.answers(dialled)[-1], "BYE")
    assert ben.statuses(bye) == [200]
    await until(lambda: cleo.asked("BYE") and heard(switched, mine).ended_how is EndedHow.COMPLETED)
    assert switched.exchange.calls == {}


@pytest.mark.parametrize(
    ("status", "told", "reason"),
    [(486, 486, EndReason.BUSY), (603, 603, EndReason.DECLINED), (480, 480, EndReason.NO_ANSWER)],
)
async def test_a_phone_may_refuse(switched: Switched, phone: Phones, status: int, told: int, reason: EndReason) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled = ben.dial("202")
    ringing = await cleo.rings()
    hers = switched.call("202").id
    cleo.answer(ringing, status)
    await until(lambda: ben.statuses(dialled)[-1] == told and heard(switched, hers).legs[0].ending)
    ending = heard(switched, hers).legs[0].ending
    assert ending
    assert ending.reason is reason


async def test_a_phone_gives_up_while_it_rings(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled = ben.dial("202")
    ringing = await cleo.rings()
    cleo.answer(ringing, 180)
    mine = switched.call("201").id
    headers = tuple((key, f"{dialled.sequence[0]} CANCEL" if key == "cseq" else value) for key, value in dialled.headers)
    ben.say(Request(headers, "", "CANCEL", dialled.uri))
    assert ben.statuses(dialled)[-1] == 487
    await until(lambda: cleo.asked("CANCEL") and heard(switched, mine).ended_how is EndedHow.CANCELED)


async def test_all_phones_of_a_line_ring_and_the_first_has_the_call(switched: Switched, phone: Phones) -> None:
    ben, desk, home = phone("201"), phone("202", "desk"), phone("202", "home")
    ben.dial("202")
    at_desk, at_home = await desk.rings(), await home.rings()
    for each, ringing in ((desk, at_desk), (home, at_home)):
        each.answer(ringing, 180)
    desk.answer(at_desk, 200, sdp("202"))
    await until(lambda: home.asked("CANCEL"))
    assert "elsewhere" in home.asked("CANCEL")[0].first("reason")
    home.answer(at_home, 200, sdp("202"))  # lifted in the same moment
    await until(lambda: home.asked("BYE") and switched.states("202") == ["connected"])


async def test_a_phone_that_registers_while_its_line_rings_rings_too(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    ben.dial("202")
    await cleo.rings()
    late = phone("202", "late")
    assert (await late.rings()).body


async def test_a_hold_is_passed_on_and_told(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, _ = await connected(ben, cleo)
    for way, state in (("sendonly", "held"), ("sendrecv", "connected")):
        again = ben.within(ben.answers(dialled)[-1], "INVITE", body=sdp("201", way))
        passed = await cleo.rings(len(cleo.asked("INVITE")) + 1)
        assert f"a={way}" in passed.body
        cleo.answer(passed, 200, sdp("202", "recvonly"))
        await until(lambda again=again: ben.statuses(again)[-1:] == [200])
        ben.acknowledge(ben.answers(again)[-1])
        assert switched.states("201") == [state]
        assert switched.states("202") == ["connected"]


async def test_two_that_change_the_call_at_once_are_told_to_wait(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, ringing = await connected(ben, cleo)
    ben.within(ben.answers(dialled)[-1], "INVITE", body=sdp("201", "sendonly"))
    await cleo.rings(2)
    hers = cleo.within(ringing, "INVITE", body=sdp("202", "sendonly"))
    assert cleo.statuses(hers)[-1] == 491


async def test_keys_are_passed_on(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, _ = await connected(ben, cleo)
    info = ben.within(ben.answers(dialled)[-1], "INFO", ("content-type", "application/dtmf-relay"), body="Signal=5\r\n")
    assert ben.statuses(info) == [200]
    await until(lambda: cleo.asked("INFO"))
    assert cleo.asked("INFO")[0].body == "Signal=5\r\n"


# Transfers.


async def test_a_blind_transfer_connects_the_two_others(switched: Switched, phone: Phones) -> None:
    ben, cleo, dev = phone("201"), phone("202"), phone("203")
    dialled, ringing = await connected(ben, cleo)
    answered = ben.answers(dialled)[-1]
    refer = ben.within(answered, "REFER", ("refer-to", "<sip:203@offhook.invalid>"))
    assert ben.statuses(refer) == [202]
    await until(lambda: ben.asked("BYE"))
    order = [each.method for each in ben.heard if isinstance(each, Request)]
    assert order == ["NOTIFY", "BYE"]
    assert ben.asked("NOTIFY")[0].body == "SIP/2.0 200 OK"
    ringing = await dev.rings()
    assert "m=audio" in ringing.body
    assert "ufrag:202" not in ringing.body
    dev.answer(ringing, 200, sdp("203"))
    asked = await dev.rings(2)
    assert asked.body == ""  # he is to offer, she answers
    dev.answer(asked, 200, sdp("203"))
    again = await cleo.rings(2)
    assert "ufrag:203" in again.body
    cleo.answer(again, 200, sdp("202b"))
    await until(lambda: "ufrag:202b" in dev.asked("ACK")[-1].body)
    assert dev.asked("ACK")[-1].first("content-type") == "application/sdp"
    assert (switched.states("201"), switched.states("202"), switched.states("203")) == ([], ["connected"], ["connected"])


async def test_an_attended_transfer_connects_the_two_others(switched: Switched, phone: Phones) -> None:
    ben, cleo, dev = phone("201"), phone("202"), phone("203")
    dialled, _ = await connected(ben, cleo)
    first = ben.answers(dialled)[-1]
    hold = ben.within(first, "INVITE", body=sdp("201", "sendonly"))
    cleo.answer(await cleo.rings(2), 200, sdp("202"))
    await until(lambda: ben.statuses(hold)[-1:] == [200])
    second, _ = await connected(ben, dev)
    other = ben.answers(second)[-1]
    replaces = f"{other.call_id}%3Bto-tag%3D{other.tag('to')}%3Bfrom-tag%3D{other.tag('from')}"
    refer = ben.within(first, "REFER", ("refer-to", f"<sip:203@offhook.invalid?Replaces={replaces}>"))
    assert ben.statuses(refer) == [202]
    await until(lambda: len(ben.asked("BYE")) == 2)
    asked = await dev.rings(2)
    assert asked.body == ""
    assert asked.first("x-offhook-call") == switched.call("203").id
    dev.answer(asked, 200, sdp("203b"))
    again = await cleo.rings(3)
    assert "ufrag:203b" in again.body
    cleo.answer(again, 200, sdp("202b"))
    await until(lambda: any("202b" in each.body for each in dev.asked("ACK")))
    assert (switched.states("201"), switched.states("202"), switched.states("203")) == ([], ["connected"], ["connected"])
    assert len(switched.exchange.calls) == 2
    cleo.within(await cleo.rings(1), "BYE")
    await until(lambda: dev.asked("BYE"))
    assert switched.exchange.calls == {}


@pytest.mark.parametrize(("to", "status"), [("<sip:999@offhook.invalid>", 404), ("<sip:201@offhook.invalid>", 403)])
async def test_a_transfer_to_nowhere_is_told_and_the_call_goes_on(
    switched: Switched, phone: Phones, to: str, status: int
) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, _ = await connected(ben, cleo)
    ben.within(ben.answers(dialled)[-1], "REFER", ("refer-to", to))
    await until(lambda: ben.asked("NOTIFY"))
    assert ben.asked("NOTIFY")[0].body.startswith(f"SIP/2.0 {status}")
    assert switched.states("201") == ["connected"]


# The panel asks, phones do.


async def test_what_the_panel_asks_the_phones_do(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    await connected(ben, cleo)
    mine = switched.call("201").id
    await switched.exchange.control(mine, "201", Action.HOLD)
    again = await ben.rings()
    assert "a=inactive" in again.body
    assert "setup:actpass" in again.body
    ben.answer(again, 200, sdp("201", "inactive"))
    await switched.exchange.control(mine, "201", Action.RESUME)
    again = await ben.rings(2)
    assert "a=sendrecv" in again.body
    ben.answer(again, 200, sdp("201"))
    await switched.exchange.control(mine, "201", Action.HANG_UP)
    await until(lambda: ben.asked("BYE") and cleo.asked("BYE"))


async def test_a_phone_that_rings_is_lifted_where_it_lies(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    ben.dial("202")
    ringing = await cleo.rings()
    hers = switched.call("202").id
    with pytest.raises(WrongState, match="The phone of line 202 rings"):
        await switched.exchange.control(hers, "202", Action.ANSWER)
    cleo.answer(ringing, 180)
    await switched.exchange.control(hers, "202", Action.DECLINE)
    await until(lambda: cleo.asked("CANCEL"))


async def test_a_line_without_a_phone_is_as_before(switched: Switched, phone: Phones) -> None:
    call = await switched.ring("+1 415 555 0100")
    await switched.exchange.control(call, "201", Action.ANSWER)
    assert switched.states("201") == ["connected"]


# Phones that go and come.


async def test_a_call_lives_when_its_phone_comes_back(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    await connected(ben, cleo)
    assert ben.connection
    ben.connection.closed()
    ben.plug_in(switched.exchange.connect_phone)
    assert ben.register().status == 200
    await switched.exchange.control(switched.call("202").id, "202", Action.HANG_UP)
    await until(lambda: ben.asked("BYE"))


async def test_a_call_whose_phone_never_comes_back_ends(
    switched: Switched, phone: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switched.exchange.phones._switch, "_away_for", 0.0)
    ben, cleo = phone("201"), phone("202")
    await connected(ben, cleo)
    assert ben.connection
    ben.connection.closed()
    await until(lambda: cleo.asked("BYE"))
    assert switched.exchange.calls == {}


async def test_a_second_caller_holds_the_first_on_the_phone(switched: Switched, phone: Phones) -> None:
    ben, cleo, dev = phone("201"), phone("202"), phone("203")
    await connected(ben, cleo)
    dev.dial("201")
    second = await ben.rings()
    ben.answer(second, 200, sdp("201"))
    held = await ben.rings(2)
    assert "a=inactive" in held.body
    assert sorted(switched.states("201")) == ["connected", "held"]


async def test_a_phone_may_talk_to_two_at_once(switched: Switched, phone: Phones) -> None:
    """It lets three talk, and mixes their voices itself. Each call stays a call of its own."""
    ben, cleo, dev = phone("201"), phone("202"), phone("203")
    dialled, _ = await connected(ben, cleo)
    first = ben.answers(dialled)[-1]
    for way, states in (("sendonly", ["held"]), ("sendrecv", ["connected", "connected"])):
        again = ben.within(first, "INVITE", body=sdp("201", way))
        cleo.answer(await cleo.rings(len(cleo.asked("INVITE")) + 1), 200, sdp("202"))
        await until(lambda again=again: ben.statuses(again)[-1:] == [200])
        ben.acknowledge(ben.answers(again)[-1])
        if way == "sendonly":
            second, _ = await connected(ben, dev)
            states = ["connected", *states]
        assert sorted(switched.states("201")) == sorted(states)
    assert ben.asked("INVITE") == []
    ben.within(ben.answers(second)[-1], "BYE")
    await until(lambda: not switched.states("203"))
    assert (switched.states("201"), switched.states("202")) == (["connected"], ["connected"])


# Who may.


async def test_a_stranger_must_prove_its_line(switched: Switched, phone: Phones) -> None:
    phone("202")
    stranger = Phone("201", "").plug_in(switched.exchange.connect_phone)
    assert stranger.statuses(stranger.dial("202")) == [100, 401]


async def test_nobody_hangs_up_the_call_of_another(switched: Switched, phone: Phones) -> None:
    ben, cleo, dev = phone("201"), phone("202"), phone("203")
    dialled, _ = await connected(ben, cleo)
    assert dev.statuses(dev.within(ben.answers(dialled)[-1], "BYE")) == [481]
    assert switched.states("201") == ["connected"]


async def test_a_request_with_another_tag_is_of_another_call(switched: Switched, phone: Phones) -> None:
    ben, cleo = phone("201"), phone("202")
    dialled, _ = await connected(ben, cleo)
    answered = ben.answers(dialled)[-1]
    bye = ben.ask("BYE", "sip:exchange@offhook.invalid", call_id=answered.call_id, to=answered.first("to"), tag="other")
    assert ben.statuses(bye) == [481]


async def test_a_line_that_is_logged_out_has_no_phone_and_no_password_any_more(switched: Switched) -> None:
    given = await switched.exchange.softphone("201")
    ben = Phone("201", given.password).plug_in(switched.exchange.connect_phone)
    assert ben.register().status == 200
    await switched.exchange.log_out("201")
    assert ben.register().status == 403
    assert (await switched.exchange.softphone("201")).password != given.password


@pytest.mark.parametrize(
    ("target", "body", "status"),
    [("999", "", 404), ("201", "", 486), ("202", "v=0\r\n", 488)],
)
async def test_what_cannot_be_called_is_refused(
    switched: Switched, phone: Phones, target: str, body: str, status: int
) -> None:
    ben = phone("201")
    dialled = ben.dial(target, body)
    await until(lambda: ben.statuses(dialled)[-1] == status)
    assert switched.exchange.calls == {}


async def test_without_audio_numbers_outside_are_refused_to_phones_with_the_reason(
    switched: Switched, phone: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.media.ear.is_there", lambda: False)
    ben = phone("201")
    for target in ("+14155550100", "*43"):
        refused = ben.answers(ben.dial(target))[-1]
        assert refused.status == 488
        assert "offhook[audio]" in refused.first("warning")
    await switched.exchange.ring("+1 415 555 0100", "201")
    assert switched.states("201") == ["alerting"]  # in the panel, as without a phone
    assert ben.asked("INVITE") == []
    await switched.exchange.control(switched.call("201").id, "201", Action.ANSWER)


@pytest.mark.skipif(not ear.is_there(), reason="offhook[audio] is not installed")
async def test_a_phone_that_never_acknowledges_an_attendant_is_hung_up(
    switched: Switched, phone: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.switch.session.PATIENCE", 0.0)
    ear.listen_on(["127.0.0.1"])
    own = ear.Ear(Attendant())
    ben = phone("201")
    dialled = ben.dial("*43", await own.offer())
    async with asyncio.timeout(20):
        while not ben.asked("BYE"):  # noqa: ASYNC110 - it is real WebRTC
            await asyncio.sleep(0.01)
    assert 200 in ben.statuses(dialled)
    await own.close()


async def test_a_phone_that_never_acknowledges_is_hung_up(
    switched: Switched, phone: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.switch.session.PATIENCE", 0.0)
    ben, cleo = phone("201"), phone("202")
    dialled = ben.dial("202")
    cleo.answer(await cleo.rings(), 200, sdp("202"))
    await until(lambda: 200 in ben.statuses(dialled) and ben.asked("BYE") and cleo.asked("BYE"))
    assert switched.exchange.calls == {}


async def test_what_is_no_method_of_ours_is_refused(switched: Switched, phone: Phones) -> None:
    ben = phone("201")
    for method, status in (("PUBLISH", 405), ("FOO", 405), ("OPTIONS", 200), ("BYE", 481), ("NOTIFY", 481)):
        assert ben.statuses(ben.ask(method))[-1] == status
    assert ben.statuses(ben.ask("INVITE", "sip:202@offhook.invalid", ("require", "100rel")))[-1] == 420
