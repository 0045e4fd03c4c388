"""An agent: a person on the phone, in one HubSpot account."""

from datetime import datetime

from msgspec import Struct


class Agent(Struct, frozen=True):
    """`line` is set while she is logged in to one. `owner_id` is HubSpot's owner record, None until it is learned.

    `super_admin`: whether HubSpot says so, None when it was not asked; who was only lent it counts as none.
    `mates`: the owner ids of her HubSpot teams, her own among them.
    """

    id: str
    account_id: int
    hubspot_user_id: int
    email: str
    name: str
    owner_id: str | None = None
    phone_system: str | None = None
    line: str | None = None
    line_name: str | None = None
    available: bool = True
    super_admin: bool | None = None
    super_admin_at: datetime | None = None
    mates: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else self.email.partition("@")[0]
