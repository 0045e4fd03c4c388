"""A stranger that must be satisfied: HubSpot's pre-release SDK for the dated API, unmodified, pointed at the sandbox."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID, CLIENT_SECRET, REDIRECT_URL, REQUIRED_SCOPES, SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox

HERE = Path(__file__).with_name("dated_sdk")
PYTHON = HERE / ".venv" / "bin" / "python"
READY = HERE / ".venv" / "installed"


@pytest.fixture(scope="module")
def python() -> Path:
    """An interpreter that has the SDK and what it needs, and nothing of ours; made once and kept."""
    if not READY.exists():
        run([sys.executable, "-m", "venv", "--clear", str(HERE / ".venv")])
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(HERE / "requirements.txt")])
        READY.touch()
    return PYTHON


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.skip(f"hubspot-sdk cannot be installed here: {(done.stderr or done.stdout).strip()[-300:]}")


def test_the_dated_sdk_gets_what_it_expects(sandbox: RunningSandbox, python: Path) -> None:
    code = sandbox.portal.grants.issue_code(
        account_id=ACORN, client_id=CLIENT_ID, email=ADA, scopes=REQUIRED_SCOPES, redirect_uri=REDIRECT_URL
    )
    oauth = {"code": code, "redirect_uri": REDIRECT_URL, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    command = [str(python), "-I", str(HERE / "ask.py"), sandbox.base_url, SERVICE_KEY, json.dumps(oauth)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert ADA in got.pop("owners")
    assert got == {
        "contact": [True, "Ann", "(415) 555-0100"],
        "listed": [True],
        "tied": [True],
        "call": ["Dated", True],
        "found": [1, "ann@dated.example"],
        "upserted": ["COMPLETE", True],
        "property": "string",
        "account": ACORN,
        "users": 5,
        "refused": [409, "CONFLICT"],
        "oauth": 415,  # 0.1.0a9 sends JSON where HubSpot's guide wants a form
        "gone": "OBJECT_NOT_FOUND",
    }
