"""Answers of HubSpot that are none: forged, garbled, replayed, too old, or with somebody else's code."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from tests.scenarios.applicant import MARKETPLACE, MAY_VIEW, Applicant, new_account, set_up_app
from tests.scenarios.desk import said
from tests.scenarios.stage import Stage, eventually, running_stage


@pytest.fixture
def abby(stage: Stage) -> Iterator[Applicant]:
    yield from applicant(stage)


def applicant(stage: Stage) -> Iterator[Applicant]:
    set_up_app(stage)
    abby = Applicant(stage, new_account(stage), MAY_VIEW | MARKETPLACE)
    abby.logs_in()
    yield abby
    abby.leaves()


def asked_for_tokens(stage: Stage) -> object:
    """Of HubSpot, for a code. What the service looks after by itself goes on meanwhile."""
    return stage.control("GET", "/journal?pattern=/oauth/*/token")


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def comes_back(stage: Stage, **query: str) -> httpx.Response:
    """A browser arrives with this answer."""
    return httpx.get(f"{stage.service}/oauth/callback?{urlencode(query)}", timeout=30, follow_redirects=False)


def refuses(answer: httpx.Response, sentence: str) -> None:
    """A page of ours that says what is wrong and what to do; nothing else happens."""
    assert answer.status_code == 400
    assert "HubSpot is not connected" in answer.text
    assert sentence in answer.text
    assert "Connect HubSpot" in answer.text


UNKNOWN = "belongs to no connection that was begun here"
USED = "begun too long ago, or was already used"


@pytest.mark.parametrize(
    "forged",
    [
        lambda state: state[:-4] + ("AAAA" if state[-4:] != "AAAA" else "BBBB"),
        lambda state: ".".join(("eyJhbGciOiJub25lIn0", state.split(".")[1], "")),
        lambda state: state.split(".")[1],
        lambda state: state[::-1],
        lambda state: "x" * 40_000,
    ],
    ids=["another signature", "no signature", "without its parts", "backwards", "enormous"],
)
def test_a_forged_state_is_refused_before_hubspot_is_asked(stage: Stage, abby: Applicant, forged: object) -> None:
    abby.begins()
    answer = query_of(abby.answers())
    stage.control("DELETE", "/journal")
    refuses(comes_back(stage, code=answer["code"], state=forged(answer["state"])), UNKNOWN)  # type: ignore[operator]
    assert asked_for_tokens(stage) == []
    assert abby.panel.claim()["state"] in ("waiting", "stuck")
    httpx.get(f"{stage.service}/oauth/callback?{urlencode(answer)}", timeout=30)
    assert abby.panel.claim()["state"] == "granted", "the honest answer still counts"


def test_an_answer_counts_once(stage: Stage, abby: Applicant) -> None:
    abby.begins()
    answer = query_of(abby.answers())
    assert comes_back(stage, **answer).status_code == 200
    stage.control("DELETE", "/journal")
    refuses(comes_back(stage, **answer), USED)
    assert asked_for_tokens(stage) == []
    assert abby.panel.claim()["state"] == "granted"


def test_a_code_that_was_used_is_no_good_for_another_attempt(stage: Stage, abby: Applicant) -> None:
    abby.begins()
    used = query_of(abby.answers())
    comes_back(stage, **used)
    assert abby.panel.claim()["state"] == "granted"
    state = query_of(abby.begins())["state"]
    answer = comes_back(stage, code=used["code"], state=state)
    assert answer.is_error
    claim = abby.panel.claim()
    assert claim["state"] == "failed"
    problem = claim["problem"]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem["code"])
    assert said({"says": problem["detail"], **problem})
    assert problem["detail"] in answer.text


def test_somebody_elses_code_is_no_good(stage: Stage, abby: Applicant) -> None:
    """A stolen code without the proof of who began: HubSpot compares the PKCE challenge."""
    other = Applicant(stage, abby.account, MAY_VIEW | MARKETPLACE)
    try:
        other.logs_in()
        other.begins()
        stolen = query_of(other.answers())["code"]
        abby.begins()
        assert comes_back(stage, code=stolen, state=query_of(abby.asks)["state"]).is_error
        assert abby.panel.claim()["state"] == "failed"
        assert other.panel.claim()["state"] in ("waiting", "stuck")
    finally:
        other.leaves()


def test_an_answer_that_comes_too_late_is_told_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_stage(tmp_path_factory.mktemp("late"), patience=30.0, OFFHOOK_CONSENT_LIFETIME="1") as stage:
        for abby in applicant(stage):
            abby.begins()
            answer = query_of(abby.answers())
            claim = eventually(abby.panel.claim, lambda claim: claim["state"] != "waiting", "the attempt to end", 20)
            assert claim["state"] == "expired"
            refuses(comes_back(stage, **answer), USED)
            assert abby.panel.claim()["state"] == "expired"
