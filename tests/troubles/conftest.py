"""One world for all troubles of a run: real sandbox, real service. Each trouble begins with everything in order."""

from collections.abc import Iterator

import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage, running_stage

from offhook.demo import people


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("troubles"), patience=2.0) as stage:
        yield stage


@pytest.fixture
def ben(stage: Stage) -> Iterator[Desk]:
    """The agent, connected and at his line, in a world without trouble; which is how he leaves it."""
    in_order(stage)
    desk = Desk(stage)
    try:
        desk.arrive()
        yield desk
    finally:
        desk.leave()
    in_order(stage)


@pytest.fixture
def customer(stage: Stage, ben: Desk) -> Customer:
    """Somebody whom only HubSpot knows."""
    return stage.customer()


def in_order(stage: Stage) -> None:
    """Whatever is broken works again."""
    for name, start in (("sandbox", stage.start_sandbox), ("service", stage.start_service)):
        if name not in stage.processes or stage.processes[name].poll() is not None:
            start()
        stage.wait(name)  # what the test before it started may still be starting
    stage.works()
    stage.control("POST", "/index-delay", {"seconds": 0})
    stage.give_rights(people.BEN)
