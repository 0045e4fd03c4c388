/** What HubSpot's pages say, to choose from when one is stopped, or to read about at any time. The list is the service's. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Heading, Wording } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Refusal } from "../../shared/parts/controls";
import { SureOf } from "./sure";

/** `texts`: all that HubSpot may say there, when it has several words for one thing. */
type Shown = (wording: Wording, texts: string[]) => ComponentChildren;

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
  if (only && different.length === 1) return <>{shown(only, entries.map((each) => each.shown))}</>;
  return (
    <details class="heading">
      <summary><Quoted texts={[heading]} /></summary>
      <ul class="wordings">{different.map((each) => <li key={each.key}>{shown(each, [each.shown])}</li>)}</ul>
    </details>
  );
};

/** Two texts that mean the same are one choice; the first is what HubSpot says now. */
const once = (entries: Wording[]): Wording[] =>
  entries.filter(({ key }, at) => entries.findIndex((each) => each.key === key) === at);

export const Quoted = ({ texts }: { texts: string[] }) => (
  <span class="hubspots">{texts.map((text, at) => <span key={text}>{at > 0 && " or "}<q>{text}</q></span>)}</span>
);

/** What it means, for who reads about it. */
export const Meaning = ({ wording, texts }: { wording: Wording; texts: string[] }) => (
  <details class="meaning">
    <summary><Quoted texts={texts} /></summary>
    <p><b>{wording.title}.</b> {wording.says}</p>
    <p><b>{wording.who}</b> {wording.remedy}</p>
    <SureOf cause={wording.cause} sure={wording.sure} />
  </details>
);
