/** What HubSpot's pages say, to choose from when one is stopped, or to read about at any time. The list is the service's. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Heading, Wording } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Refusal } from "../../shared/parts/controls";
import { SureOf } from "./sure";

type Shown = (wording: Wording, words: ComponentChildren) => ComponentChildren;

export const Wordings = ({ shown }: { shown: Shown }) => {
  const { host } = useSurface();
  const { refused, ask } = useAsking();
  const [headings, setHeadings] = useState<Heading[] | null>(null);
  const load = () => void ask(() => host.ask("wordings", null)).then((found) => found && setHeadings(found));
  useEffect(load, []);
  if (refused) return <Refusal reason={refused}><Button onClick={load}>Try again</Button></Refusal>;
  if (!headings) return <p role="status">Looking…</p>;
  return (
    <ul class="wordings">
      {headings.map((heading) => <li key={heading.heading}><Under heading={heading} shown={shown} /></li>)}
    </ul>
  );
};

/** A heading that says it all is one thing; else what stands under it is asked next. */
const Under = ({ heading: { heading, entries }, shown }: { heading: Heading; shown: Shown }) => {
  const different = once(entries);
  const [only] = different;
  if (only && different.length === 1) return <>{shown(only, <Words entries={entries} />)}</>;
  return (
    <details class="heading">
      <summary><span class="hubspots"><q>{heading}</q></span></summary>
      <ul class="wordings">
        {different.map((each) => <li key={each.key}>{shown(each, <Words entries={entries.filter(({ key }) => key === each.key)} />)}</li>)}
      </ul>
    </details>
  );
};

/** Texts that mean the same are one choice. */
const once = (entries: Wording[]): Wording[] =>
  entries.filter(({ key }, at) => entries.findIndex((each) => each.key === key) === at);

/** All that HubSpot says for one thing, in its words; what is not known to be its words only where nothing else is. */
const Words = ({ entries }: { entries: Wording[] }) => {
  const known = entries.filter(({ seen }) => seen !== "assumed");
  return (
    <span class="hubspots">
      {(known.length > 0 ? known : entries).map(({ shown, seen }, at) => (
        <span key={shown}>{at > 0 && " or "}{seen === "described" ? shown : <q>{shown}</q>}</span>
      ))}
    </span>
  );
};

/** What it means, for who reads about it. */
export const Meaning = ({ wording, words }: { wording: Wording; words: ComponentChildren }) => (
  <details class="meaning">
    <summary>{words}</summary>
    <p><b>{wording.title}.</b> {wording.says}</p>
    <p><b>{wording.who}</b> {wording.remedy}</p>
    <SureOf cause={wording.cause} sure={wording.sure} />
  </details>
);
