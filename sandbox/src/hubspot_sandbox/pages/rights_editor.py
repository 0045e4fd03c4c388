"""The rights editor, for one user or for a permission set: the catalogue as a form, and that form read back."""

from collections.abc import Iterator

import msgspec

from hubspot_sandbox import rights
from hubspot_sandbox.pages.forms import Form
from hubspot_sandbox.rights import CATALOGUE, OBJECTS, SWITCH, TABS, Right, value_of

ACTIONS = ("view", "edit", "delete", "communicate")


class Level(msgspec.Struct, frozen=True):
    """A record right: a select, and an *Unassigned* box where there is one."""

    key: str
    name: str
    column: str
    value: str
    values: tuple[str, ...]
    unassigned: str = ""
    unassigned_on: bool = False


class ObjectRow(msgspec.Struct, frozen=True):
    name: str
    levels: list[Level | None]


class Switch(msgspec.Struct, frozen=True):
    key: str
    name: str
    on: bool


class Group(msgspec.Struct, frozen=True):
    name: str
    switches: list[Switch]


class Section(msgspec.Struct, frozen=True):
    """A tab of the catalogue: record rights first (CRM only), then groups of switches."""

    name: str
    objects: list[ObjectRow]
    groups: list[Group]


def sections(held: rights.Rights) -> list[Section]:
    """The whole catalogue, filled with these rights."""
    return [_section(tab, held) for tab in TABS]


def read_rights(form: Form) -> dict[str, str]:
    """Every right of the catalogue: a box that is not ticked is not sent, so it is off."""
    return {key: _value(right, form) for key, right in CATALOGUE.items()}


def _value(right: Right, form: Form) -> str:
    if right.values == SWITCH:
        return "on" if form.get(right.key) == "on" else "off"
    return form.get(right.key, right.least)


def _section(tab: str, held: rights.Rights) -> Section:
    objects = [_object_row(key, name, held) for key, name in OBJECTS.items()] if tab == "CRM" else []
    switches = [right for right in CATALOGUE.values() if right.tab == tab and right.group not in OBJECTS.values()]
    names = dict.fromkeys(right.group for right in switches)
    return Section(tab, objects, [Group(name, list(_switches(name, switches, held))) for name in names])


def _switches(group: str, among: list[Right], held: rights.Rights) -> Iterator[Switch]:
    for right in among:
        if right.group == group:
            yield Switch(right.key, right.label, value_of(held, right.key) == "on")


def _object_row(key: str, name: str, held: rights.Rights) -> ObjectRow:
    return ObjectRow(name, [_level(f"{key}.{action}", name, action, held) for action in ACTIONS])


def _level(key: str, name: str, action: str, held: rights.Rights) -> Level | None:
    """The accessible names are `Contacts: View` and `Contacts: View unassigned`."""
    right = CATALOGUE.get(key)
    if right is None:
        return None
    unassigned = f"{key}.unassigned" if f"{key}.unassigned" in CATALOGUE else ""
    return Level(
        key=key,
        name=f"{name}: {action.capitalize()}",
        column=action.capitalize(),
        value=value_of(held, key),
        values=tuple(reversed(right.values)),
        unassigned=unassigned,
        unassigned_on=bool(unassigned) and value_of(held, unassigned) == "on",
    )
