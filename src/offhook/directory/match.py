"""Whose number it is. Pure: never guesses, says *several* when it is several.

1. A number is a contact's when one reading of what is written there is the same in E.164. What is written without a
   country code is read in the account's region, and as HubSpot reads it, which knows the contact's country.
2. Where both name an extension it must be the same. Of several contacts behind one number, those whose extension it is
   come alone.
3. Several are ranked: the agent's own first, then those seen last, then by id.
"""

from datetime import datetime

from msgspec import Struct

from offhook.calls.phone_number import PhoneNumber
from offhook.hubspot.contacts import Contact, ContactNumber, has_number

# Digits by which candidates are looked up; any two writings of one number end in the same ones.
TAIL = 7


class Seen(Struct, frozen=True):
    """A contact as HubSpot showed it to us at a time."""

    contact: Contact
    at: datetime


def match(number: PhoneNumber, candidates: tuple[Contact, ...], region: str) -> tuple[Contact, ...]:
    """Those of the candidates whose number it is, in their order."""
    matching = tuple(each for each in candidates if has_number(each, number, region))
    exact = tuple(each for each in matching if number.extension and _names_extension(each, number, region))
    return exact or matching


def _names_extension(contact: Contact, number: PhoneNumber, region: str) -> bool:
    return any(number in each.readings(region) for each in contact.numbers)


def ranked(candidates: tuple[Seen, ...], owner_id: str | None = None) -> tuple[Contact, ...]:
    """The likeliest first. `owner_id`: the asking agent's owner record."""

    def rank(seen: Seen) -> tuple[bool, float, int, str]:
        others = owner_id is None or seen.contact.owner_id != owner_id
        return others, -seen.at.timestamp(), len(seen.contact.id), seen.contact.id

    return tuple(each.contact for each in sorted(candidates, key=rank))


def tail(number: PhoneNumber) -> str:
    return number.e164.lstrip("+")[-TAIL:]


def tails(number: ContactNumber, region: str) -> frozenset[str]:
    """Where a contact's number is found; nothing when it cannot be read as a number."""
    return frozenset(tail(reading) for reading in number.readings(region))
