/** What ends something that was lent. */

import { Button, Refusal } from "../../shared/parts/controls";
import { useAdministration, useAsking, useSurface } from "../context";
import type { ElevationKind } from "../values";

const WORDS: Record<ElevationKind, string> = { "permission-set": "Put back now", "super-admin": "It is taken back", rights: "They are taken back" };

export const End = ({ id, kind, name, ended }: { id: string; kind: ElevationKind; name: string; ended: () => void }) => {
  const administration = useAdministration();
  const { announce } = useSurface();
  const { busy, refused, ask } = useAsking();
  const end = (stays: boolean) => void ask(async () => {
    await administration.end(id, stays);
    announce(stays ? `${name} is Super Admin for good.` : `What ${name} was lent is taken back.`);
    ended();
  });
  return (
    <>
      <div class="buttons">
        <Button busy={busy} label={`${WORDS[kind]}: ${name}`} onClick={() => end(false)}>{WORDS[kind]}</Button>
        {kind === "super-admin" && <Button kind="quiet" busy={busy} label={`Stays Super Admin: ${name}`} onClick={() => end(true)}>Stays Super Admin</Button>}
      </div>
      <Refusal reason={refused} />
    </>
  );
};
