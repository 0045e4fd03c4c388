/** What sections are made of. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button, Link, Refusal } from "../../shared/parts/controls";
import { copyFrom } from "../../shared/parts/copy";
import { Icon } from "../../shared/parts/icon";
import type { Capability } from "../../shared/values";
import { type Loaded, useSurface } from "../context";

export const Section = ({ title, says, children }: { title: string; says?: ComponentChildren; children: ComponentChildren }) => (
  <>
    <h2 tabIndex={-1}>{title}</h2>
    {says && <p class="lead">{says}</p>}
    {children}
  </>
);

/** To where reading goes on when what had the focus is gone. */
export const toHeading = (): void => document.querySelector<HTMLElement>("main h2")?.focus({ preventScroll: true });

/** The heading of something that has just opened: it takes the focus. */
export const Opened = ({ children }: { children: ComponentChildren }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return <h3 ref={heading} tabIndex={-1}>{children}</h3>;
};

/** What was loaded; until then that it is looked for, or why it cannot be had. What is old stays, with the reason beside it. */
export const Once = <T,>({ loaded, children }: { loaded: Loaded<T>; children: (value: T) => ComponentChildren }) => (
  <>
    <Refusal reason={loaded.refused}><Button onClick={loaded.again}>Try again</Button></Refusal>
    {loaded.value !== null ? children(loaded.value) : !loaded.refused && <p role="status" class="muted">Looking…</p>}
  </>
);

export interface Column<T> {
  title: string;
  cell: (row: T) => ComponentChildren;
  className?: string;
}

/** A table; where the page is narrow, each row is a card with the columns' titles inside. */
export const Table = <T,>({ label, columns, rows, keyOf, none }: {
  label: string; columns: Column<T>[]; rows: T[]; keyOf: (row: T) => string; none: string;
}) => rows.length === 0 ? <p class="nothing">{none}</p> : (
  <table class="table" aria-label={label}>
    <thead><tr>{columns.map(({ title }) => <th key={title} scope="col">{title}</th>)}</tr></thead>
    <tbody>
      {rows.map((row) => (
        <tr key={keyOf(row)}>
          {columns.map(({ title, cell, className }) => <td key={title} class={className} data-title={title}><div>{cell(row)}</div></td>)}
        </tr>
      ))}
    </tbody>
  </table>
);

/** One of several, as buttons beside each other. */
export const Pick = <K extends string>({ label, options, chosen, onChoose }: {
  label: string; options: { key: K; says: string; count?: number }[]; chosen: K; onChoose: (key: K) => void;
}) => (
  <div class="pick" role="group" aria-label={label}>
    {options.map(({ key, says, count }) => (
      <button key={key} type="button" class="chip" aria-pressed={key === chosen} onClick={() => onChoose(key)}>
        {says}{count !== undefined && <span class="chip-count">{count}</span>}
      </button>
    ))}
  </div>
);

export const Capabilities = ({ capabilities }: { capabilities: Capability[] }) => (
  <ul class="checks">
    {capabilities.map(({ key, title, on, why }) => (
      <li key={key} class={on ? "pass" : "off"}>
        <Icon is={on ? "check" : "close"} size={17} />
        <span>{title}<span class="unseen">: {on ? "on" : "off"}</span>{!on && why && <span class="muted"> – {why}</span>}</span>
      </li>
    ))}
  </ul>
);

/** A longer link is more than some mail programs take. */
const MAIL_MOST = 1_200;

/** A message to be sent by whoever reads it. */
export const Message = ({ label, message, to }: { label: string; message: { subject: string; text: string }; to?: string }) => {
  const id = useId();
  const { announce } = useSurface();
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyFrom(field.current, message.text);
    setCopied(done);
    announce(done ? "The message is copied." : "It could not be copied; it is selected.");
  };
  const mail = `mailto:${encodeURIComponent(to ?? "")}?subject=${encodeURIComponent(message.subject)}&body=${encodeURIComponent(message.text.slice(0, MAIL_MOST))}`;
  return (
    <div class="message">
      <div class="field"><label for={id}>{label}</label><textarea id={id} ref={field} readOnly rows={6} value={message.text} /></div>
      <div class="buttons">
        <Button onClick={() => void copy()}>{copied ? "Copied" : "Copy message"}</Button>
        <Link to={mail}>E-mail it</Link>
      </div>
    </div>
  );
};
