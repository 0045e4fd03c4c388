"""Seeds: what a fresh portal holds. The named people, contacts and keys are part of the sandbox's promise."""

from collections.abc import Callable

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import demo, large, people


def _empty(portal: Portal) -> None:
    """Accounts, people, app and service key, and not one record."""
    people.plant(portal)


def _demo(portal: Portal) -> None:
    people.plant(portal)
    demo.plant(portal)


SEEDS: dict[str, Callable[[Portal], None]] = {"empty": _empty, "demo": _demo}
LARGE, MOST_CONTACTS = "large", 5_000_000
NAMES = f"{', '.join(sorted(SEEDS))}, {LARGE}:N with N contacts from 1 to {MOST_CONTACTS}"


def is_seed(seed: str) -> bool:
    """Whether there is such a seed: `demo`, `empty`, `large:250000`."""
    return seed in SEEDS or _contacts(seed) > 0


def plant(portal: Portal, seed: str) -> None:
    """Fill a wiped portal, in one transaction; apps of developer projects are in it again.

    :raises KeyError: no such seed
    """
    contacts = _contacts(seed)
    sow = SEEDS["empty" if contacts else seed]
    with portal.store.transaction():
        sow(portal)
        if contacts:
            large.plant(portal, contacts)
        for app in portal.project_apps.values():
            portal.apps.save(app)


def _contacts(seed: str) -> int:
    """How many contacts a large seed has; 0 for anything else."""
    name, _, count = seed.partition(":")
    fits = name == LARGE and count.isascii() and count.isdecimal() and len(count) <= len(str(MOST_CONTACTS))
    return int(count) if fits and int(count) <= MOST_CONTACTS else 0
