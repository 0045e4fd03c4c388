"""Nobody finds a PIN by trying them all."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.real_service import RealService

from hubspot_sandbox.seeds import people
from offhook.errors import TooManyTries
from offhook.web.tries import MOST, WITHIN, Tries

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


def wrong(tries: Tries, times: int, agent: str = "ben", line: str = "201", at: datetime = NOW) -> None:
    for _ in range(times):
        tries.check(agent, "exchange", line, at)
        tries.wrong(agent, "exchange", line, at)


def test_so_many_wrong_tries_are_borne_and_no_more() -> None:
    tries = Tries()
    wrong(tries, MOST)
    with pytest.raises(TooManyTries):
        tries.check("ben", "exchange", "201", NOW)


def test_an_agent_who_tries_one_line_after_the_other_is_stopped_too() -> None:
    tries = Tries()
    for number in range(MOST):
        wrong(tries, 1, line=str(300 + number))
    with pytest.raises(TooManyTries):
        tries.check("ben", "exchange", "399", NOW)
    tries.check("cleo", "exchange", "399", NOW)


@pytest.mark.parametrize("written", ["201", " 2-01", "(201)"])
def test_agents_who_try_one_line_together_are_stopped_however_they_write_it(written: str) -> None:
    tries = Tries()
    for number in range(MOST):
        wrong(tries, 1, agent=f"agent {number}", line=written)
    with pytest.raises(TooManyTries):
        tries.check("zed", "exchange", "201", NOW)
    tries.check("zed", "exchange", "202", NOW)
    tries.check("zed", "webhook", "201", NOW)


def test_after_a_while_it_may_be_tried_again() -> None:
    tries = Tries()
    wrong(tries, MOST)
    with pytest.raises(TooManyTries):
        tries.check("ben", "exchange", "201", NOW + WITHIN - TICK)
    tries.check("ben", "exchange", "201", NOW + WITHIN)


def test_a_slow_hand_is_never_stopped() -> None:
    tries = Tries()
    for number in range(4 * MOST):
        wrong(tries, 1, at=NOW + number * WITHIN / MOST)


def test_what_is_old_is_forgotten() -> None:
    tries = Tries()
    for number in range(100):
        wrong(tries, 1, agent=f"agent {number}", line=str(number))
    tries.check("ben", "exchange", "201", NOW + WITHIN)
    assert tries._wrong == {}


async def test_the_panel_is_told_in_a_plain_sentence(service: RealService) -> None:
    panel = await service.connect(people.BEN, people.BIRCH, "search-only")
    await panel.do("PUT", "/api/phone-system", {"phone_system": "exchange"})
    pins = [f"000{number}" for number in range(MOST + 1)]
    answers = [await panel.ask("POST", "/api/line-login", {"line": "204", "secret": pin}) for pin in pins]
    assert [each.status_code for each in answers] == [401] * MOST + [429]
    assert (answers[-1].json()["code"], answers[-1].json()["remedy"]) == (
        "too-many-tries",
        "Wait a minute, then try again.",
    )
    right = await panel.ask("POST", "/api/line-login", {"line": "204", "secret": "2040"})
    assert right.status_code == 429
