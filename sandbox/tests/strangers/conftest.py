"""Where the strangers that run on Node are installed."""

import fcntl
import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).with_name("node")


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """A folder in which HubSpot's client for Node is installed. Several test processes may want it at once."""
    with (NODE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (NODE / "node_modules" / "@hubspot" / "api-client" / "package.json").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=NODE, check=True)
    return NODE
