"""Seeds: what a fresh portal holds. The named people, contacts and keys are part of the sandbox's promise."""

from collections.abc import Callable

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import demo, people


def _empty(portal: Portal) -> None:
    """Accounts, people, app and service key, and not one record."""
    people.plant(portal)


def _demo(portal: Portal) -> None:
    people.plant(portal)
    demo.plant(portal)


SEEDS: dict[str, Callable[[Portal], None]] = {"empty": _empty, "demo": _demo}


def plant(portal: Portal, seed: str) -> None:
    """Fill a wiped portal, in one transaction.

    :raises KeyError: no such seed
    """
    sow = SEEDS[seed]
    with portal.store.transaction():
        sow(portal)
