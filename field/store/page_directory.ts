import type { Bytes } from "../bytes.ts";
import { ByteReader, ByteWriter } from "../byte_stream.ts";
import { crc32, seal, unseal } from "../checksum.ts";
import type { Stamp } from "../clock.ts";
import type { DeviceId } from "../observation.ts";
import type { PageSummary } from "./page_summary.ts";

/** What the pages were at one moment: all summaries, half a kilobyte for 128 observations. Never changed, only replaced. */
export interface PageDirectory {
  readonly root: IndexRoot;
  /** Of each device, by `begin`. */
  readonly pages: ReadonlyMap<DeviceId, readonly PageSummary[]>;
}

/**
 * The row that every write to the index replaces: as long as it is the same, so are all pages, whoever
 * writes them.
 */
export interface IndexRoot {
  /** As it is on disk; null: there is none. */
  readonly sealed: Bytes | null;
  readonly generation: number;
  /** The index holds all that the entries on disk say. */
  readonly isWhole: boolean;
  /** What is beside it on disk can be read by this version. */
  readonly isOurs: boolean;
  readonly isDamaged: boolean;
}

/** Of pages, rows and summaries together. Another one: the index is built anew from the entries. */
const FORMAT = 1;

export function encodeRoot(
  generation: number,
  isWhole: boolean,
): IndexRoot & { readonly sealed: Bytes } {
  const to = new ByteWriter();
  to.count(FORMAT);
  to.count(generation);
  to.byte(isWhole ? 1 : 0);
  const sealed = seal(to.take());
  return { sealed, generation, isWhole, isOurs: true, isDamaged: false };
}

export function decodeRoot(sealed: Bytes | null): IndexRoot {
  // goes on from where no other generation is likely to have been
  const generation = sealed ? crc32(sealed) : 0;
  const unknown = { sealed, generation, isWhole: false, isOurs: false };
  if (!sealed) return { ...unknown, isDamaged: false };
  const bytes = unseal(sealed);
  if (!bytes) return { ...unknown, isDamaged: true };
  const from = new ByteReader(bytes);
  if (from.count() !== FORMAT) return { ...unknown, isDamaged: false };
  return {
    sealed,
    generation: from.count(),
    isWhole: from.byte() === 1,
    isOurs: true,
    isDamaged: false,
  };
}

/** Where in `pages` an observation that began at `begin` is or goes; -1 when there are none. */
export function placeOf(begin: Stamp, pages: readonly PageSummary[]): number {
  let [low, high] = [0, pages.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pages[middle].begin <= begin) low = middle + 1;
    else high = middle;
  }
  return pages.length === 0 ? -1 : Math.max(0, low - 1);
}
