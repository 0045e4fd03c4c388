"""An agent: a person on the phone, in one HubSpot account."""

from msgspec import Struct


class Agent(Struct, frozen=True):
    """`line` is set while she is logged in to one. `owner_id` is HubSpot's owner record, None until it is learned."""

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

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else self.email.partition("@")[0]
