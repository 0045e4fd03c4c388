"""What a record is, whatever its kind."""

import msgspec

USER = "userId:"


class Source(msgspec.Struct, frozen=True):
    """Who writes, as HubSpot tells it in histories, in webhooks and of a new record.

    `API` is a static key, `INTEGRATION` an app with its id and name, `CRM_UI` a person with `userId:` and her user id
    (https://developers.hubspot.com/changelog/crm-property-change-source-will-show-owner-id-instead-of-owner-email),
    `CALCULATED` HubSpot itself.
    """

    type: str = "API"
    id: str = ""
    label: str = ""

    @property
    def stamps(self) -> dict[str, str]:
        """What a record made by it has as `hs_object_source…`."""
        values = {
            "hs_object_source": self.type,
            "hs_object_source_id": self.id,
            "hs_object_source_label": self.label,
        }
        return {name: value for name, value in values.items() if value}

    @property
    def user_id(self) -> int | None:
        """Of a person."""
        return int(self.id.removeprefix(USER)) if self.id.startswith(USER) else None


def by_hand(user_id: int) -> Source:
    """Somebody at HubSpot's pages."""
    return Source("CRM_UI", f"{USER}{user_id}")


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

    def origin(self, default: str) -> Source:
        """Who made it; of the default type when it does not say."""
        kind = self.get("hs_object_source") or default
        return Source(kind, self.get("hs_object_source_id"), self.get("hs_object_source_label"))


class Version(msgspec.Struct, frozen=True):
    """A value that a property has or had, since when, and who wrote it."""

    value: str
    at: str
    source: Source
