"""`offhook demo`: start the world, tell the newcomer what to do, or play the story without one."""

import signal
import subprocess
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console

from offhook.demo import story
from offhook.demo.eight_by_eight.played import CONTROL
from offhook.demo.over_api import OverApi
from offhook.demo.people import CARLA_NUMBER, CONTACTS_PATH
from offhook.demo.story import Player
from offhook.demo.world import LINES, PASSWORD, DemoError, World, running_world
from offhook.settings import surroundings

# A run in which every step that could be played held, but the browser's could not be played, is no pass.
PASSED, FAILED, NOT_A_PASS = 0, 1, 3

REPOSITORY = Path(__file__).resolve().parents[3]


def run(folder: Path, *, autoplay: bool, report: Path | None, keep: bool, browser: bool) -> int:
    """The whole command; gives the exit code."""
    console = Console()
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _told_to_stop)
    try:
        with running_world(folder, fresh=not keep or autoplay, patience=8.0 if autoplay else 20.0) as world:
            console.print(f"Ready in {time.monotonic() - began:.1f} s.", style="dim")
            if autoplay:
                return play(world, report, console, browser=browser)
            guide(world, console)
            stay(world, console, browser=browser)
    except DemoError as error:
        console.print(str(error), style="red")
        return FAILED
    return PASSED


def _told_to_stop(number: int, frame: object) -> None:
    """What was started is stopped, too: without this, a demo that is killed would leave its processes behind."""
    raise SystemExit(128 + number)


def play(world: World, path: Path | None, console: Console, *, browser: bool) -> int:
    """Play the story by itself and report it."""
    with _player(world, console, browser=browser) as player:
        results = story.report(story.told(player), path, console)
    if all(result.ok for result in results):
        console.print("All twelve steps hold.", style="bold green")
        return PASSED
    played = [result for result in results if result.step not in player.skips]
    if player.skips and all(result.ok for result in played):
        console.print(
            f"{len(played)} steps hold through the API. The browser's part was not played, so this is no pass.",
            style="yellow",
        )
        return NOT_A_PASS
    console.print("The story does not hold.", style="bold red")
    console.print(world.log_of("service"), markup=False, style="dim")
    return FAILED


def _player(world: World, console: Console, *, browser: bool) -> AbstractContextManager[Player]:
    program, extension = _chromium() if browser else None, extension_folder()
    if program and extension:
        from offhook.demo.in_browser import InBrowser

        pictures = surroundings().get("DEMO_PICTURES")
        return InBrowser(world, program, extension, pictures=Path(pictures) if pictures else None)
    why = "no browser is here" if program is None else "the extension is not built here (`make build`)"
    console.print(f"What needs a browser is skipped: {why}. The rest is played through the API.", style="yellow")
    return OverApi(world)


def _chromium() -> str | None:
    """The browser, when there is one and something to drive it with."""
    try:
        from offhook.demo.browser import chromium
    except ImportError:  # Playwright is no dependency of the service
        return None
    return chromium(surroundings().get("DEMO_CHROMIUM", ""))


def extension_folder() -> Path | None:
    """The built extension, for loopback addresses."""
    folder = REPOSITORY / "browser/dist/extension-demo"
    return folder if (folder / "manifest.json").is_file() else None


def guide(world: World, console: Console) -> None:
    """What a newcomer does in the next five minutes."""
    line, pin, _ = LINES[0]
    console.rule("Offhook demo")
    console.print(
        f"""
[bold]HubSpot sandbox[/]  {world.sandbox}{CONTACTS_PATH}
[bold]Panel as a page[/]  {world.service}/panel/   (for a browser without the extension)
[bold]Extension[/]        {extension_folder() or "not built here: make build"}   (chrome://extensions > Load unpacked)
[bold]People[/]           ben@acorn.example, the agent; ada@acorn.example, Super Admin; password: {PASSWORD}
[bold]Line[/]             {line}, PIN {pin}

 1. Log in to HubSpot as Ben; the panel pops up on Contacts.
 2. Press [bold]Connect HubSpot[/] and choose Acorn Supplies. HubSpot stops Ben.
 3. The panel says which rights he lacks and what to write to Ada.
 4. In a private window, log in as Ada: Settings > Users & Teams > Ben > Actions > Edit. Switch on what was listed, save.
 5. As Ben, log out and in again, press [bold]Try again[/], grant access.
 6. Choose the product [bold]Offhook exchange[/] and save.
 7. Log in to line {line} with PIN {pin}. Allow the microphone: the browser becomes the telephone.
 8. Gear > Integrations > HubSpot shows the connection.
 9. As Ada, take the rights back. Ben stays connected. (Ada is reminded in her panel: {world.service}/panel/)
10. In another terminal, let Carla call:

       {_ring_command(world)}

    Answer (she speaks), type notes, hang up, choose the outcome, save.
11. Open Carla Reyes: the call is on her timeline, once.
12. Search, dial from the keypad, from Recent, or by clicking a number on the page.

With [bold]8x8 Work[/] instead (Setup > Advanced; extension 1001), a call that no panel saw comes from 8x8's records, and
its recording is played on Carla's timeline:

       {_call_command(world)}

Logs: {world.folder}/*.log      Stop with Ctrl-C.
""",
        highlight=False,
        soft_wrap=True,
    )


def _ring_command(world: World) -> str:
    data = world.folder.resolve() / "offhook"
    settings = f"OFFHOOK_PORT={world.service_port} OFFHOOK_DATA_DIR={data}"
    return f'{settings} {REPOSITORY}/.venv/bin/offhook ring --from "{CARLA_NUMBER}" --line {LINES[0][0]}'


def _call_command(world: World) -> str:
    """What writes a call with Carla into the fake 8x8."""
    return f"""curl {world.eight_by_eight}{CONTROL} -d '{{"number": "+14155550100", "talks": 12, "recorded": true}}'"""


def stay(world: World, console: Console, *, browser: bool) -> None:
    """Until Ctrl-C, or until one of the processes ends."""
    opened = _open_browser(world) if browser else None
    if opened:
        console.print("A browser with the extension has been opened.", style="dim")
    try:
        while all(process.poll() is None for process in world.processes.values()):
            time.sleep(0.5)
        console.print("A process of the demo has ended; see its log.", style="red")
    except KeyboardInterrupt:
        console.print("\nStopped.")
    finally:
        if opened:
            opened.terminate()


def _open_browser(world: World) -> "subprocess.Popen[bytes] | None":
    """A browser window of its own, where there is a screen to show it on."""
    program, extension = _chromium(), extension_folder()
    if not (program and extension and {"DISPLAY", "WAYLAND_DISPLAY"} & surroundings().keys()):
        return None
    profile = tempfile.mkdtemp(prefix="offhook-demo-")
    arguments = [f"--user-data-dir={profile}", f"--load-extension={extension}", "--no-first-run"]
    return subprocess.Popen(  # noqa: S603
        [program, *arguments, f"{world.sandbox}{CONTACTS_PATH}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
