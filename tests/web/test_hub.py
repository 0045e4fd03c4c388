"""Frames on their way to panels."""

import json
from typing import Any

import pytest

from offhook.desktop.panel import BeatFrame, ScreenPopFrame, SignOutFrame
from offhook.desktop.who import Reason
from offhook.web.hub import KEPT, QUEUE, SIGNED_OUT, Hub, Listener

SIGN_OUT = SignOutFrame(Reason("signed-out", "You are not signed in."))


def pop(number: int) -> ScreenPopFrame:
    return ScreenPopFrame(str(number), "https://app.hubspot.test/")


def heard(listener: Listener) -> list[Any]:
    """What waits for the panel; frames as their call id, the end of the stream as it is."""
    found = [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]
    return [json.loads(each).get("call_id", json.loads(each)["type"]) if each else each for each in found]


def cursor(hub: Hub, agent: str = "ben") -> str:
    return str(json.loads(hub.framed(agent, BeatFrame()))["cursor"])


async def test_a_panel_hears_its_agents_frames_in_order_and_nobody_elses() -> None:
    hub = Hub()
    with hub.listen("ben", None) as listener, hub.listen("cleo", None) as other:
        for number in range(3):
            hub.tell("ben", pop(number))
        hub.tell("nobody", pop(9))
        assert heard(listener) == ["0", "1", "2"]
        assert heard(other) == []
        assert hub.listening() == 2
    assert hub.listening() == 0


async def test_every_panel_of_an_agent_hears_the_same() -> None:
    hub = Hub()
    with hub.listen("ben", None) as one, hub.listen("ben", None) as two:
        hub.tell("ben", pop(1))
        assert heard(one) == heard(two) == ["1"]


async def test_a_panel_that_comes_back_hears_what_it_missed() -> None:
    hub = Hub()
    hub.tell("ben", pop(0))
    seen = cursor(hub)
    hub.tell("ben", pop(1))
    hub.tell("ben", pop(2))
    with hub.listen("ben", seen) as listener:
        assert [json.loads(each)["call_id"] for each in listener.missed or ()] == ["1", "2"]
    with hub.listen("ben", cursor(hub)) as listener:
        assert listener.missed == ()


@pytest.mark.parametrize(
    "after", [None, "", "x", "x.1", ".", "1", "{run}.", "{run}.-1", "{run}.99", "{run}.²", "{run}.1.1"]
)
async def test_a_cursor_that_means_nothing_gets_the_whole_truth(after: str | None) -> None:
    hub = Hub()
    run = cursor(hub).partition(".")[0]
    hub.tell("ben", pop(1))
    with hub.listen("ben", after.replace("{run}", run) if after else after) as listener:
        assert listener.missed is None


async def test_so_does_one_of_another_run_and_one_that_is_too_old() -> None:
    hub = Hub()
    hub.tell("ben", pop(0))
    old = cursor(hub)
    for number in range(KEPT):
        hub.tell("ben", pop(number))
    with hub.listen("ben", old) as listener:
        assert len(listener.missed or ()) == KEPT
    hub.tell("ben", pop(1))
    with hub.listen("ben", old) as listener, Hub().listen("ben", old) as elsewhere:
        assert listener.missed is None
        assert elsewhere.missed is None


async def test_a_panel_that_does_not_read_is_cut_off_and_holds_nobody_up() -> None:
    hub = Hub()
    with hub.listen("ben", None) as slow, hub.listen("ben", None) as quick:
        for number in range(QUEUE + 1):
            hub.tell("ben", pop(number))
            assert heard(quick) == [str(number)]
        assert heard(slow) == [None]
        hub.tell("ben", pop(1))
        assert heard(slow) == []
        assert hub.listening() == 1


async def test_signing_out_is_the_last_that_a_panel_hears_and_is_not_repeated() -> None:
    hub = Hub()
    before = cursor(hub)
    with hub.listen("ben", None, "here") as here, hub.listen("ben", None, "there") as there:
        hub.sign_out("ben", SIGN_OUT, "here")
        hub.tell("ben", pop(1))
        assert heard(here) == ["sign-out", SIGNED_OUT]
        assert heard(there) == ["1"]
        hub.sign_out("ben", SIGN_OUT)
        assert heard(there) == ["sign-out", SIGNED_OUT]
    with hub.listen("ben", before, "anew") as anew:
        assert [json.loads(each)["type"] for each in anew.missed or ()] == ["screen-pop"]


async def test_when_the_service_goes_every_stream_ends() -> None:
    hub = Hub()
    with hub.listen("ben", None) as one, hub.listen("cleo", None) as two:
        hub.close()
        assert heard(one) == heard(two) == [None]
