"""HubSpot's own client for Node, unmodified, with properties and segments."""

import json
import subprocess
from pathlib import Path

from hubspot_sandbox.seeds.people import SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox


def test_the_official_client_for_node_keeps_properties_and_segments(sandbox: RunningSandbox, node_folder: Path) -> None:
    command = ["node", str(node_folder / "ask_lists.mjs"), sandbox.base_url, SERVICE_KEY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "property": [True, True, "Our number"],
        "batch": [["crm_number"], 1],
        "taken": [409, "OBJECT_ALREADY_EXISTS"],
        "held": 400,
        "byNumber": True,
        "added": [2, ["999999"]],
        "members": [True],
        "search": [["K-1", "1"]],
        "listsOfRecord": [True, True],
        "gone": 404,
    }
