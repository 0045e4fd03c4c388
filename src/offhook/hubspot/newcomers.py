"""Contacts that were created here a moment ago, which HubSpot's search may not show yet. Pure; time is an argument.

Without them a second click, or a colleague on the same call, would make the same contact again.
"""

from offhook.calls.phone_number import PhoneNumber
from offhook.hubspot.contacts import Contact, has_number

# Search is up to half a minute behind: https://github.com/solspace/craft-freeform/issues/2500
KEPT = 120.0


class Newcomers:
    """One process's newest contacts, by account. Times are seconds of a steady clock."""

    def __init__(self) -> None:
        self._created: list[tuple[float, int, Contact]] = []

    def add(self, account_id: int, contact: Contact, at: float) -> None:
        self._created = [each for each in self._created if each[0] > at - KEPT]
        self._created.append((at, account_id, contact))

    def with_number(self, account_id: int, number: PhoneNumber, region: str, at: float) -> tuple[Contact, ...]:
        """The newest contacts of this account that have the number."""
        return tuple(
            contact
            for created_at, account, contact in self._created
            if account == account_id and created_at > at - KEPT and has_number(contact, number, region)
        )
