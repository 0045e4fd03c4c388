/** Rights that are or may be missing: what, where, for what, and how sure that is. */

import type { MissingRight } from "../values";

const HOW_SURE = { proved: "HubSpot says so", documented: "documented", likely: "likely", guess: "a guess" };

export const Rights = ({ label, shown, rights }: { label: string; shown?: boolean; rights: MissingRight[] }) =>
  rights.length > 0 ? (
    <>
      {shown && <h3 class="unlocks">{label}</h3>}
      <ol class="rights" aria-label={label}>{rights.map((right, at) => <Right key={at} right={right} />)}</ol>
    </>
  ) : null;

const Right = ({ right }: { right: MissingRight }) => (
  <li class="card right">
    <p class="right-title"><b>{right.right}</b>{right.value && <span class="right-value">{right.value}</span>}</p>
    {right.where && <p class="path">{right.where}</p>}
    {right.needed_for.length > 0 && <p class="muted">Needed for: {joined(right.needed_for)}</p>}
    <p class={`sure ${right.sure}`} title={right.source}>{HOW_SURE[right.sure]}</p>
  </li>
);

const joined = (words: string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
