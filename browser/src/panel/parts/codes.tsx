/** What became of a call in the phone system's own list: it is told, and the log has it, too. */

import { useState } from "preact/hooks";
import type { Call, WrapUpCode } from "../../shared/values";
import { usePanel } from "../context";

interface CodesOfCall {
  title: string;
  codes: WrapUpCode[];
  most: number;
  chosen: string[];
  /** What is to be told; nothing when the phone system has just these already. It knows no way to take all away. */
  changed: { codes?: string[] };
  /** Chosen elsewhere, and none of those to choose from. */
  others: string[];
  toggle(id: string): void;
}

export const useCodes = (call: Call): CodesOfCall => {
  const system = usePanel().phone_systems.find(({ key }) => key === call.phone_system);
  const codes = system?.codes ?? [];
  const known = codes.filter(({ title }) => call.codes.includes(title)).map(({ id }) => id);
  const [picked, setPicked] = useState<string[] | null>(null);
  const chosen = picked ?? known;
  const same = chosen.length === known.length && chosen.every((id) => known.includes(id));
  return {
    title: system?.title ?? "The phone system", codes, most: system?.most_codes ?? 0, chosen, changed: same || chosen.length === 0 ? {} : { codes: chosen },
    others: call.codes.filter((words) => !codes.some(({ title }) => title === words)),
    toggle: (id) => setPicked(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]),
  };
};

export const Codes = ({ title, codes, most, chosen, others, toggle }: CodesOfCall) => (
  <>
    {codes.length > 0 && (
      <fieldset class="codes">
        <legend>Codes for {title}</legend>
        {codes.map((code) => (
          <label key={code.id} class="tick">
            <input type="checkbox" checked={chosen.includes(code.id)} disabled={chosen.length >= most && !chosen.includes(code.id)} onChange={() => toggle(code.id)} />
            <span>{code.title}</span>
          </label>
        ))}
        {chosen.length >= most && <p class="hint">A call can have {most} codes.</p>}
      </fieldset>
    )}
    {others.length > 0 && <p class="hint">Chosen in {title}: {others.join(", ")}</p>}
  </>
);
