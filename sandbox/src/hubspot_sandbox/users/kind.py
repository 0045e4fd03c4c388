"""Users (0-115) as CRM objects: one for each person in the account, made and archived with her membership.

What provisioning decides (name, e-mail) cannot be written here; job title, time zone and availability can.
Source: https://developers.hubspot.com/docs/api-reference/latest/crm/objects/users/guide
"""

from collections.abc import Mapping

from hubspot_sandbox.objects.kind import Kind, Property, by_name, read_only, select, strings
from hubspot_sandbox.problems import invalid

GROUP = "user"
_PROPERTIES = by_name(
    strings(
        GROUP,
        hs_job_title="Job Title",
        hs_standard_time_zone="Time Zone",
        hs_working_hours="Working Hours",
        hs_out_of_office_hours="Out of Office Hours",
        hs_main_user_language_skill="Main language",
        hs_uncategorized_skills="Skills",
    ),
    [
        select(GROUP, "hs_availability_status", "Availability status", {"available": "Available", "away": "Away"}),
        Property("hs_internal_user_id", "Internal user ID", "number", "number", GROUP, read_only=True, indexed=True),
        Property("hubspot_owner_id", "Owner ID", "number", "number", GROUP, read_only=True),
        Property("hs_deactivated", "Deactivated", "bool", "booleancheckbox", GROUP, read_only=True),
    ],
    read_only(GROUP, "string", hs_email="Email", hs_given_name="First name", hs_family_name="Last name"),
    read_only(GROUP, "number", hs_object_id="Record ID"),
    read_only(GROUP, "datetime", hs_createdate="Create date", hs_lastmodifieddate="Last modified date"),
)


def _check(values: Mapping[str, str], creating: bool) -> None:
    """[inf] The text is ours; the guide says that users are made with the user provisioning API."""
    if creating:
        raise invalid("Users cannot be created as objects. Use the user provisioning API.")


USERS = Kind(
    name="users",
    type_id="0-115",
    noun="user",
    right="users",
    properties=_PROPERTIES,
    default_properties=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    searched=("hs_given_name", "hs_family_name", "hs_email"),
    read_scope="crm.objects.users.read",
    write_scope="crm.objects.users.write",
    created="hs_createdate",
    modified="hs_lastmodifieddate",
    first_id=9330001,
    check=_check,
)
