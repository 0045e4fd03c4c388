"""What stands on timelines: the part that notes, tasks and calls have in common (facts 2.1, 3.4).

They are read and written with the scopes of contacts, must have an `hs_timestamp`, and preview their text.
"""

from collections.abc import Callable, Iterable, Mapping

from hubspot_sandbox.objects.html_text import plain
from hubspot_sandbox.objects.kind import Kind, Property, Values, by_name, owner, read_only, stamps
from hubspot_sandbox.problems import required_missing


def _accept(values: Mapping[str, str]) -> None:
    return None


def activity(
    noun: str,
    type_id: str,
    *groups: Iterable[Property],
    first_id: int,
    body: str,
    searched: tuple[str, ...] = (),
    date_label: str = "Activity date",
    owner_label: str = "Activity assigned to",
    first_values: Mapping[str, str] | None = None,
    check: Callable[[Mapping[str, str]], None] = _accept,
) -> Kind:
    """The kind `{noun}s` with the properties in `groups` and those of every activity.

    :param body: the property with the text, which may be HTML; `hs_body_preview` is it without tags
    :param searched: what free text finds it by, beside the preview
    :param first_values: what a new one has that does not say otherwise
    :param check: refuses values being written, in what is special to the kind
    """

    def checked(values: Mapping[str, str], creating: bool) -> None:
        if creating and not values.get("hs_timestamp"):
            raise required_missing("hs_timestamp")
        check(values)

    def derived(values: Values) -> Values:
        full = {**(first_values or {}), **values, "hs_body_preview": plain(values.get(body, ""))}
        return {name: value for name, value in full.items() if value}

    return Kind(
        name=f"{noun}s",
        type_id=type_id,
        noun=noun,
        right="contacts",
        properties=by_name(*groups, _shared(noun, date_label, owner_label)),
        default_properties=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
        searched=(*searched, "hs_body_preview"),
        read_scope="crm.objects.contacts.read",
        write_scope="crm.objects.contacts.write",
        created="hs_createdate",
        modified="hs_lastmodifieddate",
        first_id=first_id,
        check=checked,
        derive=derived,
    )


def _shared(group: str, date_label: str, owner_label: str) -> Iterable[Property]:
    yield Property("hs_timestamp", date_label, "datetime", "date", group)
    yield owner(group, owner_label)
    yield from stamps(group)
    yield from read_only(group, "datetime", hs_createdate="Create date", hs_lastmodifieddate="Last modified date")
    yield from read_only(group, "string", hs_body_preview="Body preview")
