import asyncio
from collections.abc import Callable

from tests.sip.messages import asked

from offhook.sip.message import Message, Request, Response, answer
from offhook.sip.transaction import MOST, Asked, Link, new_branch


class Side:
    """A link whose other end is the test."""

    def __init__(self, patience: float = 32.0) -> None:
        self.sent: list[Message] = []
        self.asked: list[Asked] = []
        self.acks: list[Request] = []
        self.repeated: list[Response] = []
        self.link = Link(self.sent.append, self.asked.append, self.acks.append, self.repeated.append, patience=patience)

    @property
    def statuses(self) -> list[int]:
        return [each.status for each in self.sent if isinstance(each, Response)]

    @property
    def methods(self) -> list[str]:
        return [each.method for each in self.sent if isinstance(each, Request)]


def invite(branch: str = "z9hG4bKa") -> Request:
    return asked("INVITE", "sip:202@offhook.invalid", branch=branch)


def of(request: Request, method: str, tag: str = "") -> Request:
    """The ACK or CANCEL of a request."""
    headers = tuple(
        (name, f"1 {method}" if name == "cseq" else f"{value};tag={tag}" if tag and name == "to" else value)
        for name, value in request.headers
    )
    return Request(headers, "", method, request.uri)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - a turn of the loop, not a time
            await asyncio.sleep(0)


# They ask.


async def test_an_invite_is_confirmed_at_once_and_heard_once() -> None:
    side = Side()
    side.link.receive(invite())
    side.link.receive(invite())
    assert len(side.asked) == 1
    assert side.statuses == [100, 100]
    side.asked[0].answer(180)
    side.link.receive(invite())
    assert side.statuses == [100, 100, 180, 180]


async def test_a_final_answer_is_the_last_one() -> None:
    side = Side()
    side.link.receive(asked("OPTIONS"))
    side.asked[0].answer(200)
    side.asked[0].answer(500)
    assert side.statuses == [200]
    assert side.link.busy == 0


async def test_a_refusal_waits_for_its_ack_and_a_200_does_not() -> None:
    side = Side()
    side.link.receive(invite())
    side.asked[0].answer(486)
    assert side.link.busy == 1
    side.link.receive(of(invite(), "ACK", side.asked[0].tag))
    assert (side.link.busy, side.acks) == (0, [])
    side.link.receive(invite("z9hG4bKb"))
    side.asked[1].answer(200)
    assert side.link.busy == 0
    side.link.receive(of(invite("z9hG4bKc"), "ACK"))
    assert len(side.acks) == 1


async def test_a_refusal_whose_ack_never_comes_is_forgotten() -> None:
    side = Side(patience=0.0)
    side.link.receive(invite())
    side.asked[0].answer(486)
    await until(lambda: side.link.busy == 0)


async def test_a_cancel_ends_the_invite_it_belongs_to() -> None:
    side = Side()
    side.link.receive(invite())
    gone: list[bool] = []
    side.asked[0].canceled = lambda: gone.append(True)
    side.link.receive(of(invite(), "CANCEL"))
    assert side.statuses == [100, 200, 487]
    assert gone == [True]
    side.link.receive(of(invite("z9hG4bKother"), "CANCEL"))
    assert side.statuses[-1] == 481


async def test_a_cancel_that_comes_too_late_changes_nothing() -> None:
    side = Side()
    side.link.receive(invite())
    gone: list[bool] = []
    side.asked[0].canceled = lambda: gone.append(True)
    side.asked[0].answer(486)
    side.link.receive(of(invite(), "CANCEL"))
    assert side.statuses == [100, 486, 200]
    assert gone == []


async def test_a_flood_of_requests_is_refused_and_not_kept() -> None:
    side = Side()
    for number in range(MOST + 50):
        side.link.receive(invite(f"z9hG4bK{number}"))
    assert side.link.busy == len(side.asked) == MOST
    assert side.statuses.count(503) == 50


async def test_old_phones_without_the_cookie_in_their_branch_are_told_apart_too() -> None:
    side = Side()
    side.link.receive(asked("OPTIONS", branch="1", call_id="a"))
    side.link.receive(asked("OPTIONS", branch="1", call_id="b"))
    assert len(side.asked) == 2


# We ask.


def ours() -> Request:
    return asked("INVITE", "sip:phone@p.invalid", branch=new_branch())


async def test_answers_are_heard_by_whoever_asked() -> None:
    side, heard = Side(), list[int]()
    request = ours()
    side.link.ask(request, lambda response: heard.append(response.status))
    side.link.receive(answer(request, 180, tag="t"))
    side.link.receive(answer(request, 200, tag="t"))
    assert heard == [180, 200]
    side.link.receive(answer(request, 200, tag="t"))
    assert [each.status for each in side.repeated] == [200]
    assert side.link.busy == 0


async def test_a_refusal_is_acknowledged_by_the_link() -> None:
    side = Side()
    request = ours()
    side.link.ask(request, lambda response: None)
    side.link.receive(answer(request, 486, tag="t"))
    [_, ack] = side.sent
    assert isinstance(ack, Request)
    assert (ack.method, ack.branch, ack.tag("to")) == ("ACK", request.branch, "t")


async def test_whoever_does_not_answer_is_given_up() -> None:
    side, heard = Side(patience=0.0), list[int]()
    side.link.ask(ours(), lambda response: heard.append(response.status))
    await until(lambda: heard)
    assert heard == [408]
    assert side.link.busy == 0


async def test_an_invite_that_rings_is_not_given_up() -> None:
    side, heard = Side(patience=0.02), list[int]()
    request = ours()
    side.link.ask(request, lambda response: heard.append(response.status))
    side.link.receive(answer(request, 180, tag="t"))
    other = asked("OPTIONS", branch=new_branch())
    side.link.ask(other, lambda response: heard.append(response.status))
    await until(lambda: 408 in heard)
    assert heard == [180, 408]
    assert side.link.busy == 1


async def test_a_cancel_waits_for_the_first_sign_of_life() -> None:
    side = Side()
    request = ours()
    asking = side.link.ask(request, lambda response: None)
    asking.cancel()
    assert side.methods == ["INVITE"]
    side.link.receive(answer(request, 180, tag="t"))
    asking.cancel()
    assert side.methods == ["INVITE", "CANCEL"]
    side.link.receive(answer(request, 487, tag="t"))
    assert side.methods == ["INVITE", "CANCEL", "ACK"]


async def test_a_phone_that_ignores_a_cancel_is_given_up_even_if_it_rings_on() -> None:
    side, heard = Side(patience=0.0), list[int]()
    request = ours()
    asking = side.link.ask(request, lambda response: heard.append(response.status))
    side.link.receive(answer(request, 180, tag="t"))
    asking.cancel()
    side.link.receive(answer(request, 180, tag="t"))
    await until(lambda: heard[-1:] == [408])


async def test_when_the_connection_ends_everybody_is_told() -> None:
    side, heard, gone = Side(), list[int](), list[bool]()
    side.link.ask(ours(), lambda response: heard.append(response.status))
    side.link.receive(invite())
    side.asked[0].canceled = lambda: gone.append(True)
    side.link.close()
    assert (heard, gone, side.link.busy) == ([408], [True], 0)
    side.link.ask(ours(), lambda response: heard.append(response.status))
    await until(lambda: len(heard) == 2)
    assert heard == [408, 503]
