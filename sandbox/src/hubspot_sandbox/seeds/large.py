"""The demo's people with as many contacts as asked for, to see how a program does in a large account.

The contacts are always the same: the nth has the address `c{n}@firm….example` and a United States number that nobody
else has. They are loaded, not created: no webhook hears of them.
"""

from collections.abc import Iterator

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN

AREAS = ("212", "312", "415", "503", "617", "702", "206", "305", "404", "512")
FIRST_NAMES, LAST_NAMES, FIRMS = 2_000, 20_000, 50_000


def plant(portal: Portal, contacts: int) -> None:
    portal.records.load(ACORN, "contacts", _contacts(contacts))


def _contacts(count: int) -> Iterator[dict[str, str]]:
    return (contact(place) for place in range(count))


def contact(place: int) -> dict[str, str]:
    """The nth contact, counted from 0."""
    return {
        "firstname": f"First{place % FIRST_NAMES}",
        "lastname": f"Last{place // 7 % LAST_NAMES}",
        "email": f"c{place}@firm{place % FIRMS}.example",
        "phone": f"+1 {AREAS[place % 10]} {200 + place // 100_000 % 700} {place // 10 % 10_000:04}",
        "company": f"Firm {place % FIRMS}",
    }
