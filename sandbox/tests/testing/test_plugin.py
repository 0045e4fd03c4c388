"""The fixtures as a stranger's project gets them: a pytest of its own, nothing imported and nothing configured."""

import subprocess
import sys
from pathlib import Path

import pytest

STRANGER = """
import httpx

def test_there_is_a_hubspot(hubspot_sandbox):
    answer = httpx.get(f"{hubspot_sandbox.url}/crm/v3/objects/contacts", headers=hubspot_sandbox.bearer())
    assert len(answer.json()["results"]) == 10

def test_there_is_one_without_a_socket(hubspot_sandbox_in_process):
    with hubspot_sandbox_in_process.client() as client:
        assert len(client.get("/crm/v3/objects/contacts").json()["results"]) == 10
"""
SEEDED = """
import pytest

@pytest.fixture
def hubspot_sandbox_seed():
    return "large:3"

def test_it_holds_what_the_project_says(hubspot_sandbox):
    with hubspot_sandbox.client() as client:
        assert len(client.get("/crm/v3/objects/contacts").json()["results"]) == 3
"""
QUICKLY = [f"-p no:{plugin}" for plugin in ("cacheprovider", "schemathesis", "hypothesispytest", "xdist")]
WITHOUT = """
import sys

def test_nothing_of_it_is_loaded():
    loaded = {name for name in sys.modules if name.split(".")[0] in ("hubspot_sandbox", "litestar", "httpx")}
    assert loaded == {"hubspot_sandbox", "hubspot_sandbox.pytest_plugin"}
"""


@pytest.mark.parametrize(("text", "passed"), [(STRANGER, 2), (SEEDED, 1), (WITHOUT, 1)], ids=["plain", "seed", "without"])
def test_a_strangers_project_passes(tmp_path: Path, text: str, passed: int) -> None:
    (tmp_path / "test_stranger.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers", *QUICKLY, "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert f"{passed} passed" in done.stdout, done.stdout + done.stderr


def test_unittest_has_the_same_by_context_managers(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "import unittest\n"
        "from hubspot_sandbox.testing import ADA, running_sandbox, sandbox_in_process\n\n"
        "class Connecting(unittest.TestCase):\n"
        "    def test_by_server(self):\n"
        "        sandbox = self.enterContext(running_sandbox('empty'))\n"
        "        self.assertTrue(sandbox.grant(sandbox.app(), ADA).access_token)\n\n"
        "    def test_in_process(self):\n"
        "        sandbox = self.enterContext(sandbox_in_process('empty'))\n"
        "        self.assertTrue(sandbox.grant(sandbox.app(), ADA).access_token)\n"
    )
    command = [sys.executable, "-W", "error", "-m", "unittest", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Ran 2 tests" in done.stderr
