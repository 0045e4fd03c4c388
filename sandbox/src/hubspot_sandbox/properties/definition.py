"""What is known of a property beside how its values behave: who made it and when, how it is shown, whether it is gone."""

import msgspec

from hubspot_sandbox.objects.kind import Property


class Shown(msgspec.Struct, frozen=True):
    """How HubSpot's own pages show a property; kept and given back, without any effect here."""

    description: str = ""
    display_order: int = -1
    hidden: bool = False
    form_field: bool = False
    external_options: bool = False
    referenced_object_type: str = ""
    number_display_hint: str = ""
    text_display_hint: str = ""
    show_currency_symbol: bool = False


class Definition(msgspec.Struct, frozen=True):
    """A property of a kind in an account. Times are HubSpot's ISO strings, user ids texts, empty where not known."""

    account_id: int
    kind: str
    prop: Property = msgspec.field(name="property")
    shown: Shown = Shown()
    created_at: str = ""
    updated_at: str = ""
    created_user_id: str = ""
    updated_user_id: str = ""
    archived_at: str = ""

    @property
    def name(self) -> str:
        return self.prop.name

    @property
    def archived(self) -> bool:
        return bool(self.archived_at)


class Maker(msgspec.Struct, frozen=True):
    """Whoever changes a definition: a user id, empty for a key that nobody made, and the time."""

    user_id: str
    at: str
