"""The story that must always work, step by step: who plays it is somebody else's business (`in_browser`, `over_api`)."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console

# What each step holds, in the words of the story.
TITLES = (
    "Ben opens Contacts: the panel pops up, closes, and opens again",
    "Ben connects HubSpot, and HubSpot stops him on its own page",
    "The panel names the rights he lacks, where to switch them on, and whom to ask",
    "Ada gives Ben the rights; Make super admin works, too",
    "Ben tries again, grants access, and is back on Contacts",
    "Ben chooses his product",
    "Ben logs in to his line",
    "Integrations says Connected; Disconnect and Connect only switch",
    "Ada takes the rights back and is reminded until she has; Ben stays connected",
    "A customer calls: the panel rings, her record opens, Ben talks, notes and wraps up",
    "The call is on the timeline once, and so is one that trouble delayed",
    "Ben searches in every form, and dials from everywhere",
)


class StepFailed(Exception):
    """A step did not hold; the message says what was seen instead."""


class Player(Protocol):
    """Plays the steps: `play(number)` returns a sentence about what was seen, or raises. `skips`: what it cannot play."""

    @property
    def skips(self) -> Sequence[int]: ...

    def play(self, number: int) -> str: ...


@dataclass(frozen=True)
class StepResult:
    """One line of the report. A step that was not played did not hold."""

    step: int
    ok: bool
    seconds: float
    detail: str


def told(player: Player) -> Iterator[StepResult]:
    """Play the twelve steps in order. After one that did not hold, the rest is not played: it is one continuous story."""
    failed: int | None = None
    for number in range(1, len(TITLES) + 1):
        if failed:
            yield StepResult(number, False, 0.0, f"not played, because step {failed} did not hold")
        elif number in player.skips:
            yield StepResult(number, False, 0.0, "skipped: it needs a browser")
        else:
            result = _played(player.play, number)
            failed = None if result.ok else number
            yield result


def _played(play: Callable[[int], str], number: int) -> StepResult:
    began = time.monotonic()
    try:
        detail, ok = play(number), True
    except Exception as error:
        detail, ok = f"{type(error).__name__}: {error}".strip()[:2000], False
    return StepResult(number, ok, round(time.monotonic() - began, 3), detail)


def report(results: Iterator[StepResult], path: Path | None, console: Console) -> list[StepResult]:
    """Print a line a step as it is played, and write the report."""
    played = []
    if path:
        path.write_text("")
    for result in results:
        played.append(result)
        mark = "[green]✓[/]" if result.ok else "[yellow]–[/]" if result.detail.startswith("skipped") else "[red]✗[/]"
        console.print(
            f"{mark} {result.step:2} {TITLES[result.step - 1]} [dim]({result.seconds:.1f} s)[/]", highlight=False
        )
        console.print(f"     {result.detail}", highlight=False, markup=False, style=None if result.ok else "yellow")
        if path:
            with path.open("a") as file:
                file.write(json.dumps(asdict(result)) + "\n")
    return played
