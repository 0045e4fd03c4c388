"""Waiting for something to become true."""

import time
from collections.abc import Callable

from offhook.demo.story import StepFailed


def wait_until(holds: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Raises StepFailed when it does not hold in time."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise StepFailed(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.2)
