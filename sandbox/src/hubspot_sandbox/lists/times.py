"""Points of time in filters: a date in a zone, or now or today and an offset (S55).

A day is a span: as an upper bound, or after it, its last millisecond counts; else its first [inf].
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hubspot_sandbox.lists.branches import Operation, TimeOffset, TimePoint, wrong


class Bound:
    """Which end of a day a point stands for."""

    LOWER, UPPER = "lower", "upper"


def moment(point: TimePoint | None, now: datetime, bound: str) -> datetime:
    """The point in UTC.

    :raises HubSpotProblem: 400 for a missing or impossible one, or one that refers to another property
    """
    if point is None:
        raise wrong("A time point is missing in the operation.")
    try:
        zone = ZoneInfo(point.zone_id or "UTC")
        if point.time_type == "DATE":
            return _date(point, zone)
        if point.time_type == "INDEXED":
            return _indexed(point, now.astimezone(zone), bound)
    except (ValueError, OverflowError, KeyError, OSError) as error:
        raise wrong(f"A time point is impossible: {error}.") from error
    raise wrong(f"Time points of type {point.time_type} are not available in the sandbox.")


def _date(point: TimePoint, zone: ZoneInfo) -> datetime:
    if point.year is None or point.month is None or point.day is None:
        raise wrong("A time point of type DATE needs year, month and day.")
    clock = (point.hour or 0, point.minute or 0, point.second or 0, (point.millisecond or 0) * 1000)
    return datetime(point.year, point.month, point.day, *clock, tzinfo=zone).astimezone(UTC)


def _indexed(point: TimePoint, now: datetime, bound: str) -> datetime:
    reference = point.index_reference.reference_type if point.index_reference else ""
    offset = point.offset or TimeOffset()
    if reference == "NOW":
        return _shifted(now, offset).astimezone(UTC)
    if reference != "TODAY":
        raise wrong(f"Time points that refer to {reference or 'nothing'} are not available in the sandbox.")
    day = _shifted(now.replace(hour=0, minute=0, second=0, microsecond=0), offset)
    end = timedelta(days=1) - timedelta(milliseconds=1) if bound == Bound.UPPER else timedelta()
    return (day + end).astimezone(UTC)


def _shifted(at: datetime, offset: TimeOffset) -> datetime:
    """Months first; the 31st of a month that has none is its last day."""
    months = (offset.years or 0) * 12 + (offset.quarters or 0) * 3 + (offset.months or 0)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    at = at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))
    return at + timedelta(
        weeks=offset.weeks or 0,
        days=offset.days or 0,
        hours=offset.hours or 0,
        minutes=offset.minutes or 0,
        seconds=offset.seconds or 0,
        milliseconds=offset.milliseconds or 0,
    )


def from_milliseconds(value: int | None, name: str) -> datetime:
    """:raises HubSpotProblem: 400 for none, or one beyond the calendar"""
    if value is None:
        raise wrong(f"{name} is missing in the operation.")
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise wrong(f"{name} {value} is no point of time.") from error


def days_away(operation: Operation, now: datetime, direction: int) -> datetime:
    """So many days before (-1) or after (1) now.

    :raises HubSpotProblem: 400 for no number of days, or an impossible one
    """
    days = operation.number_of_days
    if days is None or not 0 <= days <= 36_500:
        raise wrong("numberOfDays must be a number from 0 to 36500.")
    return now + timedelta(days=days * direction)
