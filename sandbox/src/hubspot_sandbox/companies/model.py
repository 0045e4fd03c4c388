"""Companies (0-2). No searchable calculated phone property is confirmed for them [unv], so they have none."""

from hubspot_sandbox.objects.kind import Kind, Property, by_name, owner, read_only, stamps, strings

GROUP = "companyinformation"
_PROPERTIES = by_name(
    strings(
        GROUP,
        name="Company name",
        website="Website URL",
        industry="Industry",
        address="Street Address",
        city="City",
        state="State/Region",
        zip="Postal Code",
        country="Country/Region",
        description="Description",
    ),
    [
        Property("domain", "Company Domain Name", group_name=GROUP, indexed=True),
        Property("phone", "Phone Number", "phone_number", "phonenumber", GROUP, indexed=True),
        Property("numberofemployees", "Number of Employees", "number", "number", GROUP),
        owner(GROUP, "Company owner"),
    ],
    stamps(GROUP),
    read_only(GROUP, "datetime", createdate="Create Date", hs_lastmodifieddate="Last Modified Date"),
)

COMPANIES = Kind(
    name="companies",
    type_id="0-2",
    noun="company",
    right="companies",
    properties=_PROPERTIES,
    default_properties=("name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"),
    searched=("website", "phone", "name", "domain"),
    read_scope="crm.objects.companies.read",
    write_scope="crm.objects.companies.write",
    created="createdate",
    modified="hs_lastmodifieddate",
    first_id=20450001,
)
