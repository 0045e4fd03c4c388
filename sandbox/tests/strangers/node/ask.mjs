// What a program written with HubSpot's own client does; prints what it got. Usage: node ask.mjs <address> <access> <oauth JSON>
import { Client } from "@hubspot/api-client";

const [basePath, accessToken, oauth] = process.argv.slice(2);
const { code, redirectUri, clientId, clientSecret } = JSON.parse(oauth);
const hubspot = new Client({ basePath, accessToken });
const { crm } = hubspot;
const got = {};

const contact = await crm.contacts.basicApi.create({ properties: { email: "ann@node.example", phone: "(415) 555-0100" } });
const company = await crm.companies.basicApi.create({ properties: { name: "Node Works" } });
await crm.associations.v4.basicApi.createDefault("contacts", contact.id, "companies", company.id);
const ties = await crm.associations.v4.basicApi.getPage("contacts", contact.id, "companies");
got.tiedTo = ties.results.map((each) => each.toObjectId === company.id);

const call = await crm.objects.calls.basicApi.create({
  properties: { hs_timestamp: "2026-11-25T09:00:00.000Z", hs_call_title: "From Node", hs_call_direction: "OUTBOUND" },
  associations: [{ to: { id: contact.id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 194 }] }],
});
const read = await crm.objects.calls.basicApi.getById(call.id, ["hs_call_title"], undefined, ["contacts"]);
got.call = [read.properties.hs_call_title, read.associations.contacts.results[0].id === contact.id];

const wanted = { propertyName: "hs_searchable_calculated_phone_number", operator: "EQ", value: "4155550100" };
const found = await crm.contacts.searchApi.doSearch({ filterGroups: [{ filters: [wanted] }], properties: ["email"], limit: 5 });
got.found = found.results.map((each) => each.properties.email);

const upserted = await crm.contacts.batchApi.upsert({
  inputs: [{ id: "ann@node.example", idProperty: "email", properties: { firstname: "Ann" } }],
});
got.upserted = upserted.results.map((each) => [each.id === contact.id, each._new]);
got.owners = (await crm.owners.ownersApi.getPage()).results.map((each) => each.email).sort();

try {
  await crm.contacts.basicApi.create({ properties: { email: "ann@node.example" } });
} catch (error) {
  got.refused = [error.code, error.body.category];
}

const tokens = await hubspot.oauth.tokensApi.create("authorization_code", code, redirectUri, clientId, clientSecret);
const again = await hubspot.oauth.tokensApi.create("refresh_token", undefined, undefined, clientId, clientSecret, tokens.refreshToken);
got.oauth = [tokens.expiresIn, again.refreshToken === tokens.refreshToken];

await crm.contacts.basicApi.archive(contact.id);
console.log(JSON.stringify(got));
