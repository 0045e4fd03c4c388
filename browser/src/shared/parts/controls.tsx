/** Buttons, fields and notes to the agent, in one look. */

import type { ComponentChildren, JSX, Ref } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { Reason } from "../values";
import { type Drawing, Icon } from "./icon";

type Kind = "primary" | "plain" | "quiet" | "good" | "bad";

interface ButtonProps {
  kind?: Kind;
  icon?: Drawing;
  busy?: boolean;
  disabled?: boolean;
  wide?: boolean;
  type?: "button" | "submit";
  label?: string;
  onClick?: () => void;
  children?: ComponentChildren;
}

export const Button = ({ kind = "plain", icon, busy = false, disabled, wide, type = "button", label, onClick, children }: ButtonProps) => {
  const button = useFocusAfter(busy);
  return (
    <button
      ref={button} type={type} class={`button ${kind}${wide ? " wide" : ""}`} disabled={disabled || busy} aria-busy={busy || undefined}
      aria-label={label} onClick={onClick}
    >
      {icon && <Icon is={icon} size={18} />}
      <span>{children}</span>
    </button>
  );
};

/** A button that is disabled while it works loses the focus; it gets it back, unless somebody went on. */
const useFocusAfter = (busy: boolean): { current: HTMLButtonElement | null } => {
  const button = useRef<HTMLButtonElement>(null);
  const had = useRef(false);
  if (busy && button.current && button.current === document.activeElement) had.current = true;
  useLayoutEffect(() => {
    if (busy) return;
    if (had.current && document.activeElement === document.body) button.current?.focus({ preventScroll: true });
    had.current = false;
  }, [busy]);
  return button;
};

export const IconButton = ({ icon, label, onClick, tone = "", pressed }: {
  icon: Drawing; label: string; onClick: () => void; tone?: string; pressed?: boolean;
}) => (
  <button type="button" class={`icon-button ${tone}`} aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}>
    <Icon is={icon} />
  </button>
);

export const Field = ({ label, hint, ...input }: { label: string; hint?: string } & JSX.IntrinsicElements["input"]) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} autocomplete="off" {...input} />
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
};

export const Choice = ({ label, value, options, disabled, onChoose }: {
  label: string; value: string; options: { value: string; says: string }[]; disabled?: boolean; onChoose: (value: string) => void;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} disabled={disabled} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map((option) => <option key={option.value} value={option.value}>{option.says}</option>)}
      </select>
    </div>
  );
};

export const Link = ({ to, children, icon }: { to: string; children: ComponentChildren; icon?: boolean }) =>
  /^(https?|mailto):/i.test(to) ? (
    <a class="link" href={to} target="_blank" rel="noreferrer">
      <span>{children}</span>{icon && <Icon is="open" size={15} />}
    </a>
  ) : null;

type Tone = "calm" | "warning" | "bad" | "good";

export const Note = ({ tone = "calm", children, alert }: { tone?: Tone; children: ComponentChildren; alert?: boolean }) => (
  <div class={`note ${tone}`} role={alert ? "alert" : undefined}>{children}</div>
);

/** What is wrong and what to do: every refusal in the panel looks and sounds the same. */
export const Refusal = ({ reason, children }: { reason: Reason | null; children?: ComponentChildren }) =>
  reason ? (
    <Note tone="bad" alert>
      <p><strong>{reason.says}</strong></p>
      {reason.remedy && <p>{reason.remedy}</p>}
      {children}
    </Note>
  ) : null;

export const Page = ({ title, says, back, top, children }: {
  title: string; says?: string; back?: () => void; top?: Ref<HTMLElement>; children?: ComponentChildren;
}) => (
  <section class="page" {...(top ? { ref: top } : {})}>
    <div class="page-head">
      {back && <IconButton icon="back" label="Back" onClick={back} />}
      <h2 tabIndex={-1}>{title}</h2>
    </div>
    {says && <p class="lead">{says}</p>}
    {children}
  </section>
);

/** A screen that has one thing to say: loading, offline, broken. */
export const Plain = ({ icon, title, children, live }: {
  icon: Drawing; title: string; children?: ComponentChildren; live?: boolean;
}) => (
  <section class="plain-page" role={live ? "status" : undefined}>
    <div class="medal"><Icon is={icon} size={34} /></div>
    <h2 tabIndex={-1}>{title}</h2>
    {children}
  </section>
);
