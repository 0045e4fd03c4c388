"""Reading HubSpot's property values, which are strings, by the property's type."""

import re
from datetime import UTC, datetime

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


def complaint(prop: Property, value: str) -> tuple[str, str] | None:
    """Why this value does not fit the property, as HubSpot's code and a sentence; None when it fits."""
    if prop.type == "number" and number(value) is None:
        return "INVALID_INTEGER", f"{value} was not a valid number."
    if prop.type in ("date", "datetime") and timestamp(value) is None:
        return "INVALID_DATE", f"{value} was not a valid date or timestamp in milliseconds."
    if prop.type == "bool" and value not in ("true", "false"):
        return "INVALID_BOOLEAN", f"{value} was not one of true, false."
    return _option_complaint(prop, value)


def _option_complaint(prop: Property, value: str) -> tuple[str, str] | None:
    allowed = [option.value for option in prop.options]
    if prop.type != "enumeration" or not allowed or value in allowed:
        return None
    return "INVALID_OPTION", f"{value} was not one of the allowed options: [{', '.join(allowed)}]"


def normal(prop: Property, value: str) -> str:
    """A value that fits, in the form in which HubSpot gives it back: times as ISO 8601, dates as `2026-11-23`."""
    moment = timestamp(value) if prop.type in ("date", "datetime") else None
    if moment is None:
        return value
    return iso(moment)[:10] if prop.type == "date" else iso(moment)
