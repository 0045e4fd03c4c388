// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { describe, expect, it } from "vitest";
import { atCenter, call, ended, panel, reason, view } from "../fixtures";
import { all, has, host, labelled, press, refuse, settled, show, text } from "./person";

const choose = async (key: string): Promise<void> => {
  const select = labelled<HTMLSelectElement>("Status");
  select.value = key;
  await act(async () => (select.dispatchEvent(new Event("change", { bubbles: true })), await settled()));
};

const code = (title: string): HTMLInputElement =>
  all<HTMLLabelElement>("fieldset label").find((one) => one.textContent === title)?.querySelector("input") as HTMLInputElement;

describe("the status of a phone system that has one", () => {
  it("is shown in its words, by the agent's name, and changed there", async () => {
    await show(view({ panel: atCenter() }));
    expect(all(".status-words")[0]?.textContent).toBe("Ben Ortiz");
    expect(labelled<HTMLSelectElement>("Status").selectedOptions[0]?.textContent).toBe("Available");
    await choose("3|801|1725");
    expect(host.asked).toEqual([["set-status", { status: "3|801|1725" }]]);
  });

  it("shows a word that is none of the choices, and no switch of ours beside it", async () => {
    await show(view({ panel: atCenter({ says: "On break: Gym", takes_calls: false, chosen: "" }) }));
    expect(labelled<HTMLSelectElement>("Status").selectedOptions[0]?.textContent).toBe("On break: Gym");
    expect(text()).not.toContain("Available\n");
    expect(all("[role=switch]")).toEqual([]);
  });

  it("is only told where it cannot be changed, with what stands in the way", async () => {
    await show(view({ panel: atCenter({ says: "Wrapping up", takes_calls: false, chosen: "", choices: [], why: "8x8 lets it be changed when this is over." }) }));
    expect(text()).toContain("Ben Ortiz · Wrapping up");
    expect(text()).toContain("when this is over");
    expect(all("select, [role=switch]")).toEqual([]);
  });

  it("says why a change was refused, and goes on showing what is so", async () => {
    await show(view({ panel: atCenter() }), {}, { "set-status": refuse(reason({ says: "8x8 did not take this request.", remedy: null })) });
    await choose("5");
    expect(text()).toContain("8x8 did not take this request.");
    expect(labelled<HTMLSelectElement>("Status").selectedOptions[0]?.textContent).toBe("Available");
  });

  it("leaves no switch where nothing would change by it", async () => {
    await show(view({ panel: panel({ phone_system: "8x8", line: { number: "1001", name: "Ben" } })}));
    expect(text()).toContain("Line 1001 · Ready");
    expect(all("[role=switch]")).toEqual([]);
  });
});

describe("wrap-up codes", () => {
  const after = (change = {}) => ({ ...view({ panel: { ...atCenter(), calls: [ended({ phone_system: "contact_center", ...change })] } }) });

  it("go with the wrap-up, as many as a call can have", async () => {
    await show(after());
    await act(async () => (code("Sold").click(), await settled()));
    await act(async () => (code("Call again").click(), await settled()));
    expect(code("Complaint about an invoice").disabled).toBe(true);
    expect(text()).toContain("A call can have 2 codes.");
    await press("Save");
    expect(host.asked.at(-1)).toEqual(["wrap-up", { call_id: "c1", outcome: null, notes: "", contact_id: "51", codes: ["12|234", "12|235"] }]);
  });

  it("that were chosen elsewhere are shown, and told again only when they are changed", async () => {
    await show(after({ codes: ["Sold", "Code 12 of list 5"] }));
    expect(code("Sold").checked).toBe(true);
    expect(text()).toContain("Chosen in 8x8 Contact Center: Code 12 of list 5");
    await press("Save");
    expect(host.asked.at(-1)).toEqual(["wrap-up", { call_id: "c1", outcome: null, notes: "", contact_id: "51" }]);
  });

  it("are not there on a call of another phone system", async () => {
    await show(view({ panel: { ...atCenter(), calls: [ended({ phone_system: "exchange" })] } }));
    expect(has("Save")).toBe(true);
    expect(all("fieldset")).toEqual([]);
  });

  it("wait for the end of the call", async () => {
    await show(view({ panel: { ...atCenter(), calls: [call({ phone_system: "contact_center" })] } }));
    expect(all("fieldset")).toEqual([]);
  });
});

it("an agent is chosen by her name where her line is an id", async () => {
  await show(view({ panel: { ...atCenter(), line: null } }), {}, { lines: () => [{ number: "ag0VYy", name: "Ben Ortiz" }, { number: "ag64oy", name: "Ben Ortiz" }] });
  await act(settled);
  await press("Ben Ortiz · ag64oy");
  expect(host.asked.at(-1)).toEqual(["log-in", { line: "ag64oy", secret: null }]);
});
