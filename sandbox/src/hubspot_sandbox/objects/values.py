"""Reading HubSpot's property values, which are strings, by the property's type."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.kind import Property


def is_id(text: str) -> bool:
    """Whether this can be a record's id: digits that SQLite's integers can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def timestamp(text: str) -> datetime | None:
    """Milliseconds since 1970 or ISO 8601 in UTC; None for anything else."""
    try:
        if re.fullmatch(r"-?\d+", text):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def number(text: str) -> float | None:
    """A finite decimal number; None for anything else."""
    if not re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", text):
        return None
    value = float(text)
    return value if abs(value) != float("inf") else None


LONGEST_TEXT = 65_536
"""How long a text may be, by the properties guide."""


def complaint(prop: Property, value: str) -> tuple[str, str] | None:
    """Why this value does not fit the property, as HubSpot's code and a sentence; None when it fits."""
    if prop.type == "number" and number(value) is None:
        return "INVALID_INTEGER", f"{value} was not a valid number."
    if prop.type in ("date", "datetime"):
        return _time_complaint(prop, value)
    if prop.type == "bool" and value not in ("true", "false"):
        return "INVALID_BOOLEAN", f"{value} was not one of true, false."
    if len(value) > LONGEST_TEXT:
        return "INVALID_LENGTH", f"The value is longer than {LONGEST_TEXT} characters."
    return _option_complaint(prop, value)


def _time_complaint(prop: Property, value: str) -> tuple[str, str] | None:
    """A date is a day: a point of time must be midnight UTC, as the guide says; the sentence is [comm]."""
    moment = timestamp(value)
    if moment is None:
        return "INVALID_DATE", f"{value} was not a valid date or timestamp in milliseconds."
    if prop.type == "date" and (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0):
        clock = f"{moment.hour}:{moment.minute}:{moment.second}.{moment.microsecond // 1000}"
        return "INVALID_DATE", f"{value} is at {clock} UTC, not midnight!"
    return None


def _option_complaint(prop: Property, value: str) -> tuple[str, str] | None:
    allowed = [option.value for option in prop.options]
    if prop.type != "enumeration" or not allowed:
        return None
    wrong = next((each for each in choices(prop, value) if each not in allowed), None)
    return None if wrong is None else ("INVALID_OPTION", _not_allowed(wrong, allowed))


def _not_allowed(value: str, allowed: list[str]) -> str:
    return f"{value} was not one of the allowed options: [{', '.join(allowed)}]"


def choices(prop: Property, value: str) -> list[str]:
    """The single values: of several checkboxes those between semicolons, else the one."""
    return [each for each in value.split(";") if each] if prop.field_type == "checkbox" else [value]


def appended(prop: Property, old: str, new: str) -> str:
    """A value of several checkboxes that begins with a semicolon is added to the choices that are there."""
    if prop.field_type != "checkbox" or not new.startswith(";"):
        return new
    return ";".join(dict.fromkeys([*choices(prop, old), *choices(prop, new)]))


def normal(prop: Property, value: str) -> str:
    """A value that fits, in the form in which HubSpot gives it back: times as ISO 8601, dates as `2026-11-23`."""
    if prop.field_type == "checkbox":
        return ";".join(dict.fromkeys(choices(prop, value)))
    moment = timestamp(value) if prop.type in ("date", "datetime") else None
    if moment is None:
        return value
    return iso(moment)[:10] if prop.type == "date" else iso(moment)


def index_key(prop: Property, value: str) -> str:
    """By what an indexed value is looked up: texts without regard to case, numbers whatever way they are written."""
    if prop.type == "number" and number(value) is not None:
        return str(Decimal(value.strip()).normalize()).lower()
    return value.casefold()
