"""`page.…` and `numbers.…`: finding phone numbers on pages, in a real Chromium.

The peer is libphonenumber-js, `findPhoneNumbersInText`. Both are told the country, as the service tells ours.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.result import Result
from offhook.demo.browser import ARGUMENTS, chromium

BROWSER = Path(__file__).parents[1] / "browser"
LABELLED = Path(__file__).parent / "numbers" / "labelled.txt"
PEER = "libphonenumber-js findPhoneNumbersInText"
NODES, ROUNDS = 10_000, 9
TASK_MS = 50.0
"""What browsers call a long task; only longer ones are told of, so less is 0."""


def measure() -> Sequence[dict[str, object]]:
    """Nothing where no Chromium is."""
    program = chromium()
    if not program:
        return []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["node", "scripts/bench.mjs", folder], cwd=BROWSER, check=True)
        page, accuracy = _in_browser(program, (Path(folder) / "bench.js").read_text(), LABELLED.read_text())
    return [each.row() for each in (*_of_page(page), *_of_lines(accuracy))]


def _in_browser(program: str, script: str, labelled: str) -> tuple[dict[str, float], dict[str, Any]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        page = browser.new_page()
        page.add_script_tag(content=script)
        measured = page.evaluate(
            "([text, nodes, rounds]) => bench.measure(text, nodes, rounds)", [labelled, NODES, ROUNDS]
        )
        accuracy = page.evaluate("text => bench.accuracy(text)", labelled)
        browser.close()
    return measured, accuracy


def _of_page(page: dict[str, float]) -> Sequence[Result]:
    size = f"a page of {page['nodes']:g} elements and texts"
    found = f"finding alone, on the texts of {size}; less is better, the aim is 0.1"
    shown = f"{size}, {page['shown']:g} numbers found and shown as links; the peer only finds. Less is better"
    longest = (
        f"the longest task while they are shown and taken away, median of {ROUNDS} rounds; {page['worst']:g} in the worst. "
        "Browsers do not tell of less than 50 ms: that is 0. Less is better"
    )
    peer = round(page["peer"], 2)
    return (
        Result("page.numbers", "ms", round(page["finder"], 2), peer, PEER, found),
        Result("page.shown", "ms", round(page["busy"], 2), peer, PEER, shown),
        Result("page.task", "ms", page["longest"], TASK_MS, "what browsers call a long task", longest),
    )


def _of_lines(accuracy: dict[str, Any]) -> Sequence[Result]:
    ours, theirs = accuracy["ours"], accuracy["theirs"]
    lines = f"{accuracy['lines']:g} lines of benchmarks/numbers"
    missed = f"missed: {ours['missed']:g}, the peer {theirs['missed']:g}"
    wrong = f"wrong: {ours['wrong']:g}, the peer {theirs['wrong']:g}"
    note = f"{lines}; {missed}; {wrong}. More is better"
    return tuple(
        Result(f"numbers.{name}", "of 1", round(ours[name], 4), round(theirs[name], 4), PEER, note)
        for name in ("recall", "precision")
    )
