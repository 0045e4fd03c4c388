"""What makes a property definition right: type and field type, name, options (the guide's tables, S52)."""

import re
from collections.abc import Sequence

import msgspec

from hubspot_sandbox.objects.kind import Option, Property
from hubspot_sandbox.problems import HubSpotProblem, invalid

FIELD_TYPES: dict[str, tuple[str, ...]] = {
    "bool": ("booleancheckbox", "calculation_equation"),
    "enumeration": ("booleancheckbox", "checkbox", "radio", "select", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "string": ("file", "text", "textarea", "calculation_equation", "html", "phonenumber"),
    "number": ("number", "calculation_equation"),
    "phone_number": ("phonenumber", "text"),
}
"""The guide's table, with `phone_number`, which only the API's description has: its field types are [inf]."""
UNIQUE_TYPES = ("string", "number")
YES_NO = (Option("Yes", "true", display_order=0), Option("No", "false", display_order=1))
MOST_UNIQUE, MOST_CUSTOM, MOST_OPTIONS = 10, 1000, 5000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def wrong(name: str, code: str, message: str) -> HubSpotProblem:
    """400 VALIDATION_ERROR about one field of the body. Codes and texts here are ours [unv]."""
    return invalid(message, [{"message": message, "code": code, "in": name}])


def check_name(name: str) -> None:
    """Small letters, digits and underscores, beginning with a letter.

    :raises HubSpotProblem: 400
    """
    if not _NAME.fullmatch(name):
        text = f"'{name}' is not a valid name: use lowercase letters, numbers and underscores, and begin with a letter."
        raise wrong("name", "INVALID_NAME", text)


def check_shape(prop: Property, *, external: bool) -> Property:
    """The definition, with the options that a yes-or-no property has without saying so [inf].

    :raises HubSpotProblem: 400 for a type and field type that do not go together, for wrong options, for uniqueness of
        a type that has none [inf], for calculations, which the sandbox does not do
    """
    if prop.field_type not in FIELD_TYPES[prop.type]:
        fitting = ", ".join(FIELD_TYPES[prop.type])
        raise wrong(
            "fieldType",
            "INVALID_FIELD_TYPE",
            f"fieldType {prop.field_type} is not valid for type {prop.type}. Valid are: {fitting}.",
        )
    if prop.field_type == "calculation_equation":
        raise wrong("fieldType", "UNSUPPORTED", "The sandbox does not calculate: calculation_equation is not available.")
    if prop.has_unique_value and prop.type not in UNIQUE_TYPES:
        raise wrong("hasUniqueValue", "INVALID", f"A property of type {prop.type} cannot require unique values.")
    return _with_options(prop, external)


def _with_options(prop: Property, external: bool) -> Property:
    if prop.type == "bool" and not prop.options:
        return msgspec.structs.replace(prop, options=YES_NO)
    if prop.type == "enumeration" and not prop.options and not external:
        raise wrong("options", "REQUIRED_FIELD", f"Property {prop.name} of type enumeration needs options.")
    if prop.options and prop.type not in ("bool", "enumeration"):
        raise wrong("options", "INVALID_OPTIONS", f"A property of type {prop.type} has no options.")
    check_options(prop.options)
    if prop.field_type == "booleancheckbox" and {option.value for option in prop.options} != {"true", "false"}:
        raise wrong("options", "INVALID_OPTIONS", "A booleancheckbox needs exactly the options true and false.")
    return prop


def check_options(options: Sequence[Option]) -> None:
    """:raises HubSpotProblem: 400 for an empty, a repeated or an impossible value or label, and for too many"""
    if len(options) > MOST_OPTIONS:
        raise wrong("options", "TOO_MANY_OPTIONS", f"A property may have at most {MOST_OPTIONS} options.")
    for name, texts in (("value", [each.value for each in options]), ("label", [each.label for each in options])):
        twice = next((each for each in texts if texts.count(each) > 1), None) if len(set(texts)) < len(texts) else None
        if twice is not None:
            raise wrong("options", "DUPLICATE_OPTIONS", f"Option {name}s must be unique: '{twice}' is there twice.")
        if not all(each.strip() for each in texts):
            raise wrong("options", "INVALID_OPTIONS", f"An option needs a {name}.")
    if any(";" in each.value for each in options):
        raise wrong("options", "INVALID_OPTIONS", "The value of an option must not contain a semicolon.")
