import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { NotedObservation } from "../../field/observation.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { coalesce } from "../coalesce.ts";

const ASK_GAP_MS = 300;

/**
 * The newest record of an observation for as long as it is shown, whatever becomes of the list that it
 * was opened from. `known` until it was read; null: none is shown.
 */
export function useFollowed(
  id: string | null,
  known: NotedObservation | undefined,
): NotedObservation | null {
  const read = useSignal<NotedObservation | null>(null);
  useEffect(() => id === null ? undefined : follow(id, (now) => read.value = now), [id]);
  if (id === null) return null;
  return read.value?.id === id ? read.value : known ?? null;
}

function follow(id: string, show: (observation: NotedObservation) => void): () => void {
  let ended = false;
  const ask = coalesce(async () => {
    // what is shown stays until it can be read again; the list tells why it cannot
    const found = ended ? null : await fieldmesh().observation(id).catch(() => null);
    if (found && !ended) show(found);
  }, ASK_GAP_MS);
  ask();
  const stop = fieldmesh().on("observations", ask);
  return () => {
    ended = true;
    stop();
  };
}
