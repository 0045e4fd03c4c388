"""`python -m offhook.demo.eight_by_eight --port N`: the fake 8x8 of the demo, on this machine only, until it is ended."""

import argparse
import threading
import time
from datetime import UTC, datetime, timedelta

from offhook.demo.eight_by_eight.ledger import Ledger
from offhook.demo.eight_by_eight.played import PlayedFake8x8

# Whom 8x8 lists at which extension: the agents of the sandbox's Acorn Supplies.
AGENTS = {"1001": ("Ben", "Bright"), "1002": ("Cleo", "Costa")}
LATE = timedelta(seconds=1)


def fake() -> PlayedFake8x8:
    """Its ids go on where the last one's ended: after a restart, another call must not have the name of an old one."""
    ledger = Ledger(LATE, first_id=time.time_ns() // 1_000_000)
    return PlayedFake8x8(lambda: datetime.now(UTC), ledger, agents=AGENTS)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m offhook.demo.eight_by_eight", description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    with fake().serving(arguments.parse_args().port) as address:
        print(f"A fake 8x8 listens on {address}.", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
