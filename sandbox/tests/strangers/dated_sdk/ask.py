"""What a program written with HubSpot's dated SDK does; prints what it got, as JSON.

Usage: `python ask.py <address> <access> <oauth JSON>`. Every answer is held against the SDK's own types, but for
listings: there the SDK does not expect that a property can be null, as it is in HubSpot.
"""

import json
import sys

from hubspot_sdk import APIStatusError, ConflictError, HubSpot, NotFoundError

address, token, oauth = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
hubspot = HubSpot(base_url=address, access_token=token, max_retries=0, _strict_response_validation=True)
lenient = HubSpot(base_url=address, access_token=token, max_retries=0)
objects, got = hubspot.crm.objects, {}

contact = objects.contacts.create(associations=[], properties={"email": "ann@dated.example", "phone": "(415) 555-0100"})
company = objects.companies.create(associations=[], properties={"name": "Dated Works"})
objects.contacts.update(contact.id, properties={"firstname": "Ann"})
read = objects.contacts.get("ann@dated.example", id_property="email", properties=["firstname", "phone"])
got["contact"] = [read.id == contact.id, read.properties["firstname"], read.properties["phone"]]
got["listed"] = [each.id == contact.id for each in lenient.crm.objects.contacts.list(limit=1)]

hubspot.crm.associations.create(
    company.id, from_object_type="contacts", from_object_id=contact.id, to_object_type="companies"
)
ties = hubspot.crm.associations.list("companies", object_type="contacts", object_id=contact.id)
got["tied"] = [str(each.to_object_id) == company.id for each in ties]

tie = {"to": {"id": contact.id}, "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": 194}]}
call = objects.calls.create(
    associations=[tie],
    properties={"hs_timestamp": "2026-11-25T09:00:00.000Z", "hs_call_title": "Dated", "hs_call_direction": "INBOUND"},
)
again = objects.calls.get(call.id, properties=["hs_call_title"], associations=["contacts"])
got["call"] = [again.properties["hs_call_title"], again.associations["contacts"].results[0].id == contact.id]

wanted = {"property_name": "hs_searchable_calculated_phone_number", "operator": "EQ", "value": "4155550100"}
found = objects.contacts.search(
    filter_groups=[{"filters": [wanted]}], properties=["email"], limit=5, after="0", sorts=[], query=""
)
got["found"] = [found.total, found.results[0].properties["email"]]

upserted = objects.contacts.batch.upsert(
    inputs=[{"id": "ann@dated.example", "id_property": "email", "properties": {"lastname": "Lee"}}]
)
got["upserted"] = [upserted.status, upserted.results[0].id == contact.id]
got["owners"] = sorted(each.email for each in hubspot.crm.owners.list())
got["property"] = hubspot.crm.properties.get("email", object_type="contacts").type
got["account"] = hubspot.account.get().portal_id
got["users"] = len(list(hubspot.settings.users.list()))

try:
    objects.contacts.create(associations=[], properties={"email": "ann@dated.example"})
except ConflictError as error:
    got["refused"] = [error.status_code, error.body["category"]]

try:
    hubspot.auth.oauth.create_token(grant_type="authorization_code", **oauth)
except APIStatusError as error:
    got["oauth"] = error.status_code

objects.contacts.delete(contact.id)
try:
    objects.contacts.get(contact.id)
except NotFoundError as error:
    got["gone"] = error.body["category"]
print(json.dumps(got))
