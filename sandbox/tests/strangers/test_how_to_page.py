"""docs/how-to/test-your-hubspot-app.md and the sandbox's README, as a newcomer would type them: what stands there works.

What to do with a block stands behind its language: `start` shows what the command says, `open` is a link, `run` and
`script` are run, `tests` are given to pytest, `install` needs the registry of whoever installs and is left out.
"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubspot_sandbox.testing import ADA, BEN, ConsentRefused, Sandbox

TOP = Path(__file__).parents[3]
PAGE = TOP / "docs/how-to/test-your-hubspot-app.md"
TEXTS = (PAGE.read_text(), (TOP / "sandbox/README.md").read_text())
BLOCK = re.compile(r"^```(?P<words>[^\n]+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 120
QUIETLY = [f"-p no:{plugin}" for plugin in ("cacheprovider", "schemathesis", "hypothesispytest", "xdist")]


def blocks(words: str) -> list[str]:
    return [found["code"] for text in TEXTS for found in BLOCK.finditer(text) if found["words"] == words]


class Newcomer:
    """Somebody with the page, a shell, and a sandbox that runs on a port of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        programs = str(Path(sys.executable).parent)  # where `hubspot-sandbox` is
        self.environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}

    def here(self, text: str) -> str:
        return text.replace("8700", str(self.port))

    def write(self, name: str, code: str) -> Path:
        path = self.folder / name
        path.write_text(self.here(code))
        return path

    def run(self, *command: str) -> str:
        """What it says; it must succeed."""
        asked = {"capture_output": True, "text": True, "timeout": SECONDS, "check": False}
        done = subprocess.run(command, cwd=self.folder, env=self.environment, **asked)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return str(done.stdout)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """She has started the sandbox and read what it says."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        made = Newcomer(tmp_path_factory.mktemp("newcomer"), probe.getsockname()[1])
    command = ["hubspot-sandbox", "--port", str(made.port)]
    with subprocess.Popen(command, env=made.environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            [shown] = blocks("text start")
            assert process.stdout
            assert [next(process.stdout) for _ in shown.splitlines()] == made.here(shown).splitlines(keepends=True)
            yield made
        finally:
            process.terminate()


def test_every_block_says_what_becomes_of_it() -> None:
    known = {"sh install", "text start", "text open", "sh run", "python script", "js script", "python tests"}
    assert {found["words"] for found in BLOCK.finditer(TEXTS[0])} == known


@pytest.mark.parametrize("code", blocks("sh run"))
def test_its_commands_work(newcomer: Newcomer, code: str) -> None:
    assert "{" in newcomer.run("bash", "-euc", newcomer.here(code).replace("curl -s", "curl -sS --fail-with-body"))


def test_its_link_leads_to_consent(newcomer: Newcomer) -> None:
    [link] = map(newcomer.here, blocks("text open"))
    for code in blocks("sh run"):  # one of them registers the app
        newcomer.run("bash", "-euc", newcomer.here(code))
    sandbox = Sandbox(f"http://127.0.0.1:{newcomer.port}")
    assert sandbox.consent(link.strip(), ADA).startswith("http://localhost:3000/oauth/callback?code=")
    with pytest.raises(ConsentRefused, match="App Marketplace access"):
        sandbox.consent(link.strip(), BEN)


@pytest.mark.parametrize("code", blocks("python script"))
def test_its_python_works(newcomer: Newcomer, code: str) -> None:
    newcomer.run(sys.executable, str(newcomer.write("script.py", code)))


@pytest.mark.parametrize("code", blocks("js script"))
def test_its_javascript_works(newcomer: Newcomer, node_folder: Path, code: str) -> None:
    packages = newcomer.folder / "node_modules"
    if not packages.exists():
        packages.symlink_to(node_folder / "node_modules")
    assert newcomer.run("node", str(newcomer.write("script.mjs", code))).strip()


def test_its_tests_pass(newcomer: Newcomer) -> None:
    tests = blocks("python tests")
    for number, code in enumerate(tests):
        newcomer.write(f"test_{number}.py", code)
    said = newcomer.run(sys.executable, "-m", "pytest", "-q", "-W", "error", *QUIETLY, "-p", "no:anyio", ".")
    assert f"{sum(code.count('def test_') for code in tests)} passed" in said
