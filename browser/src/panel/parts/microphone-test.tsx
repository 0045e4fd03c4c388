/** A test call with oneself: the microphone's level, and one's own words a moment later. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { MicrophoneState } from "../../shared/phone";
import { Button, Refusal } from "../../shared/parts/controls";
import { openMicrophone } from "../../softphone/microphone";
import { useAsking } from "../context";
import { Echo } from "../echo";

const TICK_MS = 80;
const WORDS: Partial<Record<MicrophoneState, string>> = { ask: "Allow the microphone", missing: "Look again", busy: "Try again" };

export const MicrophoneTest = ({ device, microphone }: { device: string | null; microphone: MicrophoneState }) => {
  const { busy, refused, ask } = useAsking();
  const [level, setLevel] = useState<number | null>(null);
  const echo = useRef<Echo | null>(null);
  const stop = () => {
    echo.current?.stop();
    echo.current = null;
    setLevel(null);
  };
  useEffect(() => stop, [device]);
  useEffect(() => {
    const ticking = setInterval(() => echo.current && setLevel(echo.current.level()), TICK_MS);
    return () => clearInterval(ticking);
  }, []);
  const start = () => void ask(async () => {
    echo.current = new Echo(await openMicrophone(device));
    setLevel(0);
  });
  if (level !== null) return <Listening level={level} stop={stop} />;
  return (
    <>
      <Button kind={microphone === "ask" ? "primary" : "plain"} icon="unmute" busy={busy} onClick={start}>{WORDS[microphone] ?? "Try it with a test call"}</Button>
      <Refusal reason={refused} />
    </>
  );
};

const Listening = ({ level, stop }: { level: number; stop: () => void }) => (
  <>
    <p>Say something: you hear yourself a moment later.</p>
    <div class="meter" role="meter" aria-label="Microphone level" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
      <span style={{ width: `${Math.round(level * 100)}%` }} />
    </div>
    <p class="hint">The bar stands still? Choose another microphone below. You hear nothing? Choose another speaker.</p>
    <Button onClick={stop}>End the test</Button>
  </>
);
