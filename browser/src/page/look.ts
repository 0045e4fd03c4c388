/** How a number looks where page.css does not reach. */

export const SHADOW_STYLE = `
  .offhook-number { cursor: pointer; text-decoration: underline dotted; text-underline-offset: 3px; }
  .offhook-number:hover, .offhook-number:focus-visible { text-decoration-style: solid; }
  .offhook-number:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`;
