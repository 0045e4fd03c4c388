// The host of a calling widget: what HubSpot's page does for a frame that was built with the calling extensions SDK.
// Messages are {type, messageId, data}; only SYNC carries its fields beside the type. Without a provider nothing shows.
"use strict";

(() => {
  const host = JSON.parse(document.getElementById("calling-host").textContent);
  const box = document.getElementById("calling");
  const place = document.getElementById("calling-frame");
  const chooser = document.getElementById("calling-provider");
  const endButton = document.getElementById("calling-end");
  const OVERRIDE = "LocalSettings:Calling:CallingExtensions";
  const CHOSEN = "sandbox:calling:provider";
  const COOKIE = "hubspot_sandbox_calling_override";
  const SYNC_EVERY = 100;
  const SYNC_FOR = 30_000;
  const instance = Date.now();

  let provider; // the chosen one
  let frame; // its frame, once opened
  let origin = ""; // where messages of the frame must come from
  let synced = false;
  let loggedIn = false;
  let waiting = null; // the number to dial as soon as the widget is ready
  let call = null; // { externalCallId, engagementId, dialled }
  let sent = 0;

  const say = (words) => { document.getElementById("calling-status").textContent = words; };
  const originOf = (url) => { try { return new URL(url).origin; } catch { return ""; } };

  // The widget that a developer tries on her own machine, as HubSpot's local override. The server learns of its origin
  // by a cookie, because the page's policy names the frames that may load.
  function override() {
    let found;
    try { found = JSON.parse(localStorage.getItem(OVERRIDE)); } catch { found = null; }
    const url = found?.isReady && originOf(found.url) ? found.url : "";
    const known = document.cookie.split("; ").find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? "";
    const wanted = encodeURIComponent(originOf(url));
    if (known !== wanted) {
      document.cookie = `${COOKIE}=${wanted}; path=/; samesite=lax${wanted ? "" : "; max-age=0"}`;
      location.reload();
    }
    return url && { appId: 0, name: found.name || "Local widget", url, origin: originOf(url), width: 400, height: 600 };
  }

  const local = override();
  const providers = local ? [local, ...host.providers] : host.providers;
  if (!providers.length) return;

  // Talking to the frame -------------------------------------------------------------------------------------------

  function post(type, rest = {}) {
    sent += 1;
    frame?.contentWindow?.postMessage({ type, messageId: `${instance}_${Date.now()}_${sent}`, ...rest }, origin);
  }

  const send = (type, data = {}) => post(type, { data });

  function sync(since) {
    if (synced || !frame) return;
    if (Date.now() - since > SYNC_FOR) { say("Calling is offline: the widget did not answer."); return; }
    post("SYNC", {
      hostUrl: location.origin,
      portalId: host.portalId,
      userId: host.userId,
      ownerId: host.ownerId,
      engagementId: call?.engagementId,
      iframeLocation: "widget",
      usesCallingWindow: Boolean(provider.usesCallingWindow),
    });
    setTimeout(() => sync(since), SYNC_EVERY);
  }

  function open(url = provider.url) {
    origin = originOf(url);
    synced = loggedIn = false;
    frame = document.createElement("iframe");
    frame.id = "hubspot-calling-extension-iframe";
    frame.title = provider.name;
    frame.allow = "microphone; autoplay";
    frame.style.width = `${provider.width}px`;
    frame.style.height = `${provider.height}px`;
    frame.addEventListener("load", () => { synced = false; sync(Date.now()); });
    frame.src = url;
    place.replaceChildren(frame);
    say("Connecting…");
  }

  function show(yes, minimized = false) {
    box.hidden = !yes;
    box.classList.toggle("minimized", minimized);
    document.getElementById("calling-minimize").setAttribute("aria-expanded", String(!minimized));
    if (synced) send("VISIBILITY_CHANGED", { isMinimized: minimized, isHidden: !yes });
  }

  // Dialling -------------------------------------------------------------------------------------------------------

  function dial(number, property) {
    waiting = { number, property };
    show(true);
    if (!frame) open();
    dialWaiting();
  }

  function dialWaiting() {
    if (!waiting || !synced) return;
    if (!loggedIn) { say(`Log in to ${provider.name} to call.`); return; }
    const { number, property } = waiting;
    waiting = null;
    call = { dialled: true };
    say(`Calling ${number}`);
    send("DIAL_NUMBER", {
      phoneNumber: number,
      ownerId: host.ownerId,
      subjectId: host.objectId,
      objectId: host.objectId,
      objectType: host.objectType,
      portalId: host.portalId,
      countryCode: host.countryCode,
      calleeInfo: { calleeId: host.objectId, calleeObjectTypeId: host.objectTypeId },
      startTimestamp: Date.now(),
      toPhoneNumberSrc: property,
    });
  }

  // Asking the portal, as the person who is logged in -------------------------------------------------------------

  async function ask(path, fields) {
    const known = Object.entries({ ...fields, csrf: host.csrf }).filter(([, value]) => value !== undefined && value !== null);
    try {
      const answer = await fetch(`/calling-host/${host.portalId}${path}`, { method: "POST", body: new URLSearchParams(known) });
      const body = await answer.json().catch(() => ({ message: `The portal answered ${answer.status}.` }));
      return { ok: answer.ok, body };
    } catch {
      return { ok: false, body: { message: "The portal could not be reached." } };
    }
  }

  async function begin(direction, data) {
    const dialled = direction === "OUTGOING" && call?.dialled;
    call = { externalCallId: data.externalCallId, engagementId: undefined };
    endButton.hidden = false;
    say(direction === "INCOMING" ? `Incoming call from ${data.fromNumber}` : `Calling ${data.toNumber ?? ""}`);
    const { ok, body } = await ask("/calls", {
      direction,
      appId: provider.appId,
      externalCallId: data.externalCallId,
      fromNumber: data.fromNumber,
      toNumber: data.toNumber,
      callStartTime: data.callStartTime,
      create: Boolean(data.createEngagement),
      objectTypeId: dialled ? host.objectTypeId : undefined,
      objectId: dialled ? host.objectId : undefined,
    });
    const about = { externalCallId: data.externalCallId };
    if (data.createEngagement) tellOfEngagement(ok, body, about);
    if (direction === "INCOMING") tellOfCaller(ok ? body.callerIdMatches : [], about);
  }

  function tellOfEngagement(ok, body, about) {
    if (!ok) { send("CREATE_ENGAGEMENT_FAILED", { ...about, error: { message: body.message } }); return; }
    if (call?.externalCallId === about.externalCallId) call.engagementId = body.engagementId;
    send("CREATE_ENGAGEMENT_SUCCEEDED", { ...about, engagementId: body.engagementId });
    send("ENGAGEMENT_CREATED", { ...about, engagementId: body.engagementId });
  }

  function tellOfCaller(callerIdMatches, about) {
    if (callerIdMatches.length) send("CALLER_ID_MATCH_SUCCEEDED", { ...about, callerIdMatches });
    else send("CALLER_ID_MATCH_FAILED", { ...about, error: { message: "No record has this number." } });
  }

  const engagementOf = (data) => data.engagementId ?? (call?.externalCallId === data.externalCallId ? call?.engagementId : undefined);

  async function change(data, properties) {
    const engagementId = engagementOf(data);
    if (engagementId === undefined) return { ok: false, body: { message: "There is no engagement for this call." } };
    return ask(`/calls/${encodeURIComponent(engagementId)}`, { properties: JSON.stringify(properties) });
  }

  async function complete(data) {
    const engagementId = engagementOf(data);
    endButton.hidden = true;
    say("Call ended");
    if (data.engagementProperties && engagementId !== undefined) {
      const { ok, body } = await change(data, data.engagementProperties);
      const about = { externalCallId: data.externalCallId, engagementId };
      if (ok) send("UPDATE_ENGAGEMENT_SUCCEEDED", about);
      else send("UPDATE_ENGAGEMENT_FAILED", { ...about, error: { message: body.message } });
    }
    call = null;
    if (data.hideWidget !== false) show(false);
  }

  function finalize(type, data) {
    const engagementId = engagementOf(data);
    const about = { externalCallId: data.externalCallId, engagementId };
    if (engagementId !== undefined) send(`${type}_SUCCEEDED`, about);
    else send(`${type}_FAILED`, { ...about, error: { message: "There is no engagement for this call." } });
  }

  async function navigate(data) {
    const { objectTypeId, objectId } = data.objectCoordinates ?? {};
    const url = `/contacts/${host.portalId}/record/${encodeURIComponent(objectTypeId)}/${encodeURIComponent(objectId)}`;
    const found = await fetch(url).catch(() => null);
    if (!found?.ok) send("NAVIGATE_TO_RECORD_FAILED", { engagementId: data.engagementId, objectCoordinates: data.objectCoordinates });
    else if (data.openIn === "NEW_TAB") window.open(url, "_blank", "noopener");
    else location.assign(url);
  }

  function moveTo(data) {
    const allowed = providers.some((each) => each.origin === originOf(data.iFrameUrl));
    if (allowed) open(data.iFrameUrl);
    else send("SET_WIDGET_URL_FAILED", { iFrameUrl: data.iFrameUrl, error: { message: "This address is not the widget's." } });
  }

  function resize(data) {
    if (Number(data.width) > 0) frame.style.width = `${Number(data.width)}px`;
    if (Number(data.height) > 0) frame.style.height = `${Number(data.height)}px`;
  }

  function signedIn(yes) {
    loggedIn = yes;
    say(yes ? "Ready" : `Log in to ${provider.name} to call.`);
    dialWaiting();
  }

  const heard = {
    INITIALIZED: (data) => { if (data.sizeInfo) resize(data.sizeInfo); signedIn(data.isLoggedIn !== false); },
    LOGGED_IN: () => signedIn(true),
    LOGGED_OUT: () => signedIn(false),
    USER_AVAILABLE: () => say("Available"),
    USER_UNAVAILABLE: () => say("Unavailable"),
    INCOMING_CALL: (data) => begin("INCOMING", data),
    OUTGOING_CALL_STARTED: (data) => begin("OUTGOING", data),
    CALL_ANSWERED: (data) => { say("On a call"); return change(data, { hs_call_status: "IN_PROGRESS" }); },
    CALL_TRANSFERRED: () => say("Call transferred"),
    CALL_ENDED: (data) => { endButton.hidden = true; say("Call ended"); return change(data, { hs_call_status: data.callEndStatus ?? "COMPLETED" }); },
    CALL_COMPLETED: complete,
    FINALIZE_ENGAGEMENT: (data) => finalize("FINALIZE_ENGAGEMENT", data),
    PUBLISH_TO_CHANNEL: (data) => finalize("PUBLISH_TO_CHANNEL", data),
    NAVIGATE_TO_RECORD: navigate,
    RESIZE_WIDGET: resize,
    SET_WIDGET_URL: moveTo,
    ERROR: (data) => { if (data.message) say(`${provider.name}: ${data.message}`); },
    CALL_DATA: () => {},
  };

  window.addEventListener("message", ({ source, origin: from, data: message }) => {
    if (!frame || source !== frame.contentWindow || from !== origin || !message?.type) return;
    if (message.type === "SYNC_ACK") { synced = true; say("Connected"); dialWaiting(); return; }
    if (Object.hasOwn(heard, message.type)) heard[message.type](message.data ?? {});
    else send("ERROR", { type: "UNKNOWN_MESSAGE_TYPE", data: { originalMessage: message } });
  });

  // The page ---------------------------------------------------------------------------------------------------------

  function choose(index) {
    provider = providers[index] ?? providers[0];
    localStorage.setItem(CHOSEN, provider.url);
    document.getElementById("calling-name").textContent = provider.name;
    frame = undefined;
    place.replaceChildren();
    say("");
  }

  chooser.replaceChildren(...providers.map((each, index) => new Option(each.name, String(index))));
  chooser.closest("label").hidden = providers.length < 2;
  choose(Math.max(0, providers.findIndex((each) => each.url === localStorage.getItem(CHOSEN))));
  chooser.selectedIndex = providers.indexOf(provider);
  chooser.addEventListener("change", () => { choose(chooser.selectedIndex); open(); });
  document.getElementById("calling-open").hidden = false;
  document.getElementById("calling-open").addEventListener("click", () => { show(true); if (!frame) open(); });
  document.getElementById("calling-minimize").addEventListener("click", () => show(true, !box.classList.contains("minimized")));
  document.getElementById("calling-close").addEventListener("click", () => show(false));
  endButton.addEventListener("click", () => send("END_CALL", { externalCallId: call?.externalCallId, engagementId: call?.engagementId }));
  for (const button of document.querySelectorAll("button[data-call]")) {
    button.hidden = false;
    button.addEventListener("click", () => dial(button.dataset.call, button.dataset.callProperty));
  }
})();
