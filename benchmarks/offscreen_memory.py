"""`offscreen.memory`: what the telephone's own document holds while it waits for calls, against an empty extension page.

After a garbage collection, as DevTools counts it: JavaScript's heap and what is kept of the document. All documents of
the extension share one heap, so each is counted while no other is open. In a call, the buffers of the sound live in the
browser's native code, which neither number shows; the note has the heap in a call.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright
from tests.browser.offscreen import Offscreen
from tests.browser.phones import WITH_MICROPHONE, Agent, browser
from tests.scenarios.stage import Stage, running_stage

from benchmarks.result import Result
from offhook.demo import people
from offhook.demo.browser import EXTENSION_ID
from offhook.demo.in_browser import HEARD

Row = dict[str, object]


def measure() -> Row:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, running_stage(Path(name)) as stage:
        stage.give_rights(people.BEN)
        profile = Path(name) / "profile"
        with browser(playwright, profile, stage.service, WITH_MICROPHONE) as context:
            empty = heap_of(context.pages[0])
            waiting, talking = heaps(Agent(stage, context, profile).arrives(), stage)
    note = f"registered and waiting, after a garbage collection; {talking / 1e6:.1f} MB in a call; less is better"
    return Result("offscreen.memory", "MB", waiting / 1e6, empty / 1e6, "an empty extension page", note).row()


def heaps(agent: Agent, stage: Stage) -> tuple[float, float]:
    """Waiting, and in a call; with no panel open."""
    expect(agent.panel.get_by_text("Line 201 · Ready")).to_be_visible()
    with Offscreen.of(agent.profile) as inside:
        agent.ben.goto("about:blank")
        waiting = inside.heap()
        agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")
        stage.ring(people.CARLA_NUMBER)
        agent.ben.wait_for_url("**/record/0-1/*")
        agent.button("Answer").click()
        expect(agent.panel.get_by_text(HEARD)).to_be_visible()
        agent.ben.goto("about:blank")
        return waiting, inside.heap()


def heap_of(page: Page) -> float:
    """Of a page of the extension on which nothing of it runs."""
    page.goto(f"chrome-extension://{EXTENSION_ID}/manifest.json")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    held = session.send("Runtime.getHeapUsage")
    return float(held["usedSize"] + held.get("embedderHeapUsedSize", 0))
