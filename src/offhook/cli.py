"""The command line: serve, work, migrate, doctor, ring, replay, hubspot-app, demo.

Rooms are imported where they are used, so that `offhook --help` does not wait for them.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cyclopts import App, Parameter

from offhook import __version__
from offhook.errors import ConfigurationError
from offhook.settings import Settings, from_environment, require_hubspot_app

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

app = App(
    name="offhook",
    help="The phone panel inside HubSpot that anyone can run themselves.",
    version=__version__,
    version_flags=["--version"],
)

# By name, so that it is loaded only when it is wanted.
app.command(
    "offhook.hubspot_app.commands:app",
    name="hubspot-app",
    help="The app in HubSpot that this installation needs: write its project, check it, show it.",
)

# How long a node that is told to stop may take for the requests that are under way, in seconds.
GRACE = 10


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a setting that is wrong is a sentence, not a traceback."""
    try:
        app(sys.argv[1:] if arguments is None else arguments)
    except ConfigurationError as error:
        print(f"offhook: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _run(work: Callable[[], Awaitable[T]]) -> T:
    try:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_awaited(work))
    except ImportError:  # not on Windows
        return asyncio.run(_awaited(work))


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def _settings() -> Settings:
    from offhook.logs import configure

    settings = from_environment()
    configure(settings.log_level, settings.log_format)
    return settings


@app.command
def serve() -> None:
    """Run the service. All settings are OFFHOOK_… variables (docs/reference/settings.md)."""
    from offhook.serving import serve as run

    _run(lambda: run(require_hubspot_app(_settings()), GRACE))


@app.command
def work() -> None:
    """Run only the worker: calls are logged, nothing is served. For a second node on PostgreSQL."""
    from offhook.serving import work as run

    _run(lambda: run(require_hubspot_app(_settings())))


@app.command
def migrate() -> None:
    """Bring the database up to date. `serve` does so by itself; this is for those who want it apart."""
    from offhook.database import Database
    from offhook.database import migrate as bring_up_to_date

    async def run() -> bool:
        database = Database(_settings().database)
        try:
            return await bring_up_to_date(database)
        finally:
            await database.close()

    print("The database is brought up to date." if _run(run) else "The database was up to date.")


@app.command
def doctor(
    agent: str | None = None,
    *,
    project: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> None:
    """Say what works, what does not, who can change it, and how. Exit code 1 when something that is needed fails.

    Parameters
    ----------
    agent
        An e-mail address, for everything between that agent and a logged call.
    project
        The app's developer project, compared as `hubspot-app check` does; else that of OFFHOOK_HUBSPOT_APP_PROJECT.
    as_json
        The whole reports, as docs/reference/doctor.md describes them.
    """
    from dataclasses import replace

    from offhook import doctoring
    from offhook.bootstrap import examine

    settings = _settings()
    if project:
        settings = replace(settings, hubspot_app_project=project)
    examined = _run(lambda: examine(settings, agent))
    print(doctoring.as_json(examined) if as_json else doctoring.as_text(examined))
    raise SystemExit(doctoring.exit_code(examined))


@app.command
def ring(
    *,
    from_: Annotated[str, Parameter(name="--from")],
    line: str,
    name: str = "",
    hang_up_after: float | None = None,
) -> None:
    """Make the embedded exchange ring, as if somebody called.

    Parameters
    ----------
    from_
        The caller's number in any writing; `anonymous` for none.
    line
        The line that rings.
    name
        The caller's name as the phone network would show it.
    hang_up_after
        Seconds after which the caller gives up; otherwise the exchange's own limit counts.
    """
    import time

    answer = _ask_service("/api/operator/ring", {"caller": from_, "line": line, "name": name})
    print(f"Line {line} rings (call {answer['call']}).")
    if hang_up_after is not None:
        time.sleep(hang_up_after)
        _ask_service(f"/api/operator/calls/{answer['call']}/hang-up", {})
        print("The caller has hung up.")


@app.command
def replay() -> None:
    """Handle again the deliveries that could not be handled when they came."""
    from offhook.bootstrap import replay as run

    count = _run(lambda: run(_settings()))
    many = "One delivery is" if count == 1 else f"{count} deliveries are"
    print(f"{many} handled again." if count else "There is nothing to handle again.")


@app.command
def demo(
    *,
    autoplay: bool = False,
    report: Path | None = None,
    keep: bool = False,
    browser: bool = True,
    folder: Path = Path(".run/demo"),
) -> None:
    """Everything on one machine: a HubSpot sandbox, the service, its exchange, and people to play.

    Parameters
    ----------
    autoplay
        Play the whole story without a person, in a headless browser; exit 0 only if each step held.
    report
        Write the story as JSON lines {step, ok, seconds, detail}.
    keep
        Go on with the data of the last time.
    browser
        Open a browser with the extension when there is one.
    folder
        Where the demo keeps its data and logs.
    """
    from offhook.demo.tour import run

    raise SystemExit(run(folder, autoplay=autoplay, report=report, keep=keep, browser=browser))


def _ask_service(path: str, body: dict[str, object]) -> dict[str, Any]:
    import httpx

    from offhook.web.operator_token import operator_token_of

    settings = _settings()
    try:
        answer = httpx.post(
            f"http://127.0.0.1:{settings.port}{path}",
            json=body,
            headers={"Authorization": f"Bearer {operator_token_of(settings)}"},
            timeout=10,
        )
    except httpx.HTTPError as error:
        raise ConfigurationError(
            f"No service answers on port {settings.port}. Start it with `offhook serve` or `make demo`, "
            "and use the same OFFHOOK_… settings here."
        ) from error
    return _answered(answer)


def _answered(answer: "httpx.Response") -> dict[str, Any]:
    if answer.is_success:
        return dict(answer.json()) if answer.content else {}
    try:
        says = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        says = f"What answers at {answer.url} is not Offhook."
    print(f"offhook: {says}", file=sys.stderr)
    raise SystemExit(1)
