"""Phone numbers: `phonenumbers` (libphonenumber's metadata) is the judge of what a number is."""

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

# Longest text that is looked at; the longest sensible writing, with extension, is under 60 characters.
MAX_LENGTH = 80
# Fewer digits are not taken for country code and number. Denmark and Norway have ten; smaller countries fewer.
SHORTEST_ABROAD = 10

_ANONYMOUS = frozenset(
    {
        "anonymous",
        "unavailable",
        "restricted",
        "private",
        "withheld",
        "unknown",
        "blocked",
        "asserted-identity",
    }
)
_SIP = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)


class PhoneNumber(Struct, frozen=True):
    """A number as the world dials it.

    e164: `+` and 7 to 15 digits. extension: digits dialled after it, or empty.
    """

    e164: str
    extension: str = ""

    @property
    def national_digits(self) -> str:
        """Digits without the country code, as HubSpot's `hs_searchable_calculated_*` properties hold them."""
        return str(phonenumbers.national_significant_number(phonenumbers.parse(self.e164)))

    @property
    def shown(self) -> str:
        """As people write it: `+1 415-555-0100`."""
        parsed = phonenumbers.parse(self.e164)
        text = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
        return f"{text} ext. {self.extension}" if self.extension else text


class Unreadable(Struct, frozen=True):
    """Why a text is no phone number. `internal`: digits that only the phone system understands, such as a line, or a
    local number without its area code."""

    why: Literal["empty", "anonymous", "internal", "not-a-number"]


def parse(text: str, region: str = "US") -> PhoneNumber | Unreadable:
    """Read any writing of a phone number; never raises.

    `region` (ISO 3166 alpha-2) is the country of numbers that name none. Numbers that are possible but not assigned count
    as numbers: metadata is always a little behind the world, and a customer's call must not be lost over it.
    """
    # Only texts of a sane length are remembered, so that strangers cannot fill the memory.
    return _read(text, region) if len(text) <= 2 * MAX_LENGTH else _read.__wrapped__(text, region)


@lru_cache(maxsize=65_536)
def _read(text: str, region: str) -> PhoneNumber | Unreadable:
    text = _number_of(text)
    if not text:
        return Unreadable("empty")
    if text.lower() in _ANONYMOUS:
        return Unreadable("anonymous")
    if len(text) > MAX_LENGTH:
        return Unreadable("not-a-number")
    if re.fullmatch(r"\*?\d{1,6}#?", text):
        return Unreadable("internal")
    return _parse(text, region)


def _number_of(text: str) -> str:
    """The number in a `tel:` or `sip:` address or a plain text, with the parameters of RFC 3966 that belong to it."""
    address = _SIP.sub("", text.strip())
    if address != text.strip():
        address = unquote(address)
    number, *parameters = address.partition("@")[0].split(";")
    kept = [each for each in parameters if each.lower().startswith(("ext=", "phone-context=+"))]
    return ";".join([number.strip(), *kept]) if number.strip() else ""


def _parse(text: str, region: str) -> PhoneNumber | Unreadable:
    """As the region reads it; else with 00, which most of the world dials before a country code, taken for +."""
    number = _as_written(text, region)
    if isinstance(number, Unreadable) and text.startswith("00"):
        abroad = _as_written(f"+{text[2:]}", region)
        return abroad if isinstance(abroad, PhoneNumber) else number
    return number


def _as_written(text: str, region: str) -> PhoneNumber | Unreadable:
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        return Unreadable("not-a-number")
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return Unreadable("internal")
    if possible != ValidationResult.IS_POSSIBLE:
        return Unreadable("not-a-number")
    return PhoneNumber(phonenumbers.format_number(parsed, PhoneNumberFormat.E164), str(parsed.extension or ""))


def with_lost_plus(text: str, region: str) -> str:
    """A number from a place that drops the `+` (a JSON number, a column of a report), with it where it makes it one.

    Never shorter than a number with country code usually is: `49123456` may well be a line.
    """
    long = text.isdecimal() and len(text) >= SHORTEST_ABROAD
    lost = long and parse(text, region) == Unreadable("not-a-number")
    return f"+{text}" if lost and isinstance(parse(f"+{text}", region), PhoneNumber) else text


def masked(text: str) -> str:
    """For logs: the first digits and the last two, never the whole number."""
    digits = re.sub(r"\D", "", text)
    return f"{digits[:3]}…{digits[-2:]}" if len(digits) > 6 else "…"
