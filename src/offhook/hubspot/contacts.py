"""Contacts: the values, what HubSpot is asked for them, and whose number a number is. Pure.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
"""

import re
from urllib.parse import quote

from msgspec import Struct

from offhook.calls.phone_number import PhoneNumber, parse
from offhook.hubspot.wire import OBJECTS, Record, Records, Request, one_record, record_path, search, where, with_query

# Phone properties → our label, and HubSpot's own reading of each in international form (it knows the contact's country).
PHONES = {
    "phone": ("phone", "hs_calculated_phone_number"),
    "mobilephone": ("mobile", "hs_calculated_mobile_number"),
}
PROPERTIES = (
    "firstname",
    "lastname",
    "email",
    "company",
    "hubspot_owner_id",
    "associatedcompanyid",  # the primary company's id, which a search can give too, unlike associations
    *PHONES,
    *(calculated for _, calculated in PHONES.values()),
)
MOST = 200  # HubSpot's largest page; a number that more contacts share tells nothing about who calls
MAX_TEXT = 200  # of HubSpot's 3,000; nobody types more


class ContactNumber(Struct, frozen=True):
    """A number as it was written. `international`: HubSpot's own reading of it, when it has one."""

    label: str
    number: str
    international: str | None = None

    def readings(self, region: str) -> frozenset[PhoneNumber]:
        """What the writing can mean: as HubSpot reads it, and as we do in the account's region."""
        ways = (parse(self.number, region), parse(self.international or ""))
        extension = next((way.extension for way in ways if isinstance(way, PhoneNumber) and way.extension), "")
        return frozenset(PhoneNumber(way.e164, extension) for way in ways if isinstance(way, PhoneNumber))


class Contact(Struct, frozen=True):
    """A contact as HubSpot has it. `company` is what is written there, `company_id` the primary company's record."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    company: str | None = None
    company_id: str | None = None
    owner_id: str | None = None
    numbers: tuple[ContactNumber, ...] = ()

    @property
    def name(self) -> str:
        """What the contact is called: the name, else the e-mail address, else a number."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.email or next((each.number for each in self.numbers), f"Contact {self.id}")


class NewContact(Struct, frozen=True):
    """A contact to create."""

    first_name: str
    last_name: str
    email: str | None
    number: PhoneNumber


def has_number(contact: Contact, number: PhoneNumber, region: str) -> bool:
    """Whether the number is really one of the contact's: HubSpot's search finds more than it should.

    Where both name an extension, it must be the same; where one names none, the number before it decides.
    """
    return any(_same(reading, number) for each in contact.numbers for reading in each.readings(region))


def _same(one: PhoneNumber, other: PhoneNumber) -> bool:
    extensions = {one.extension, other.extension} - {""}
    return one.e164 == other.e164 and len(extensions) < 2


def contact_of(record: Record) -> Contact:
    return Contact(
        record.id,
        record.value("firstname") or "",
        record.value("lastname") or "",
        record.value("email"),
        record.value("company"),
        record.value("associatedcompanyid"),
        record.value("hubspot_owner_id"),
        tuple(
            ContactNumber(label, written, record.value(calculated))
            for name, (label, calculated) in PHONES.items()
            if (written := record.value(name))
        ),
    )


def contacts_of(records: Records) -> tuple[Contact, ...]:
    return tuple(contact_of(record) for record in records.results)


# What HubSpot is asked.


def by_number(number: PhoneNumber) -> Request[Records]:
    """As HubSpot indexes numbers: without the country code. Finds too many; verify with `has_number`."""
    national = number.national_digits
    groups = (
        (where("hs_searchable_calculated_phone_number", "EQ", national),),
        (where("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", f"*{national}"),),
        (where("hs_searchable_calculated_mobile_number", "CONTAINS_TOKEN", f"*{national}"),),
        *_plain_groups(number),
    )
    return search("contacts", PROPERTIES, groups=groups, limit=MOST)


def by_plain_number(number: PhoneNumber) -> Request[Records]:
    """For accounts in which HubSpot refuses a filter on the calculated properties."""
    return search("contacts", PROPERTIES, groups=_plain_groups(number), limit=MOST)


def _plain_groups(number: PhoneNumber) -> tuple[tuple[dict[str, str], ...], ...]:
    return tuple((where(name, "EQ", number.e164),) for name in PHONES)


def by_text(text: str, limit: int) -> Request[Records]:
    """By name, e-mail address, company or number as it is written: HubSpot's default text properties."""
    return search("contacts", PROPERTIES, text=text, limit=limit)


def by_digits(digits: str, limit: int) -> Request[Records]:
    """By a part of a number."""
    names = ("hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number")
    groups = tuple((where(name, "CONTAINS_TOKEN", f"*{digits}*"),) for name in names)
    return search("contacts", PROPERTIES, groups=groups, limit=limit)


def part_of_number(text: str) -> str | None:
    """The digits, when the text can be a part of a number; a country code is none of it."""
    digits = re.sub(r"\D", "", text)
    return digits if re.fullmatch(r"[\d\s().\-/]+", text) and 3 <= len(digits) <= 15 else None


def by_id(contact_id: str) -> Request[Record]:
    """Raises HubSpotNotFound."""
    return one_record("GET", with_query(record_path("contacts", contact_id), properties=",".join(PROPERTIES)))


def by_email(email: str) -> Request[Record]:
    """Not through search: this one sees a contact that was made a moment ago."""
    path = f"{OBJECTS}/contacts/{quote(email, safe='@')}"
    return one_record("GET", with_query(path, idProperty="email", properties=",".join(PROPERTIES)))


def creation(new: NewContact) -> Request[Record]:
    """Whether it is a marketing contact is left to HubSpot, whose default is no: marketing contacts cost money."""
    number = f"{new.number.e164} ext. {new.number.extension}" if new.number.extension else new.number.e164
    given = {"firstname": new.first_name, "lastname": new.last_name, "email": new.email, "phone": number}
    body = {"properties": {name: value for name, value in given.items() if value}}
    return one_record("POST", f"{OBJECTS}/contacts", body)


# Addresses of HubSpot's pages. 0-1 is the type id of contacts.


def contact_url(app_url: str, account_id: int, contact_id: str) -> str:
    return f"{app_url}/contacts/{account_id}/record/0-1/{contact_id}"


def contacts_url(app_url: str, account_id: int) -> str:
    return f"{app_url}/contacts/{account_id}/objects/0-1/views/all/list"
