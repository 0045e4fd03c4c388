/** The phone's own document: nobody sees it, and no navigation, reload, closed panel or sleeping worker ends it. It comes
    to the background by a port when there is something to tell, or when it is called for, which wakes the worker; what it
    said and nobody has kept yet it says again. */

import { COME, type FromPhone, PHONE_PORT, type ToPhone } from "../messages";
import type { Said } from "../shared/phone";
import { refusalOf } from "../shared/refused";
import { browserPhone } from "../softphone/browser-phone";

const AGAIN_MS = 200;
let port: chrome.runtime.Port | null = null;
let unkept: Said[] = [];

const tell = (message: FromPhone): void => {
  try {
    if (!port) connect();
    port?.postMessage(message);
  } catch {
    port = null; // the next connection begins with everything
  }
};

const phone = browserPhone({
  changed: (view) => tell({ is: "view", view }),
  refused: () => tell({ is: "refused" }),
  said: (said) => {
    unkept = [...unkept, said];
    tell({ is: "said", said: [said] });
  },
});

function connect(): void {
  const opened = chrome.runtime.connect({ name: PHONE_PORT });
  port = opened;
  opened.onMessage.addListener((message: ToPhone) => void asked(message));
  opened.onDisconnect.addListener(() => {
    if (port === opened) port = null;
    const needed = phone.view.legs.length > 0 || unkept.length > 0;
    if (needed) setTimeout(() => port ?? connect(), AGAIN_MS); // else the worker may sleep
  });
  opened.postMessage({ is: "view", view: phone.view } satisfies FromPhone);
  if (unkept.length) opened.postMessage({ is: "said", said: unkept } satisfies FromPhone);
}

async function asked(message: ToPhone): Promise<void> {
  switch (message.is) {
    case "use": return phone.use(message.line);
    case "choices": return phone.choose(message.choices);
    case "available": return phone.setAvailable(message.available);
    case "kept": return kept(message.said);
    case "do": return phone.send(message.command).then(
      (leg) => tell({ is: "done", id: message.id, leg }),
      (error: unknown) => tell({ is: "refusal", id: message.id, refusal: refusalOf(error) }),
    );
  }
}

const kept = (said: Said[]): void => {
  const done = new Set(said.map(({ call, seq }) => `${call} ${seq}`));
  unkept = unkept.filter(({ call, seq }) => !done.has(`${call} ${seq}`));
};

chrome.runtime.onMessage.addListener((message: unknown) => {
  if (message === COME && !port) connect();
});
connect();
