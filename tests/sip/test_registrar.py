from collections.abc import Sequence

import pytest
from tests.sip.messages import asked
from tests.sip.test_transaction import Side

from offhook.sip.digest import Digest, authorization
from offhook.sip.message import Request, Response
from offhook.sip.registrar import LONGEST, MOST_GUESSED, MOST_PHONES, MOST_WRONG, WRONG_FOR, Registrar

CONTACT = "<sip:abc@p.invalid;transport=ws>"


class Desk:
    """A registrar of lines 201 and 202, and a phone that knocks."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.digest = Digest("offhook")
        self.registrar = Registrar(self._passwords, self.digest, lambda: self.now)
        self.number = 0
        self.side = Side()

    def _passwords(self, line: str) -> tuple[Sequence[str], Sequence[str]]:
        return (["strong"], ["2010"]) if line == "201" else (([], ["2020"]) if line == "202" else ([], []))

    def knock(
        self,
        *more: tuple[str, str],
        line: str = "201",
        password: str = "2010",
        side: Side | None = None,
        to: str = "",
        call_id: str = "one",
    ) -> Response:
        self.number += 1
        side = side or self.side
        request = asked("REGISTER", "sip:offhook.invalid", self.number, *more, line=line, to=to, call_id=call_id)
        if password:
            proof = authorization(request, self.digest.challenges(self.now)[0][1], line, password)
            request = Request((*request.headers, proof), "", request.method, request.uri)
        side.link.receive(request)
        self.changed = self.registrar.register(side.asked[-1])
        answer = side.sent[-1]
        assert isinstance(answer, Response)
        return answer

    def contacts(self, line: str = "201") -> list[str]:
        return [each.contact for each in self.registrar.phones(line)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_phone_is_asked_for_its_password_and_then_known(desk: Desk) -> None:
    first = desk.knock(("contact", CONTACT), password="")
    assert first.status == 401
    assert [each for each, _ in first.headers].count("www-authenticate") == 2
    again = desk.knock(("contact", f"{CONTACT};expires=60"))
    assert (again.status, desk.changed) == (200, "201")
    assert again.every("contact") == (f"{CONTACT};expires=60",)
    assert desk.registrar.link_to("sip:abc@p.invalid;transport=ws", "201") is desk.side.link
    assert desk.registrar.line_of(desk.side.link) == "201"


async def test_a_phone_is_there_until_its_time_is_up(desk: Desk) -> None:
    desk.knock(("contact", CONTACT), ("expires", "60"))
    desk.now += 59
    assert desk.contacts()
    desk.now += 1
    assert desk.contacts() == []


async def test_a_phone_may_leave_and_may_clear_the_line(desk: Desk) -> None:
    desk.knock(("contact", CONTACT))
    desk.knock(("contact", "<sip:other@p.invalid>"))
    desk.knock(("contact", f"{CONTACT};expires=0"))
    assert desk.contacts() == ["sip:other@p.invalid"]
    desk.knock(("contact", "*"), ("expires", "0"))
    assert desk.contacts() == []


async def test_a_question_who_is_there_changes_nothing(desk: Desk) -> None:
    desk.knock(("contact", CONTACT))
    assert len(desk.knock().every("contact")) == 1


async def test_times_are_kept_within_reason(desk: Desk) -> None:
    assert desk.knock(("contact", CONTACT), ("expires", "5")).status == 423
    assert f"expires={LONGEST}" in desk.knock(("contact", CONTACT), ("expires", "999999999")).first("contact")
    assert "expires=120" in desk.knock(("contact", "<sip:b@p.invalid>;expires=soon")).every("contact")[-1]


async def test_a_phone_whose_connection_ended_is_gone(desk: Desk) -> None:
    desk.knock(("contact", CONTACT))
    desk.side.link.close()
    assert desk.contacts() == []


async def test_a_phone_that_comes_back_on_another_connection_is_reached_there(desk: Desk) -> None:
    desk.knock(("contact", CONTACT))
    second = Side()
    desk.knock(("contact", CONTACT), side=second)
    assert desk.registrar.link_to("sip:abc@p.invalid;transport=ws", "201") is second.link


async def test_a_password_opens_its_own_line_only(desk: Desk) -> None:
    assert desk.knock(("contact", CONTACT), to="<sip:202@offhook.invalid>").status == 403
    assert desk.knock(("contact", CONTACT), line="202", password="2010").status == 403
    assert desk.knock(("contact", CONTACT), line="999", password="2010").status == 403
    assert desk.contacts("201") == desk.contacts("202") == desk.contacts("999") == []


async def test_an_unknown_line_is_asked_for_a_password_like_any_other(desk: Desk) -> None:
    assert desk.knock(("contact", CONTACT), line="999", password="").status == 401


async def test_a_pin_cannot_be_guessed_by_trying_all_and_the_phones_own_password_still_works(desk: Desk) -> None:
    for _ in range(MOST_WRONG):
        assert desk.knock(("contact", CONTACT), password="0000").status == 403
    assert desk.knock(("contact", CONTACT)).status == 403
    assert desk.knock(("contact", CONTACT), password="strong").status == 200
    desk.now += WRONG_FOR + 1
    assert desk.knock(("contact", CONTACT)).status == 200


async def test_what_is_kept_of_wrong_guesses_is_bounded(desk: Desk) -> None:
    for number in range(MOST_GUESSED + 20):
        desk.knock(("contact", CONTACT), line=f"x{number}", password="0", side=Side())
    assert len(desk.registrar._guesses) == MOST_GUESSED


async def test_a_storm_of_phones_of_one_line_is_bounded(desk: Desk) -> None:
    for number in range(500):
        desk.knock(("contact", f"<sip:{number}@p.invalid>"), side=Side())
    assert desk.contacts() == [f"sip:{number}@p.invalid" for number in range(500 - MOST_PHONES, 500)]


async def test_a_request_that_was_overtaken_changes_nothing(desk: Desk) -> None:
    desk.knock(("contact", CONTACT))
    desk.number = 0
    assert desk.knock(("contact", f"{CONTACT};expires=0")).status == 500
    assert desk.contacts()
    assert desk.knock(("contact", f"{CONTACT};expires=0"), call_id="two").status == 200


@pytest.mark.parametrize("contact", ["nonsense", "<sip:>", '"open <sip:a@b.c>'])
async def test_a_contact_that_leads_nowhere_is_refused(desk: Desk, contact: str) -> None:
    assert desk.knock(("contact", contact)).status == 400
    assert desk.contacts() == []


async def test_a_line_that_is_left_has_no_phones(desk: Desk) -> None:
    desk.knock(("contact", CONTACT))
    desk.registrar.forget("201")
    assert desk.contacts() == []
