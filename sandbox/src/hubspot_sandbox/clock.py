"""The portal's clock: tests may freeze it or move it."""

from datetime import UTC, datetime, timedelta

import msgspec

from hubspot_sandbox.store import Shelf, Store


class ClockSetting(msgspec.Struct, frozen=True):
    offset_seconds: float = 0.0
    frozen_at: datetime | None = None


class Clock:
    """Time as the portal sees it, always UTC."""

    def __init__(self, store: Store) -> None:
        self._settings = Shelf(store, "clock", ClockSetting)
        self._setting = self._settings.get("clock") or ClockSetting()

    def now(self) -> datetime:
        """The portal's time, to the millisecond, as HubSpot's timestamps are."""
        at = self._setting.frozen_at or datetime.now(UTC) + timedelta(seconds=self._setting.offset_seconds)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Move on, frozen or running."""
        frozen = self._setting.frozen_at
        if frozen is not None:
            return self._set(ClockSetting(frozen_at=frozen + timedelta(seconds=seconds)))
        return self._set(ClockSetting(offset_seconds=self._setting.offset_seconds + seconds))

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stand still, now or at a given time (without a zone: UTC)."""
        moment = at or self.now()
        return self._set(ClockSetting(frozen_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC)))

    def run(self) -> datetime:
        """Run with real time again, without an offset."""
        return self._set(ClockSetting())

    def _set(self, setting: ClockSetting) -> datetime:
        self._setting = setting
        self._settings.put("clock", setting)
        return self.now()


def iso(moment: datetime) -> str:
    """HubSpot's form: `2026-11-23T18:33:05.123Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
