"""What a record is, whatever its kind."""

import msgspec


class Record(msgspec.Struct, frozen=True):
    """One record. Times are HubSpot's ISO strings; properties without a value are absent."""

    id: str
    kind: str
    properties: dict[str, str]
    created_at: str
    updated_at: str
    archived_at: str | None = None

    @property
    def archived(self) -> bool:
        return self.archived_at is not None

    def get(self, name: str, default: str = "") -> str:
        """A property's value, or the default when it has none."""
        return self.properties.get(name, default)


class Version(msgspec.Struct, frozen=True):
    """A value that a property has or had, since when, and who wrote it (`API`, `INTEGRATION`, `CRM_UI`, `MERGE`)."""

    value: str
    at: str
    source: str
