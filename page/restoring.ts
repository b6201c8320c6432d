import { FieldError } from "../field/errors.ts";
import type { RestoreReport } from "../field/messages.ts";
import type { RestoreOptions } from "./fieldmesh.ts";
import type { WorkerCalls } from "./worker_connection.ts";

const PART_BYTES = 256 * 1024;
/** A part's entries are verified one by one: some thousand signatures on an old phone. */
const PART_WITHIN_MS = 600_000;

/**
 * Hands a bundle to the worker, part by part; never more of it is in memory. Rejects with "called-off"
 * when the signal aborts, "file-unreadable" when the browser cannot read the file, and what the worker
 * says. What was taken in until then stays.
 */
export async function restoreBundle(
  worker: WorkerCalls,
  bundle: Blob,
  { signal, onProgress }: RestoreOptions = {},
): Promise<RestoreReport> {
  if (signal?.aborted) throw calledOff();
  const { restore } = await worker.call("restore-begin", {});
  try {
    for (let offset = 0; offset < bundle.size; offset += PART_BYTES) {
      const bytes = await read(bundle, offset);
      if (signal?.aborted) throw calledOff();
      const options = { transfer: [bytes], signal, deadlineMs: PART_WITHIN_MS };
      const report = await worker.call("restore-part", { restore, bytes }, options);
      onProgress?.(report, bundle.size);
    }
  } catch (error) {
    // so that the worker forgets it; it does so by itself too, if this does not reach it
    worker.call("restore-end", { restore }).catch(() => {});
    throw signal?.aborted ? calledOff() : interrupted(error);
  }
  const report = await worker.call("restore-end", { restore }, { deadlineMs: PART_WITHIN_MS });
  onProgress?.(report, bundle.size);
  return report;
}

async function read(bundle: Blob, offset: number): Promise<ArrayBuffer> {
  try {
    return await bundle.slice(offset, offset + PART_BYTES).arrayBuffer();
  } catch (cause) {
    throw new FieldError(
      "file-unreadable",
      "The browser cannot read this file any more. Choose it again: what was taken in stays.",
      { cause },
    );
  }
}

function calledOff(): FieldError {
  return new FieldError("called-off", "Restoring was called off. What was taken in stays.");
}

function interrupted(error: unknown): unknown {
  if (!(error instanceof FieldError) || error.code !== "worker-lost") return error;
  return new FieldError(
    "worker-lost",
    "The browser restarted the app's worker while the bundle was read. What was taken in stays: choose the file again, and the rest is added.",
    { cause: error },
  );
}
