/** Our own small drawings, 24 × 24, in the colour of the text around them. */

import type { JSX } from "preact";

const DRAWINGS = {
  offhook: (
    <>
      <g transform="rotate(-20 12 9)">
        <path d="M5.2 11.2C6.6 5.6 17.4 5.6 18.8 11.2" stroke-width="3.4" />
        <path d="M4.6 10.4v1.9M19.4 10.4v1.9" stroke-width="4.6" />
      </g>
      <path d="M7.5 19.4h9" stroke-width="2.8" />
    </>
  ),
  handset: (
    <g transform="rotate(-135 12 12)">
      <path d="M5 13.6C6.4 7.6 17.6 7.6 19 13.6" stroke-width="3.2" />
      <path d="M4.9 12.6v2.2M19.1 12.6v2.2" stroke-width="4.4" />
    </g>
  ),
  "hang-up": (
    <>
      <path d="M5 13.2C6.4 7.8 17.6 7.8 19 13.2" stroke-width="3.2" />
      <path d="M4.9 12.4v2.2M19.1 12.4v2.2" stroke-width="4.4" />
    </>
  ),
  gear: (
    <>
      <circle cx="12" cy="12" r="8.6" stroke-width="3" stroke-dasharray="3.4 3.355" stroke-dashoffset="1.7" stroke-linecap="butt" />
      <circle cx="12" cy="12" r="5.6" stroke-width="3.2" />
    </>
  ),
  close: <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" stroke-width="2.6" />,
  back: <path d="M14.5 5.5L8 12l6.5 6.5" />,
  next: <path d="M9.5 5.5L16 12l-6.5 6.5" />,
  recent: <><circle cx="12" cy="12" r="8.2" /><path d="M12 7.4V12l3.2 2" /></>,
  contacts: <><circle cx="12" cy="8.4" r="3.7" /><path d="M4.8 19.6c.8-3.9 3.6-5.8 7.2-5.8s6.4 1.9 7.2 5.8" /></>,
  inbound: <path d="M18 6L7 17M7 9v8h8" />,
  outbound: <path d="M6 18L17 7M9 7h8v8" />,
  missed: <path d="M4.5 7l7.5 7.5L19.5 7M4.5 12.5V7H10" />,
  mute: <><rect x="9.2" y="3.5" width="5.6" height="10.2" rx="2.8" /><path d="M5.8 11.4c.3 3.5 2.7 5.6 6.2 5.6s5.9-2.1 6.2-5.6M12 17v3.4M4.4 4.4l15.2 15.2" /></>,
  unmute: <><rect x="9.2" y="3.5" width="5.6" height="10.2" rx="2.8" /><path d="M5.8 11.4c.3 3.5 2.7 5.6 6.2 5.6s5.9-2.1 6.2-5.6M12 17v3.4" /></>,
  hold: <path d="M8.8 6v12M15.2 6v12" stroke-width="3" />,
  resume: <path d="M8.5 5.8v12.4L18 12z" />,
  transfer: <path d="M4 8.5h14M14.4 4.6L18.4 8.5l-4 3.9M20 16H9.5M13 12.6L9.4 16l3.6 3.5" />,
  merge: <path d="M5.5 4.5L12 11l6.5-6.5M12 11v8.5M8.6 16.2l3.4 3.4 3.4-3.4" />,
  keypad: <path d="M6.5 6v.1M12 6v.1M17.5 6v.1M6.5 12v.1M12 12v.1M17.5 12v.1M6.5 18v.1M12 18v.1M17.5 18v.1" stroke-width="3.2" />,
  swap: <path d="M7 4.5v14M3.5 15L7 18.5l3.5-3.5M17 19.5v-14M13.5 9L17 5.5 20.5 9" />,
  speaker: <path d="M4.5 9.5h3.4L12.5 5.6v12.8L7.9 14.5H4.5zM15.6 9.2a4 4 0 0 1 0 5.6M17.9 6.8a7.4 7.4 0 0 1 0 10.4" />,
  search: <><circle cx="10.8" cy="10.8" r="6" /><path d="M15.4 15.4L20 20" /></>,
  erase: <path d="M9 6h11v12H9l-5.2-6zM12.2 9.8l4.4 4.4M16.6 9.8l-4.4 4.4" />,
  open: <path d="M13.5 5H19v5.5M19 5l-8 8M10 6H6v12h12v-4" />,
  plus: <path d="M12 5.5v13M5.5 12h13" />,
  check: <path d="M5 12.8l4.6 4.4L19 7.4" />,
  minus: <path d="M6 12h12" />,
  question: <path d="M8.6 9.2a3.4 3.4 0 1 1 4.9 3c-1 .5-1.5 1.1-1.5 2.2M12 17.6v.2" />,
  warning: <path d="M12 4.4L20.6 19H3.4zM12 10v4M12 16.6v.2" />,
} satisfies Record<string, JSX.Element>;

export type Drawing = keyof typeof DRAWINGS;

export const Icon = ({ is, size = 20 }: { is: Drawing; size?: number }) => (
  <svg
    class={`icon icon-${is}`} width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
    stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"
  >
    {DRAWINGS[is]}
  </svg>
);
