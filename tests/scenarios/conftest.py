"""The story is told once for a module; each test hears one step."""

from collections.abc import Callable

import pytest

from offhook.demo.story import TITLES, Player, StepResult, told

Hear = Callable[[int], StepResult]


def hearing(player: Player) -> Hear:
    """Plays up to a step and gives its result; after a step that did not hold, the rest is told as not played."""
    story = told(player)
    played: dict[int, StepResult] = {}

    def hear(step: int) -> StepResult:
        while step not in played:
            result = next(story)
            played[result.step] = result
        return played[step]

    return hear


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "step" in metafunc.fixturenames:
        names = [f"{number:02} {title.split(':')[0]}" for number, title in enumerate(TITLES, 1)]
        metafunc.parametrize("step", range(1, len(TITLES) + 1), ids=names)
