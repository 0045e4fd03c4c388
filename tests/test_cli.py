"""The real command line, in processes of its own."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
import structlog
from tests.real_service import RealService, settings_for

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook import __version__
from offhook.cli import main
from offhook.settings import Settings, surroundings, variable

START_SECONDS = 30
Run = Callable[..., tuple[int, str, str]]
Serving = tuple[RealService, asyncio.subprocess.Process]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def settings(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(sandbox, tmp_path_factory.mktemp("cli"))


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The settings as variables."""
    given: dict[str, str] = {}
    for each in fields(Settings):
        value = getattr(settings, each.name)
        if value != each.default:
            given[variable(each.name)] = ",".join(value) if isinstance(value, tuple) else str(value)
    return surroundings() | given | more


def offhook(given: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """Run a command to its end in a process: exit code, what it printed, and what it said on the side."""
    command = [sys.executable, "-m", "offhook", *arguments]
    done = subprocess.run(command, env=dict(given), capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """The same in this process, which need not load everything first."""
    logs = structlog.get_config()

    def run(given: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        code = ended.value.code
        return code if isinstance(code, int) else 0, said.out, said.err

    yield run
    structlog.configure(**logs)


@asynccontextmanager
async def serving(settings: Settings, sandbox: RunningSandbox) -> AsyncIterator[Serving]:
    """A real `offhook serve`, as soon as it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "offhook", "serve", env=environment(settings), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    try:
        async with asyncio.timeout(START_SECONDS):
            async for line in process.stderr:
                if b"Offhook is ready" in line:
                    break
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=20) as http:
            yield RealService(settings, sandbox, http), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_service_that_is_told_to_stop_finishes_what_it_has_in_hand(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    async with serving(settings, sandbox) as (service, process):
        assert (await service.http.get("/health/ready")).status_code == 200
        ada = await service.connect(people.ADA)
        await ada.log_in("201")
        code, said, _ = await asyncio.to_thread(
            offhook, environment(settings), "ring", "--from", demo.CARLA_NUMBER, "--line", "201"
        )
        assert (code, "Line 201 rings" in said) == (0, True)
        call = await ada.call("ringing")
        ring = ("ring", "--from", "anonymous", "--line", "204", "--hang-up-after", "0")
        code, said, _ = await asyncio.to_thread(offhook, environment(settings), *ring)
        assert (code, said.splitlines()[-1]) == (0, "The caller has hung up.")
        slow = {"method": "POST", "path": "/crm/objects/2026-09/calls", "delay_seconds": 1.0}
        sandbox.control("POST", "/faults", slow)
        await ada.do("POST", f"/api/calls/{call['id']}/decline")
        while sandbox.control("GET", "/faults"):  # until HubSpot was asked
            await ada.get("/api/panel")
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        async with asyncio.timeout(20):
            last_words = (await process.stderr.read()).decode()
            assert await process.wait() == 0
        assert "Traceback" not in last_words
        entries = await service.engagements(demo.CARLA_EMAIL)
        assert [each["hs_call_external_id"] for each in entries] == [call["id"]]


def test_without_a_service_nothing_rings(settings: Settings, here: Run) -> None:
    code, _, said = here(environment(settings), "ring", "--from", "x", "--line", "201")
    assert code == 2
    assert f"No service answers on port {settings.port}" in said


def test_something_else_on_the_port_is_not_taken_for_offhook(
    settings: Settings, sandbox: RunningSandbox, here: Run
) -> None:
    port = sandbox.base_url.rpartition(":")[2]
    code, said, wrong = here(environment(settings, OFFHOOK_PORT=port), "ring", "--from", "x", "--line", "201")
    assert (code, said) == (1, "")
    assert "is not Offhook" in wrong


def test_the_doctor_speaks_json_and_plainly(settings: Settings, here: Run) -> None:
    code, said, _ = here(environment(settings), "doctor", "--json")
    told = json.loads(said)
    [examined] = told["reports"]
    assert (code, told["ok"], told["version"]) == (1, False, __version__), "no service runs"
    assert (examined["agent"], examined["account_id"]) == (None, None)
    assert {*examined["report"]["checks"][0]} == {"name", "state", "says", "remedy", "who", "part", "minor"}
    code, said, _ = here(environment(settings), "doctor", "nobody@acorn.example")
    assert (code, "✗ Agent: Nobody" in said, "(the agent)" in said) == (1, True, True)


async def test_the_doctor_is_content_when_everything_that_is_needed_works(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    async with serving(settings, sandbox) as (service, _):
        ada = await service.connect(people.ADA)
        await ada.log_in("202")
        code, said, _ = await asyncio.to_thread(offhook, environment(settings), "doctor", people.ADA)
        assert code == 0, said
        assert "No trouble found" in said
        code, said, _ = await asyncio.to_thread(offhook, environment(settings), "doctor", people.ADA, "--json")
        assert (code, json.loads(said)["reports"][0]["report"]) == (0, await ada.get("/api/diagnosis"))


def test_the_doctor_looks_at_the_developer_project_too(settings: Settings, tmp_path: Path, here: Run) -> None:
    given, project = environment(settings), str(tmp_path / "project")
    here(given, "hubspot-app", "init", project)

    def found() -> set[tuple[str, str]]:
        told = json.loads(here(given, "doctor", "--project", project, "--json")[1])
        checks = told["reports"][0]["report"]["checks"]
        return {(each["name"], each["state"]) for each in checks}

    assert {("Redirect URL", "pass"), ("Scopes", "pass")} <= found()
    given["OFFHOOK_BASE_URL"] = "https://elsewhere.example.com"
    assert ("Redirect URL", "fail") in found()


def test_migrate_and_replay_say_what_they_did(settings: Settings, tmp_path: Path, here: Run) -> None:
    given = environment(settings, OFFHOOK_DATA_DIR=str(tmp_path))
    assert here(given, "migrate")[1] == "The database is brought up to date.\n"
    assert here(given, "migrate")[1] == "The database was up to date.\n"
    assert here(given, "replay")[1] == "There is nothing to handle again.\n"


@pytest.mark.parametrize(
    ("given", "arguments", "says"),
    [
        ({"OFFHOOK_COLOUR": "red"}, ("serve",), "No such setting: OFFHOOK_COLOUR"),
        ({}, ("serve",), "OFFHOOK_HUBSPOT_CLIENT_ID"),
        ({}, ("work",), "OFFHOOK_HUBSPOT_CLIENT_ID"),
        ({"OFFHOOK_PORT": "x"}, ("doctor",), "OFFHOOK_PORT must be a number"),
    ],
)
def test_a_setting_that_is_wrong_is_a_sentence_and_not_a_traceback(
    given: dict[str, str], arguments: tuple[str, ...], says: str, here: Run
) -> None:
    code, _, said = here(given, *arguments)
    assert (code, says in said) == (2, True)


def test_it_says_its_version_and_its_commands() -> None:
    assert offhook(surroundings(), "--version")[1].strip() == __version__
    help_text = offhook(surroundings(), "--help")[1]
    for command in ("serve", "work", "migrate", "doctor", "ring", "replay", "hubspot-app", "demo"):
        assert command in help_text
