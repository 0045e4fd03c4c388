"""HubSpot's calculated phone numbers."""

import phonenumbers
import pytest

from hubspot_sandbox.phones import calculate
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN


@pytest.mark.parametrize(
    ("text", "country", "searchable", "international"),
    [
        ("+1 415 555 0100", "", "4155550100", "+14155550100"),
        ("(415) 555-0100", "United States", "4155550100", "+14155550100"),
        ("415.555.0100 x12", "", "4155550100", "+14155550100"),
        ("(415) 555-0100 ext. 5", "", "4155550100", "+14155550100"),
        ("001 415 555 0100", "", "4155550100", "+14155550100"),
        ("1-800-FLOWERS", "", "8003569377", "+18003569377"),
        ("020 7946 0018", "United Kingdom", "2079460018", "+442079460018"),
        ("0044 20 7946 0018", "", "2079460018", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "2079460018", "+442079460018"),
        ("02 5550 1234", "Italy", "0255501234", "+390255501234"),
        ("00004", "", "4", ""),
        ("12", "", "12", ""),
        ("", "", "", ""),
        ("call me", "", "", ""),
        ("☎" * 500, "", "", ""),
    ],
)
def test_calculated_numbers(text: str, country: str, searchable: str, international: str) -> None:
    found = calculate(text, country)
    assert (found.searchable, found.international) == (searchable, international)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("+1 415 555 0100", "415"),
        ("+1 416 555 0123", "416"),
        ("+1 242 356 7890", "242"),
        ("1-800-FLOWERS", ""),
        ("+1 900 555 0100", ""),
        ("+1 999 555 0100", ""),
        ("+44 20 7946 0018", "20"),
        ("+39 02 5550 1234", "02"),
    ],
)
def test_the_area_code_is_the_librarys(text: str, area: str) -> None:
    assert calculate(text).area_code == area
    assert phonenumbers.length_of_geographical_area_code(phonenumbers.parse(text, "US")) == len(area)


def test_contacts_get_their_numbers_on_every_write(portal: Portal) -> None:
    record = portal.records.create(ACORN, "contacts", {"phone": "00004", "mobilephone": "+49 30 23125 100"})
    assert record.get("hs_searchable_calculated_phone_number") == "4"
    assert record.get("hs_searchable_calculated_mobile_number") == "3023125100"
    assert record.get("hs_searchable_calculated_international_mobile_number") == "493023125100"
    assert record.get("hs_calculated_mobile_number") == "+493023125100"
    changed = portal.records.update(ACORN, "contacts", record.id, {"phone": "+14155550100", "mobilephone": ""})
    assert changed.get("hs_searchable_calculated_phone_number") == "4155550100"
    assert changed.get("hs_calculated_phone_number_country_code") == "US"
    assert "hs_searchable_calculated_mobile_number" not in changed.properties
