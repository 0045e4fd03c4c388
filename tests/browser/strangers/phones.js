// Two phones that are not ours, JsSIP and SIP.js, with one set of buttons. `log` says what happened, oldest first.
import JsSIP from "jssip";
import { Inviter, Registerer, SessionState, UserAgent } from "sip.js";

const SOUND = { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false }, video: false };

class Phone {
  log = [];
  calls = [];

  get call() {
    return this.calls.at(-1);
  }

  // Of a call: packets both ways, and the energy of what was heard. Chromium decodes only what is played.
  async heard(number = this.calls.length - 1) {
    const said = { received: 0, sent: 0, heard: 0 };
    const connection = this.connection(this.calls[number]);
    const tracks = connection.getReceivers().map((each) => each.track);
    if (tracks.length > 0 && this.played !== tracks[0]) {
      this.played = tracks[0];
      this.speaker ??= new Audio();
      this.speaker.srcObject = new MediaStream(tracks);
      this.speaker.play();
    }
    for (const each of (await connection.getStats()).values()) {
      if (each.type === "inbound-rtp") {
        said.received += each.packetsReceived;
        said.heard += each.totalAudioEnergy ?? 0;
      }
      if (each.type === "outbound-rtp") said.sent += each.packetsSent;
    }
    return said;
  }
}

class JsSipPhone extends Phone {
  constructor({ server, uri, username, password }) {
    super();
    this.agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(server)],
      uri,
      authorization_user: username,
      password,
      register_expires: 120,
    });
    for (const each of ["registered", "registrationFailed", "disconnected"])
      this.agent.on(each, (event) => this.log.push(`${each} ${event?.response?.status_code ?? ""}`.trim()));
    this.agent.on("newRTCSession", ({ session, originator, request }) => this.follow(session, originator, request));
    this.agent.start();
  }

  follow(session, originator, request) {
    this.calls.push(session);
    if (originator === "remote") this.log.push(`rings ${request.from.uri.user} ${request.getHeader("X-Offhook-Call")}`);
    session.on("accepted", () => this.log.push("answered"));
    session.on("ended", () => this.log.push("ended"));
    session.on("failed", ({ cause }) => this.log.push(`failed ${cause}`));
    session.on("hold", ({ originator: who }) => who === "remote" && this.log.push("held remote"));
    session.on("unhold", ({ originator: who }) => who === "remote" && this.log.push("resumed remote"));
    session.on("newInfo", ({ info, originator: who }) => who === "remote" && this.log.push(`info ${info.body}`));
    session.on("newDTMF", ({ dtmf, originator: who }) => who === "remote" && this.log.push(`key ${dtmf.tone}`));
  }

  connection(call) {
    return call.connection;
  }

  dial(target) {
    this.agent.call(`sip:${target}@offhook.invalid`, { mediaConstraints: SOUND });
  }

  answer() {
    this.call.answer({ mediaConstraints: SOUND });
  }

  refuse(status) {
    this.call.terminate({ status_code: status });
  }

  hangUp(number = this.calls.length - 1) {
    this.calls[number].terminate();
  }

  hold(number = this.calls.length - 1) {
    // Its event of this name comes with the wish; only when the other side has answered can it wish for anything else.
    this.calls[number].hold({}, () => this.log.push("held local"));
  }

  resume(number = this.calls.length - 1) {
    this.calls[number].unhold({}, () => this.log.push("resumed local"));
  }

  press(key) {
    this.call.sendDTMF(key);
  }

  transfer(target, number = this.calls.length - 1, replaces = undefined) {
    const call = this.calls[number];
    const options = replaces === undefined ? {} : { replaces: this.calls[replaces] };
    options.eventHandlers = {
      accepted: () => this.log.push("transferred"),
      failed: () => this.log.push("not transferred"),
      requestFailed: () => this.log.push("not transferred"),
    };
    call.refer(`sip:${target}@offhook.invalid`, options);
  }

  restartIce() {
    this.call.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, () => this.log.push("restarted"));
  }
}

class SipJsPhone extends Phone {
  constructor({ server, uri, username, password }) {
    super();
    this.agent = new UserAgent({
      uri: UserAgent.makeURI(uri),
      transportOptions: { server },
      authorizationUsername: username,
      authorizationPassword: password,
      logLevel: "error",
      sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 2000 },
      delegate: { onInvite: (invitation) => this.follow(invitation, invitation.request) },
    });
    this.agent.start().then(() => {
      const registerer = new Registerer(this.agent);
      registerer.stateChange.addListener((state) => this.log.push(state.toLowerCase()));
      return registerer.register();
    });
  }

  follow(session, request) {
    this.calls.push(session);
    if (request) this.log.push(`rings ${request.from.uri.user} ${request.getHeader("X-Offhook-Call")}`);
    session.delegate = {
      onInfo: (info) => {
        this.log.push(`info ${info.request.body}`);
        return info.accept();
      },
    };
    session.stateChange.addListener((state) => {
      if (state === SessionState.Established) this.log.push("answered");
      if (state === SessionState.Terminated) this.log.push("ended");
    });
  }

  connection(call) {
    return call.sessionDescriptionHandler.peerConnection;
  }

  dial(target) {
    const inviter = new Inviter(this.agent, UserAgent.makeURI(`sip:${target}@offhook.invalid`), {
      sessionDescriptionHandlerOptions: { constraints: SOUND },
    });
    this.follow(inviter);
    inviter.invite({
      requestDelegate: { onReject: ({ message }) => this.log.push(`failed ${message.statusCode}`) },
    });
  }

  answer() {
    this.call.accept({ sessionDescriptionHandlerOptions: { constraints: SOUND } });
  }

  refuse(status) {
    this.call.reject({ statusCode: status });
  }

  hangUp(number = this.calls.length - 1) {
    const call = this.calls[number];
    if (call.state === SessionState.Established) call.bye();
    else call.cancel();
  }

  #reinvite(number, hold) {
    const call = this.calls[number];
    call.sessionDescriptionHandlerOptionsReInvite = { hold };
    return call.invite({ requestDelegate: { onAccept: () => this.log.push(hold ? "held local" : "resumed local") } });
  }

  hold(number = this.calls.length - 1) {
    return this.#reinvite(number, true);
  }

  resume(number = this.calls.length - 1) {
    return this.#reinvite(number, false);
  }

  press(key) {
    const body = { contentDisposition: "render", contentType: "application/dtmf-relay", content: `Signal=${key}\r\nDuration=160` };
    return this.call.info({ requestOptions: { body } });
  }

  transfer(target, number = this.calls.length - 1, replaces = undefined) {
    const to = replaces === undefined ? UserAgent.makeURI(`sip:${target}@offhook.invalid`) : this.calls[replaces];
    return this.calls[number].refer(to, { onNotify: (notification) => notification.accept().then(() => this.log.push("transferred")) });
  }
}

export function start(kind, softphone) {
  const phone = kind === "jssip" ? new JsSipPhone(softphone) : new SipJsPhone(softphone);
  globalThis.phone = phone;
}
