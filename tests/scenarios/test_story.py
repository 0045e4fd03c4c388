"""The story that must always work, in a real browser with the real extension."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.scenarios.conftest import Hear, hearing
from tests.scenarios.stage import Stage, running_stage
from tests.scenarios.stranger import Stranger, finds_the_first_call_once

from offhook.demo.browser import chromium
from offhook.demo.in_browser import InBrowser
from offhook.demo.tour import extension_folder

PROGRAM, EXTENSION = chromium(), extension_folder()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(EXTENSION is None, reason="the extension is not built: scripts/ready panel"),
]
BEGAN = datetime.now(UTC)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=8.0) as stage:
        yield stage


@pytest.fixture(scope="module")
def hear(stage: Stage) -> Iterator[Hear]:
    assert PROGRAM
    assert EXTENSION
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        yield hearing(player)


def test_it_holds(hear: Hear, step: int) -> None:
    result = hear(step)
    assert result.ok, result.detail


def test_the_official_client_finds_the_first_call_once(hear: Hear, stage: Stage) -> None:
    last = hear(12)
    assert last.ok, last.detail
    stage.settled()
    # The first, the one through HubSpot's trouble, one dialled from the search, one from the page.
    finds_the_first_call_once(Stranger(stage), 4, BEGAN)
