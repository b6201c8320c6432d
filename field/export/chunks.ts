import type { Bytes } from "../bytes.ts";
import type { ExportChunk } from "./export_as.ts";
import type { Pass } from "./pass.ts";

const CHUNK_BYTES = 256 * 1024;
/** After so many steps without a full chunk, an empty one tells how far it is. */
const MOST_SILENT_STEPS = 2000;
/** A piece without bytes: nothing to write yet, but a moment to tell progress and to be cancelled in. */
export const NOTHING: Bytes = new Uint8Array(0);

const TEXT_UNITS = 64 * 1024;
const encoder = new TextEncoder();

/** Pieces of any size as chunks of 256 KB, each in a buffer of its own so that it can be transferred. */
export async function* chunks(
  pieces: AsyncIterable<Bytes>,
  progress: Pass,
): AsyncGenerator<ExportChunk, void> {
  let [buffer, filled, told] = [new Uint8Array(CHUNK_BYTES), 0, 0];
  const chunk = (bytes: Bytes): ExportChunk => {
    const { done, total, missingMedia } = progress;
    told = done;
    return { bytes, done, total, missingMedia };
  };
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length;) {
      const part = piece.subarray(taken, taken + CHUNK_BYTES - filled);
      buffer.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < CHUNK_BYTES) continue;
      yield chunk(buffer);
      [buffer, filled] = [new Uint8Array(CHUNK_BYTES), 0];
    }
    if (progress.done - told >= MOST_SILENT_STEPS) yield chunk(NOTHING.slice());
  }
  yield chunk(buffer.slice(0, filled));
}

/**
 * Texts as UTF-8 in pieces of some 64 KB; an empty text is {@link NOTHING}. Halves of surrogate pairs
 * become U+FFFD.
 */
export async function* utf8(texts: AsyncIterable<string>): AsyncGenerator<Bytes> {
  let [waiting, units] = [[] as string[], 0];
  for await (const text of texts) {
    if (text === "") yield NOTHING;
    waiting.push(text);
    units += text.length;
    if (units < TEXT_UNITS) continue;
    yield encoder.encode(waiting.join(""));
    [waiting, units] = [[], 0];
  }
  if (units > 0) yield encoder.encode(waiting.join(""));
}

/** One text as UTF-8. */
export function utf8Of(text: string): Bytes {
  return encoder.encode(text);
}
