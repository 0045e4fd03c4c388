"""A stranger that must be satisfied: HubSpot's own client for Node, unmodified, pointed at the sandbox."""

import json
import subprocess
from pathlib import Path

import pytest

from hubspot_sandbox.seeds.people import (
    ACORN,
    ADA,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URL,
    REQUIRED_SCOPES,
    SERVICE_KEY,
)
from hubspot_sandbox.testing import RunningSandbox

NODE = Path(__file__).with_name("node")
INSTALLED = NODE / "node_modules" / "@hubspot" / "api-client" / "package.json"


@pytest.fixture(scope="module")
def client() -> Path:
    """The script, with the client that it needs installed beside it."""
    if not INSTALLED.exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=NODE, check=True)
    return NODE / "ask.mjs"


def test_the_official_client_for_node_gets_what_it_expects(sandbox: RunningSandbox, client: Path) -> None:
    code = sandbox.portal.grants.issue_code(
        account_id=ACORN, client_id=CLIENT_ID, email=ADA, scopes=REQUIRED_SCOPES, redirect_uri=REDIRECT_URL
    )
    oauth = {"code": code, "redirectUri": REDIRECT_URL, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    command = ["node", str(client), sandbox.base_url, SERVICE_KEY, json.dumps(oauth)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert ADA in got.pop("owners")
    assert got == {
        "tiedTo": [True],
        "call": ["From Node", True],
        "found": ["ann@node.example"],
        "upserted": [[True, False]],
        "refused": [409, "CONFLICT"],
        "oauth": [1800, True],
    }
