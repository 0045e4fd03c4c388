// What a program written with HubSpot's own client does with properties and segments. Usage: node ask_lists.mjs <address> <access>
import { Client } from "@hubspot/api-client";

const [basePath, accessToken] = process.argv.slice(2);
const { crm } = new Client({ basePath, accessToken });
const got = {};

const properties = crm.properties;
await properties.groupsApi.create("contacts", { name: "ours", label: "Ours", displayOrder: 1 });
const wish = { name: "crm_number", label: "Number", type: "string", fieldType: "text", groupName: "ours", hasUniqueValue: true };
const made = await properties.coreApi.create("contacts", wish);
const renamed = await properties.coreApi.update("contacts", "crm_number", { label: "Our number" });
got.property = [made.hasUniqueValue, made.createdAt instanceof Date, renamed.label];
const batch = await properties.batchApi.read("contacts", { archived: false, inputs: [{ name: "crm_number" }, { name: "nothing" }] });
got.batch = [batch.results.map((each) => each.name), batch.numErrors];
got.taken = await properties.coreApi.create("contacts", wish).catch((refused) => [refused.code, refused.body.category]);
got.held = await properties.groupsApi.archive("contacts", "ours").catch((refused) => refused.code);

const ids = [];
for (const number of ["K-1", "K-2"]) {
  const contact = await crm.contacts.basicApi.create({ properties: { crm_number: number, firstname: number } });
  ids.push(contact.id);
}
const byNumber = await crm.contacts.basicApi.getById("K-2", undefined, undefined, undefined, undefined, "crm_number");
got.byNumber = byNumber.id === ids[1];

const { listsApi, membershipsApi } = crm.lists;
const fixed = (await listsApi.create({ name: "Fixed", objectTypeId: "0-1", processingType: "MANUAL" })).list;
const added = await membershipsApi.add(fixed.listId, [...ids, "999999"]);
got.added = [added.recordsIdsAdded.length, added.recordIdsMissing];
const operation = { operationType: "MULTISTRING", operator: "IS_EQUAL_TO", values: ["K-1"], includeObjectsWithNoValueSet: false };
const filter = { filterType: "PROPERTY", property: "crm_number", operation };
const and = { filterBranchType: "AND", filterBranchOperator: "AND", filterBranches: [], filters: [filter] };
const filterBranch = { filterBranchType: "OR", filterBranchOperator: "OR", filterBranches: [and], filters: [] };
const active = (await listsApi.create({ name: "K-1", objectTypeId: "0-1", processingType: "DYNAMIC", filterBranch })).list;
const page = await membershipsApi.getPage(active.listId);
got.members = page.results.map((each) => each.recordId === ids[0]);
const found = await listsApi.doSearch({ query: "k-", offset: 0, count: 5, listIds: [], processingTypes: [], additionalProperties: [] });
got.search = found.lists.map((each) => [each.name, each.additionalProperties.hs_list_size]);
const of = await membershipsApi.getLists("0-1", ids[0]);
got.listsOfRecord = of.results.map((each) => [fixed.listId, active.listId].includes(each.listId));
await listsApi.remove(active.listId);
got.gone = await listsApi.getById(active.listId).catch((refused) => refused.code);

console.log(JSON.stringify(got));
