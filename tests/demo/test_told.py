"""How a story is told, whoever plays it."""

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from offhook.demo import story, tour
from offhook.demo.story import StepFailed
from offhook.demo.world import DemoError, World


class Actor:
    """Plays nothing, and fails at some steps."""

    def __init__(self, fails: Sequence[int] = (), skips: Sequence[int] = ()) -> None:
        self.fails, self.skips, self.played = fails, skips, list[int]()

    def __enter__(self) -> "Actor":
        return self

    def __exit__(self, *_: object) -> None: ...

    def play(self, number: int) -> str:
        self.played.append(number)
        if number in self.fails:
            raise StepFailed("the curtain fell")
        return f"seen {number}"


def performed(actor: Actor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit code, and what was printed."""
    out = StringIO()
    monkeypatch.setattr(tour, "_player", lambda *_, **__: actor)
    code = tour.play(World(folder, 1, 2), folder / "report.jsonl", Console(file=out, width=300), browser=True)
    return code, out.getvalue()


def test_it_passes_only_when_all_twelve_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = performed(Actor(), tmp_path, monkeypatch)
    assert (code, "All twelve steps hold." in said) == (0, True)


def test_skipping_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = Actor(skips=(1,))
    assert performed(actor, tmp_path, monkeypatch)[0] == 3
    assert actor.played == list(range(2, 13))


@pytest.mark.parametrize("skips", [(), (1,)])
@pytest.mark.parametrize("at", [2, 7, 12])
def test_after_a_step_that_fails_nothing_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, skips: tuple[int, ...]
) -> None:
    actor = Actor(fails=(at,), skips=skips)
    code, said = performed(actor, tmp_path, monkeypatch)
    assert (code, "The story does not hold." in said) == (1, True)
    assert actor.played[-1] == at
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert lines[at - 1]["detail"] == "StepFailed: the curtain fell"
    rest = [(line["ok"], line["detail"]) for line in lines[at:]]
    assert rest == [(False, f"not played, because step {at} did not hold")] * (12 - at)


def test_a_report_is_written_as_it_is_played(tmp_path: Path) -> None:
    """Whoever ends a demo that hangs can read how far it came."""
    path, results = tmp_path / "report.jsonl", story.told(Actor())
    seen = []

    def watched() -> story.Iterator[story.StepResult]:
        for result in results:
            seen.append(len(path.read_text().splitlines()))
            yield result

    story.report(watched(), path, Console(file=StringIO()))
    assert seen == list(range(12))


def test_a_world_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, 1, 2)
    monkeypatch.setattr("offhook.demo.world._program", lambda _: "false")
    world.start_sandbox()
    with pytest.raises(DemoError, match=r"^The sandbox did not start\."):
        world.wait("sandbox")
    world.stop()
