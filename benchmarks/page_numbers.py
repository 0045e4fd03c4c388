"""`page.…` and `numbers.…`: finding phone numbers on pages, in a real Chromium.

The peer is libphonenumber-js, `findPhoneNumbersInText`. Both are told the country, as the service tells ours.
"""

import json
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
        run = "([text, nodes, rounds]) => bench.measure(text, nodes, rounds)"
        measured = page.evaluate(run, [labelled, NODES, ROUNDS])
        # Once more for the trace, which would slow the times down.
        browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing"])
        page.evaluate(run, [labelled, NODES, ROUNDS])
        task = longest_task(json.loads(browser.stop_tracing())["traceEvents"])
        accuracy = page.evaluate("text => bench.accuracy(text)", labelled)
        browser.close()
    return measured | {"task": task}, accuracy


def longest_task(trace: list[dict[str, Any]]) -> float:
    """Milliseconds that the longest task of the page's thread ran while ours was at work, painting included.

    What it ran, not how long it took: what other programs of this machine took from it is not the page's pause.
    """
    begins = [each for each in trace if each["name"] == "ours begins"]
    ends = [each["ts"] for each in trace if each["name"] == "ours ends"]
    thread = begins[0]["pid"], begins[0]["tid"]
    # One that was cut off by the end of the trace has no length.
    whole = [each for each in trace if each["name"].endswith("RunTask") and "dur" in each]
    tasks = [each for each in whole if (each["pid"], each["tid"]) == thread]
    rounds = list(zip((each["ts"] for each in begins), ends, strict=True))
    within = [each for each in tasks if any(began <= each["ts"] < ended for began, ended in rounds)]
    return float(max(each.get("tdur", each["dur"]) for each in within)) / 1000


def _of_page(page: dict[str, float]) -> Sequence[Result]:
    size = f"a page of {page['nodes']:g} elements and texts"
    found = f"finding alone, on the texts of {size}; less is better, the aim is 0.1"
    shown = f"{size}, {page['shown']:g} numbers found and shown as links; the peer only finds. Less is better"
    longest = (
        f"what the longest task of the page ran while they were shown, painted and taken away, of {ROUNDS} rounds; "
        "what other programs took is not counted. Less is better"
    )
    peer = round(page["peer"], 2)
    return (
        Result("page.numbers", "ms", round(page["finder"], 2), peer, PEER, found),
        Result("page.shown", "ms", round(page["busy"], 2), peer, PEER, shown),
        Result("page.task", "ms", round(page["task"], 2), TASK_MS, "what browsers call a long task", longest),
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
