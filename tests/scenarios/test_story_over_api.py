"""The story that must always work, through the API: what a machine without a browser can play of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.scenarios.conftest import Hear, hearing
from tests.scenarios.stage import Stage, running_stage
from tests.scenarios.stranger import Stranger, finds_the_first_call_once

from offhook.demo.over_api import OverApi

BEGAN = datetime.now(UTC)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=8.0) as stage:
        yield stage


@pytest.fixture(scope="module")
def hear(stage: Stage) -> Iterator[Hear]:
    with OverApi(stage) as player:
        yield hearing(player)


def test_it_holds_but_for_what_needs_a_browser(hear: Hear, step: int) -> None:
    result = hear(step)
    if step == 1:
        assert (result.ok, result.detail) == (False, "skipped: it needs a browser")
    else:
        assert result.ok, result.detail


def test_the_official_client_finds_the_first_call_once(hear: Hear, stage: Stage) -> None:
    last = hear(12)
    assert last.ok, last.detail
    stage.settled()
    # The first, the one through HubSpot's trouble, and the one dialled.
    finds_the_first_call_once(Stranger(stage), 3, BEGAN)
