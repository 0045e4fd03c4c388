import json
from collections.abc import Callable
from typing import Any

import msgspec
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from offhook.calls.phone_number import PhoneNumber, parse
from offhook.hubspot import contacts
from offhook.hubspot.contacts import Contact, ContactNumber, NewContact, contact_of, has_number
from offhook.hubspot.wire import Record

NUMBER = PhoneNumber("+14155550100")


def contact(*numbers: str, international: str | None = None) -> Contact:
    return Contact("1", numbers=tuple(ContactNumber("phone", each, international) for each in numbers))


@pytest.mark.parametrize(
    "written",
    [
        "+1 415 555 0100",
        "(415) 555-0100",
        "415.555.0100",
        "1-415-555-0100",
        "+1 (415) 555-0100 ext. 12",
        "tel:+1-415-555-0100",
    ],
)
def test_it_knows_its_number_in_any_writing(written: str) -> None:
    assert has_number(contact("+49 30 123456", written), NUMBER, "US")


@pytest.mark.parametrize("written", ["+1 415 555 0101", "+44 415 555 0100", "555-0100", "n/a", "", "14155550100145"])
def test_it_is_not_taken_in_by_what_only_looks_alike(written: str) -> None:
    assert not has_number(contact(written), NUMBER, "US")


def test_a_number_without_country_code_is_read_in_the_region() -> None:
    assert has_number(contact("030 123456"), PhoneNumber("+4930123456"), "DE")
    assert not has_number(contact("030 123456"), PhoneNumber("+4930123456"), "US")


def test_hubspots_own_reading_counts_because_it_knows_the_contacts_country() -> None:
    assert has_number(contact("020 7946 0958", international="+442079460958"), PhoneNumber("+442079460958"), "US")


@pytest.mark.parametrize(
    ("written", "extension", "same"),
    [
        ("+14155550100 ext. 12", "12", True),
        ("+14155550100 ext. 12", "13", False),
        ("+14155550100", "12", True),
        ("+14155550100 x12", "", True),
    ],
)
def test_two_extensions_must_be_the_same_and_one_may_be_missing(written: str, extension: str, same: bool) -> None:
    assert (
        has_number(contact(written, international="+14155550100"), PhoneNumber("+14155550100", extension), "US") is same
    )


def numbers_of(region: str, tail: int) -> tuple[str, phonenumbers.PhoneNumber]:
    """A possible number of a country: its example with other last digits."""
    example = phonenumbers.example_number(region)
    assert example is not None
    digits = phonenumbers.national_significant_number(example)
    return region, phonenumbers.parse(f"+{example.country_code}{digits[:-6]}{tail:06d}")


regions = st.sampled_from(["US", "GB", "DE", "FR", "IT", "JP", "BR", "AU", "IN", "CH"])
forms = st.sampled_from(
    [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.RFC3966]
)


@given(st.builds(numbers_of, regions, st.integers(0, 999_999)), forms)
def test_whatever_parse_reads_is_matched(number: tuple[str, phonenumbers.PhoneNumber], form: int) -> None:
    region, parsed = number
    written = phonenumbers.format_number(parsed, form)
    read = parse(written, region)
    assert isinstance(read, PhoneNumber)
    assert has_number(contact(written), read, region)
    neighbour = PhoneNumber(read.e164[:-1] + str((int(read.e164[-1]) + 1) % 10))
    assert not has_number(contact(written), neighbour, region)


@given(st.text(max_size=90), st.text(max_size=20))
def test_no_writing_is_too_strange(written: str, international: str) -> None:
    assert has_number(contact(written, international=international), NUMBER, "US") in (True, False)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (Contact("1", "Maria", "Lopez", "m@x.test"), "Maria Lopez"),
        (Contact("1", "", "Lopez"), "Lopez"),
        (Contact("1", email="m@x.test", numbers=(ContactNumber("phone", "+1"),)), "m@x.test"),
        (contact("(415) 555-0100"), "(415) 555-0100"),
        (Contact("1"), "Contact 1"),
    ],
)
def test_a_contact_always_has_a_name(found: Contact, name: str) -> None:
    assert found.name == name


def test_a_record_becomes_a_contact(record: Callable[..., dict[str, Any]]) -> None:
    written = record(
        "51",
        firstname="Maria",
        lastname=None,
        email="maria@x.test",
        company="X Ltd",
        associatedcompanyid="900",
        hubspot_owner_id="61",
        phone="(415) 555-0100",
        mobilephone="",
        hs_calculated_phone_number="+14155550100",
    )
    assert contact_of(msgspec.convert(written, Record)) == Contact(
        "51",
        "Maria",
        "",
        "maria@x.test",
        "X Ltd",
        "900",
        "61",
        (ContactNumber("phone", "(415) 555-0100", "+14155550100"),),
    )


def test_numbers_are_searched_for_as_hubspot_indexes_them() -> None:
    body = json.loads(contacts.by_number(NUMBER).content or b"")
    assert [tuple(each["filters"][0].values()) for each in body["filterGroups"]] == [
        ("hs_searchable_calculated_phone_number", "EQ", "4155550100"),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", "*4155550100"),
        ("hs_searchable_calculated_mobile_number", "CONTAINS_TOKEN", "*4155550100"),
        ("phone", "EQ", "+14155550100"),
        ("mobilephone", "EQ", "+14155550100"),
    ]
    assert body["limit"] == 200
    assert len(body["filterGroups"]) <= 5, "HubSpot takes no more groups"


@pytest.mark.parametrize(
    ("text", "digits"),
    [("555-01", "55501"), ("(415)", "415"), ("12", None), ("+1 415", None), ("Lopez", None), ("1" * 16, None)],
)
def test_a_part_of_a_number_is_recognised(text: str, digits: str | None) -> None:
    assert contacts.part_of_number(text) == digits


def test_a_new_contact_says_nothing_about_marketing() -> None:
    new = NewContact("Maria", "", None, PhoneNumber("+14155550100", "12"))
    assert json.loads(contacts.creation(new).content or b"") == {
        "properties": {"firstname": "Maria", "phone": "+14155550100 ext. 12"}
    }


def test_an_address_with_slashes_stays_in_its_place() -> None:
    path = contacts.by_email("a/../b@x.test").path
    assert path.startswith("/crm/objects/2026-09/contacts/a%2F..%2Fb@x.test?idProperty=email&")


def test_pages_have_addresses() -> None:
    app = "https://app.hubspot.com"
    assert contacts.contact_url(app, 111, "51") == "https://app.hubspot.com/contacts/111/record/0-1/51"
    assert contacts.contacts_url(app, 111) == "https://app.hubspot.com/contacts/111/objects/0-1/views/all/list"
