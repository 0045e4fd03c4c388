"""How HubSpot standardises phone numbers into its calculated properties (facts 3.3, S11, S41, S42).

`hs_searchable_calculated_phone_number` holds area code and local number, without country code and without
extension [inf]. What is no possible number keeps its digits without leading zeros: "00004" becomes "4".
"""

import re
from functools import lru_cache

import msgspec
import phonenumbers
from phonenumbers import PhoneNumber

DEFAULT_REGION = "US"
"""The region of numbers without country code when the contact's country is unknown [inf]."""
NORTH_AMERICA = 1

REGIONS = {
    "united states": "US",
    "usa": "US",
    "canada": "CA",
    "united kingdom": "GB",
    "uk": "GB",
    "ireland": "IE",
    "germany": "DE",
    "france": "FR",
    "spain": "ES",
    "italy": "IT",
    "netherlands": "NL",
    "australia": "AU",
    "japan": "JP",
    "india": "IN",
    "brazil": "BR",
    "switzerland": "CH",
    "sweden": "SE",
    "poland": "PL",
    "mexico": "MX",
    "singapore": "SG",
}


class Calculated(msgspec.Struct, frozen=True):
    """A number as HubSpot calculates it; only `searchable` is set when it is no possible number."""

    searchable: str
    international: str = ""
    country: str = ""
    area_code: str = ""

    @property
    def searchable_international(self) -> str:
        return self.international.removeprefix("+")


def region_of(country: str) -> str:
    """The region for a contact's `country` property; takes names and two-letter codes."""
    text = country.strip()
    code = text.upper()
    return code if code in phonenumbers.SUPPORTED_REGIONS else REGIONS.get(text.lower(), DEFAULT_REGION)


@lru_cache(maxsize=4096)
def calculate(text: str, country: str = "") -> Calculated:
    """Standardise one written number; never fails.

    >>> calculate("(415) 555-0100 x12").searchable
    '4155550100'
    >>> calculate("00004").searchable
    '4'
    """
    number = _parse(text, region_of(country))
    if number is None:
        return Calculated(re.sub(r"\D", "", text).lstrip("0"))
    national = phonenumbers.national_significant_number(number)
    return Calculated(
        searchable=national,
        international=f"+{number.country_code}{national}",
        country=phonenumbers.region_code_for_number(number) or "",
        area_code=national[: _area_code_length(number)],
    )


def _area_code_length(number: PhoneNumber) -> int:
    """In North America it is three digits or none, and asking the library costs as much as all else here."""
    if number.country_code != NORTH_AMERICA:
        return phonenumbers.length_of_geographical_area_code(number)
    kind = phonenumbers.number_type(number)
    return 3 if phonenumbers.is_number_type_geographical(kind, NORTH_AMERICA) else 0


def _parse(text: str, region: str) -> PhoneNumber | None:
    """Also reads a leading 00 as the international prefix, which only some regions know."""
    written = re.sub(r"^\s*00(?=[1-9])", "+", text)
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
