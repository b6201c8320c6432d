/** What is stored, as the pictures' card shows it: asked for when it may have changed. */
import { signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { StorageReport } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { coalesce } from "../coalesce.ts";

export const storageReport = signal<StorageReport | null>(null);
/** Why the last thing that was tried did not work; "" when it did. */
export const storageProblem = signal("");

/** Pictures arrive in bulk; nobody reads a figure more often. */
const GAP_MS = 2_000;

/** Keeps {@link storageReport} true while the card is shown. Returns what ends that. */
export function followStorage(source: Fieldmesh): () => void {
  const renew = coalesce(readStorage, GAP_MS);
  renew();
  const undo = [source.on("blobs", renew), source.on("observations", renew)];
  return () => undo.forEach((stop) => stop());
}

/** Tries something that changes what is stored, and reads again. False: it did not work. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  storageProblem.value = "";
  try {
    await work();
  } catch (thrown) {
    storageProblem.value = toFailure(thrown).message;
  }
  const failed = storageProblem.value !== "";
  await readStorage();
  return !failed;
}

/** Reads {@link storageReport} again. */
export async function readStorage(): Promise<void> {
  try {
    storageReport.value = await fieldmesh().storage();
  } catch (thrown) {
    storageProblem.value = toFailure(thrown).message;
  }
}
