"""Contacts (0-1): properties, the unique e-mail address, calculated phone numbers."""

import re
from collections.abc import Mapping

from hubspot_sandbox.objects.kind import Kind, Option, Property, Values, by_name, owner, read_only, stamps, strings
from hubspot_sandbox.problems import property_invalid

GROUP = "contactinformation"
LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")

_CALCULATED = read_only(
    GROUP,
    "phone_number",
    hs_calculated_phone_number="Calculated Phone Number in International Format",
    hs_calculated_mobile_number="Calculated Mobile Number in International Format",
    hs_calculated_phone_number_country_code="Calculated Phone Number Country Code",
    hs_calculated_phone_number_area_code="Calculated Phone Number Area Code",
    hs_calculated_phone_number_region_code="Calculated Phone Number Region",
)
_SEARCHABLE = {
    "hs_searchable_calculated_phone_number": "Calculated Phone Number without country code",
    "hs_searchable_calculated_mobile_number": "Calculated Mobile Number without country code",
    "hs_searchable_calculated_international_phone_number": "Calculated Phone Number with country code",
    "hs_searchable_calculated_international_mobile_number": "Calculated Mobile Number with country code",
}
_PROPERTIES = by_name(
    strings(
        GROUP,
        firstname="First Name",
        lastname="Last Name",
        company="Company Name",
        jobtitle="Job Title",
        website="Website URL",
        address="Street Address",
        city="City",
        state="State/Region",
        zip="Postal Code",
        country="Country/Region",
        fax="Fax Number",
        salutation="Salutation",
        hs_additional_emails="Additional email addresses",
        hs_marketable_until_renewal="Marketing contact until next update",
        hs_lead_status="Lead Status",
        hs_timezone="Time Zone",
        hs_language="Preferred language",
    ),
    [
        Property("email", "Email", group_name=GROUP, has_unique_value=True, indexed=True),
        Property("phone", "Phone Number", "phone_number", "phonenumber", GROUP, indexed=True),
        Property("mobilephone", "Mobile Phone Number", "phone_number", "phonenumber", GROUP, indexed=True),
        owner("sales_properties", "Contact owner"),
        Property(
            "lifecyclestage",
            "Lifecycle Stage",
            "enumeration",
            "radio",
            GROUP,
            options=tuple(Option(value.capitalize(), value) for value in LIFECYCLE),
        ),
    ],
    _CALCULATED,
    [
        Property(name, label, "phone_number", "phonenumber", GROUP, read_only=True, calculated=True, indexed=True)
        for name, label in _SEARCHABLE.items()
    ],
    stamps(GROUP),
    read_only(GROUP, "number", associatedcompanyid="Primary Associated Company ID"),
    read_only(GROUP, "datetime", createdate="Create Date", lastmodifieddate="Last Modified Date"),
    read_only(
        GROUP,
        "string",
        hs_email_domain="Email Domain",
    ),
)


def _check(values: Mapping[str, str], creating: bool) -> None:
    email = values.get("email", "")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
        raise property_invalid("INVALID_EMAIL", "email", f"Email address {email} is invalid")


def _derive(values: Values) -> Values:
    """E-mail addresses are kept in small letters; phone properties get their calculated ones."""
    plain = {name: value for name, value in values.items() if name not in _DERIVED}
    email = plain.get("email", "").lower()
    found = {"email": email, "hs_email_domain": email.rpartition("@")[2]} if email else {}
    return plain | found | _phone(plain) | _mobile(plain)


def _phone(values: Values) -> Values:
    # Loads a large library, which a start with an existing file can do without.
    from hubspot_sandbox.phones import calculate

    number = calculate(values.get("phone", ""), values.get("country", ""))
    found = {
        "hs_searchable_calculated_phone_number": number.searchable,
        "hs_searchable_calculated_international_phone_number": number.searchable_international,
        "hs_calculated_phone_number": number.international,
        "hs_calculated_phone_number_country_code": number.country,
        "hs_calculated_phone_number_area_code": number.area_code,
    }
    return {name: value for name, value in found.items() if value}


def _mobile(values: Values) -> Values:
    from hubspot_sandbox.phones import calculate

    number = calculate(values.get("mobilephone", ""), values.get("country", ""))
    found = {
        "hs_searchable_calculated_mobile_number": number.searchable,
        "hs_searchable_calculated_international_mobile_number": number.searchable_international,
        "hs_calculated_mobile_number": number.international,
    }
    return {name: value for name, value in found.items() if value}


_DERIVED = {name for name in _PROPERTIES if "_calculated_" in name} | {"hs_email_domain"}

CONTACTS = Kind(
    name="contacts",
    type_id="0-1",
    noun="contact",
    right="contacts",
    properties=_PROPERTIES,
    default_properties=("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    searched=(
        "firstname",
        "lastname",
        "email",
        "phone",
        "hs_additional_emails",
        "fax",
        "mobilephone",
        "company",
        "hs_marketable_until_renewal",
        "hs_searchable_calculated_phone_number",
        "hs_searchable_calculated_mobile_number",
        "hs_searchable_calculated_international_phone_number",
        "hs_searchable_calculated_international_mobile_number",
    ),
    read_scope="crm.objects.contacts.read",
    write_scope="crm.objects.contacts.write",
    created="createdate",
    modified="lastmodifieddate",
    first_id=151,
    check=_check,
    derive=_derive,
)
