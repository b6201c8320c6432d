import { FieldError } from "../field/errors.ts";
import type { ExportFormat } from "../field/messages.ts";
import type { ExportedFile, ExportOptions } from "./fieldmesh.ts";
import type { WorkerCalls } from "./worker_connection.ts";

/** Parts are folded into a Blob, which browsers keep on disk, whenever so much of them is in memory. */
const FOLD_BYTES = 4 << 20;

/**
 * Has the worker make a file, part by part: the next part is asked for when this one is in the Blob.
 * Rejects with "called-off" when the signal aborts, with "export-interrupted" when the worker was
 * restarted meanwhile, and with what else the worker says.
 */
export async function exportFile(
  worker: WorkerCalls,
  format: ExportFormat,
  { query, signal, onProgress }: ExportOptions = {},
): Promise<ExportedFile> {
  if (signal?.aborted) throw calledOff();
  const asked = query === undefined ? { format } : { format, query };
  const begun = await worker.call("export-begin", asked);
  const body = new GrowingBlob();
  let missingMedia = 0;
  try {
    for (;;) {
      if (signal?.aborted) throw calledOff();
      const part = await worker.call("export-next", { export: begun.export }, { signal });
      missingMedia = part.missingMedia;
      onProgress?.(part.done, part.total);
      if (part.bytes === null) break;
      body.add(part.bytes);
    }
  } catch (error) {
    // the worker ends what nobody goes on with, also if this does not reach it
    worker.call("export-cancel", { export: begun.export }).catch(() => {});
    throw signal?.aborted ? calledOff() : interrupted(error);
  }
  return { file: body.asFile(begun.name, begun.type), missingMedia };
}

/** Bytes that came one after the other, of which only the last few MB are in this page's memory. */
class GrowingBlob {
  #folded: Blob[] = [];
  #parts: ArrayBuffer[] = [];
  #partBytes = 0;

  add(part: ArrayBuffer): void {
    this.#parts.push(part);
    this.#partBytes += part.byteLength;
    if (this.#partBytes < FOLD_BYTES) return;
    this.#folded.push(new Blob(this.#parts));
    this.#parts = [];
    this.#partBytes = 0;
  }

  asFile(name: string, type: string): File {
    return new File([...this.#folded, ...this.#parts], name, { type });
  }
}

function calledOff(): FieldError {
  return new FieldError("called-off", "The export was called off. No file was made.");
}

function interrupted(error: unknown): unknown {
  if (!(error instanceof FieldError) || error.code !== "worker-lost") return error;
  return new FieldError(
    "export-interrupted",
    "The browser restarted the app's worker while the file was being made. Nothing saved is affected: export again, and keep this page open meanwhile.",
    { cause: error },
  );
}
