/** What the softphone needs of a SIP library, so that a test may be one. The real one: jssip-agent.ts. */

import type { PhoneLine } from "../shared/phone";

export interface Message {
  getHeader(name: string): string | undefined;
  status_code?: number;
  reason_phrase?: string;
  body?: string | null;
  call_id: string;
}

export interface Ended {
  originator: "local" | "remote" | "system";
  message: Message | null;
  cause: string;
}

export interface SessionEvents {
  progress: { originator: string; response?: Message };
  accepted: { originator: string; response?: Message };
  confirmed: unknown;
  ended: Ended;
  failed: Ended;
  hold: { originator: string };
  unhold: { originator: string };
  reinvite: unknown;
  icecandidate: { ready(): void };
  sdp: { originator: string; type: string; sdp: string };
  replaces: { accept(taken: (session: Session) => void): void };
  refer: { accept(taken: (session: Session) => void, options: object): void; reject(): void };
}

export interface Media {
  mediaStream: MediaStream;
  pcConfig: RTCConfiguration;
  extraHeaders?: string[];
}

export interface Session {
  readonly id: string;
  readonly connection: RTCPeerConnection;
  readonly remote_identity: { uri: { user: string | null; toString(): string }; display_name: string | null };
  on<E extends keyof SessionEvents>(event: E, listener: (heard: SessionEvents[E]) => void): unknown;
  isEstablished(): boolean;
  isEnded(): boolean;
  isMuted(): { audio?: boolean };
  isOnHold(): { local: boolean };
  answer(media: Media): void;
  terminate(how?: { status_code?: number; reason_phrase?: string; cause?: string }): void;
  /** Whether it began; `done` when the other side has taken it. */
  hold(how: object, done: () => void): boolean;
  unhold(how: object, done: () => void): boolean;
  mute(what: { audio: boolean }): void;
  unmute(what: { audio: boolean }): void;
  sendDTMF(tone: string, how: { transportType: "RFC2833" | "INFO"; duration: number; interToneGap: number }): void;
  refer(target: string, options: { replaces?: Session; eventHandlers: ReferEvents }): unknown;
}

export interface ReferEvents {
  requestFailed(): void;
  accepted(): void;
  failed(failed: { status_line?: { status_code?: number } }): void;
}

export interface AgentEars {
  connected(): void;
  disconnected(): void;
  registered(): void;
  /** `status`: of the answer; 0 when none came. */
  notRegistered(status: number, says: string): void;
  /** Somebody calls. */
  called(session: Session, invite: Message): void;
  /** Anything came from the phone system; `pong`: only the answer to a ping. */
  heard(pong: boolean): void;
}

export interface Agent {
  start(): void;
  /** Ends every call and says goodbye to the registrar. */
  stop(): void;
  isConnected(): boolean;
  /** The network changed: the old connection may be dead without knowing. */
  connectAnew(): void;
  renew(password: string): void;
  /** A keep-alive (RFC 5626 4.4.1), which not every phone system answers. */
  ping(): void;
  /** A request that every phone system answers somehow (OPTIONS). */
  askIfThere(): void;
  call(target: string, media: Media): Session;
  callIdOf(session: Session): string;
  /** Looks for a new way for the sound (RFC 8445 restart, by re-INVITE); false when it was not to be had. */
  restartIce(session: Session): Promise<boolean>;
  /** Asks the other side whether it knows this call (OPTIONS); false: no answer. One that says no ends the call. */
  isThere(session: Session): Promise<boolean>;
}

export type NewAgent = (line: PhoneLine, instance: string, ears: AgentEars) => Agent;
