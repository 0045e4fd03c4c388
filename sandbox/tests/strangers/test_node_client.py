"""A stranger that must be satisfied: HubSpot's own client for Node, unmodified, pointed at the sandbox."""

import json
import subprocess
from pathlib import Path

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


def test_the_official_client_for_node_gets_what_it_expects(sandbox: RunningSandbox, node_folder: Path) -> None:
    code = sandbox.portal.grants.issue_code(
        account_id=ACORN, client_id=CLIENT_ID, email=ADA, scopes=REQUIRED_SCOPES, redirect_uri=REDIRECT_URL
    )
    oauth = {"code": code, "redirectUri": REDIRECT_URL, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    command = ["node", str(node_folder / "ask.mjs"), sandbox.base_url, SERVICE_KEY, json.dumps(oauth)]
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
