/** JsSIP as our agent. Its habit of ending a call when the network fails is taken from it here: a call that was answered
    outlives a lost connection, an unanswered re-INVITE and a failed ICE check; `alive.ts` decides when it is over. */

import JsSIP from "jssip";
import type { PhoneLine } from "../shared/phone";
import type { Agent, AgentEars, Media, Message, Session } from "./agent";
import { answerable } from "./challenges";

/** Of JsSIP 3.13: methods that are there and not in its types. */
interface Inside extends Session {
  _request?: { call_id: string };
  _sendReinvite(options: { rtcOfferConstraints: object; eventHandlers: { succeeded(): void; failed(): void } }): void;
  sendRequest(method: string, options: { eventHandlers: Record<string, () => void> }): void;
  isReadyToReOffer(): boolean;
  onTransportError(): void;
  onRequestTimeout(): void;
}

interface InsideUA {
  sendOptions(target: unknown): void;
}

interface Heard {
  cause?: string;
  response?: Message | null;
}

export const newJsSipAgent = (line: PhoneLine, instance: string, ears: AgentEars): Agent => new JsSipAgent(line, instance, ears);

class JsSipAgent implements Agent {
  private readonly socket: JsSIP.WebSocketInterface;
  private readonly ua: JsSIP.UA;

  constructor(private readonly line: PhoneLine, instance: string, private readonly ears: AgentEars) {
    this.socket = hearing(new JsSIP.WebSocketInterface(line.server), (pong) => ears.heard(pong));
    this.ua = new JsSIP.UA({
      sockets: [this.socket], uri: line.uri, authorization_user: line.username, password: line.password, ...(line.realm ? { realm: line.realm } : {}),
      instance_id: instance, register: true, register_expires: line.register_seconds, session_timers: false, user_agent: "Offhook",
      connection_recovery_min_interval: 1, connection_recovery_max_interval: 5, ...(line.outbound_proxy ? { extra_headers: [`Route: <${line.outbound_proxy}>`] } : {}),
    });
    this.listen();
  }

  start = (): void => this.ua.start();
  stop = (): void => this.ua.stop();
  isConnected = (): boolean => this.ua.isConnected();
  renew(password: string): void {
    this.ua.set("password", password); // counts before the hash that JsSIP keeps of the old one
    if (this.isConnected()) this.ua.register();
  }

  connectAnew(): void {
    this.socket.disconnect();
    this.socket.ondisconnect(true, 1006, "the network changed"); // JsSIP then connects again, and registers
  }

  ping = (): void => void this.socket.send("\r\n\r\n");
  askIfThere = (): void => (this.ua as unknown as InsideUA).sendOptions(JsSIP.URI.parse(`sip:${this.line.uri.split("@")[1]}`));

  call(target: string, media: Media): Session {
    return tough(this.ua.call(target, { ...media, mediaConstraints: { audio: true, video: false } }) as unknown as Inside);
  }

  callIdOf = (session: Session): string => (session as Inside)._request?.call_id ?? "";

  restartIce(session: Session): Promise<boolean> {
    const inside = session as Inside;
    if (!this.isConnected() || !inside.isEstablished() || !inside.isReadyToReOffer()) return Promise.resolve(false);
    return new Promise((done) => inside._sendReinvite({
      rtcOfferConstraints: { iceRestart: true }, eventHandlers: { succeeded: () => done(true), failed: () => done(false) },
    }));
  }

  isThere(session: Session): Promise<boolean> {
    if (!this.isConnected() || !session.isEstablished()) return Promise.resolve(false);
    return new Promise((done) => {
      const no = () => done(false);
      (session as Inside).sendRequest("OPTIONS", {
        eventHandlers: { onSuccessResponse: () => done(true), onErrorResponse: () => done(true), onRequestTimeout: no, onTransportError: no, onDialogError: () => endQuietly(session) },
      });
    });
  }

  private listen(): void {
    this.ua.on("connected", () => this.ears.connected());
    this.ua.on("disconnected", () => this.ears.disconnected());
    this.ua.on("registered", () => this.ears.registered());
    this.ua.on("registrationFailed", (heard: unknown) => {
      const { response, cause } = heard as Heard;
      this.ears.notRegistered(response?.status_code ?? 0, response?.reason_phrase ?? cause ?? "");
    });
    this.ua.on("newRTCSession", (heard: unknown) => {
      const { originator, session, request } = heard as { originator: string; session: Inside; request: Message };
      if (originator === "remote") this.ears.called(tough(session), request);
    });
  }
}

/** What arrives is read before JsSIP reads it. */
const hearing = (socket: JsSIP.WebSocketInterface, heard: (pong: boolean) => void): JsSIP.WebSocketInterface => {
  const inside = socket as unknown as { _onMessage(event: { data: unknown }): void };
  const before = inside._onMessage.bind(socket);
  inside._onMessage = ({ data }) => {
    heard(data === "\r\n");
    before({ data: typeof data === "string" ? answerable(data) : data });
  };
  return socket;
};

/** See above: once answered, only an answer that says so ends a call. */
const tough = (session: Inside): Session => {
  for (const trouble of ["onTransportError", "onRequestTimeout"] as const) {
    const before = session[trouble].bind(session);
    session[trouble] = () => {
      if (!session.isEstablished()) before();
    };
  }
  return session;
};

const endQuietly = (session: Session): void => {
  if (!session.isEnded()) session.terminate({ cause: "Dialog Error" });
};
