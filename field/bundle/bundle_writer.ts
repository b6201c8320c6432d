import { mediaType } from "../media.ts";
import { type Bytes, isHex } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { CREW_SETTING } from "../feed/replica_state.ts";
import type { Head, Store, StoredBlob } from "../store/store.ts";
import { BlockDigest } from "./block_digest.ts";
import {
  BUNDLE_HEAD,
  type BundleRecord,
  encodeRecord,
  MEDIA_PART_BYTES,
  MOST_LISTED,
  MOST_MEDIUM_BYTES,
} from "./bundle_format.ts";
import { forkProof } from "./fork_proof.ts";

export const BUNDLE_TYPE = "application/x-fieldmesh";

/** A part of a bundle, in a buffer of its own. */
export interface BundlePart {
  readonly bytes: Bytes;
  /** Of `total` steps so many are in the file: each entry and each medium is one. */
  readonly done: number;
  readonly total: number;
  /** Media that records speak of and that are not in the file, so far. */
  readonly missingMedia: number;
}

const PART_BYTES = 256 * 1024;
const STEP_BYTES = 256 * 1024;
const MEDIA_STEP = 256;

type Written = Exclude<BundleRecord, { kind: "unknown" }>;

/** "fieldmesh-2026-11-21.fieldmesh". `nowMs`: ms since the epoch. */
export function bundleName(nowMs: number): string {
  return `fieldmesh-${new Date(nowMs).toISOString().slice(0, 10)}.fieldmesh`;
}

/**
 * All that the store holds, as far as these heads, in parts of about 256 KB. What is written while it
 * goes on is left out, media excepted. The same contents give the same bytes, on every device. Throws
 * what the store throws.
 */
export async function* bundleParts(
  store: Store,
  heads: readonly Head[],
): AsyncGenerator<BundlePart, void> {
  const founder = await founderOf(store);
  const proofs = await proofsOf(store, heads);
  // of a device that was quarantined before anything was taken from it, there may be nothing to tell
  const ordered = inOrder(heads, founder).filter(({ device, seq }) =>
    seq > 0 || proofs.has(device)
  );
  const entries = ordered.reduce((sum, { seq }) => sum + seq, 0);
  const writer = new PartWriter(entries + (await store.mediaTotals()).here);
  yield* writer.raw(BUNDLE_HEAD);
  yield* writer.write({ kind: "header", founder, devices: ordered.length });
  for (const { device, seq, hash } of ordered) {
    yield* writer.write({ kind: "feed", device, seq, hash });
  }
  for (const head of ordered) {
    yield* writeFeed(store, head, writer);
    const proof = proofs.get(head.device);
    if (proof) yield* writer.write({ kind: "contrary", entries: proof });
  }
  yield* writeMedia(store, writer);
  yield* writer.end();
}

async function founderOf(store: Store): Promise<DeviceId | null> {
  const founder = await store.setting(CREW_SETTING);
  return isHex(founder, 32) ? founder : null;
}

async function proofsOf(
  store: Store,
  heads: readonly Head[],
): Promise<ReadonlyMap<DeviceId, readonly Bytes[]>> {
  const proofs = new Map<DeviceId, readonly Bytes[]>();
  for (const head of heads) {
    const proof = head.quarantined === undefined ? null : await forkProof(store, head);
    if (proof) proofs.set(head.device, proof);
  }
  return proofs;
}

/** The founder's word on who is a member comes before what members wrote. */
function inOrder(heads: readonly Head[], founder: DeviceId | null): Head[] {
  const rank = ({ device }: Head) => device === founder ? "" : device;
  return heads.toSorted((a, b) => rank(a) < rank(b) ? -1 : 1);
}

async function* writeFeed(store: Store, { device, seq: end }: Head, writer: PartWriter) {
  for (let seq = 0; seq < end;) {
    const step = await store.entriesAfter(device, seq, STEP_BYTES);
    for (const entry of step) {
      if (entry.seq > end) return;
      writer.entries++;
      yield* writer.write({ kind: "entry", bytes: entry.bytes });
    }
    const last = step.at(-1);
    if (!last) return; // the disk has lost the rest: the feed's record says how many there were
    seq = last.seq;
  }
}

async function* writeMedia(store: Store, writer: PartWriter) {
  let missing: Hex[] = [];
  const tellMissing = async function* () {
    if (missing.length > 0) yield* writer.write({ kind: "missing", hashes: missing });
    missing = [];
  };
  for await (const { hash, state } of allMedia(store)) {
    const blob = state === "here" ? await store.blob(hash) : null;
    if (blob && blob.bytes.length <= MOST_MEDIUM_BYTES) {
      writer.media++;
      yield* writeMedium(blob, writer);
      continue;
    }
    writer.missing++;
    if (missing.push(hash) === MOST_LISTED) yield* tellMissing();
  }
  yield* tellMissing();
}

async function* allMedia(store: Store) {
  for (let last: Hex | null = null;;) {
    const step = await store.mediaAfter(last, MEDIA_STEP);
    yield* step;
    last = step.at(-1)?.hash ?? null;
    if (last === null) return;
  }
}

async function* writeMedium({ hash, bytes, ...blob }: StoredBlob, writer: PartWriter) {
  const [type, total] = [mediaType(blob.type), bytes.length];
  for (let offset = 0; offset === 0 || offset < total; offset += MEDIA_PART_BYTES) {
    const part = bytes.slice(offset, offset + MEDIA_PART_BYTES);
    yield* writer.write({ kind: "media", hash, type, total, offset, bytes: part });
  }
}

/** Gathers records into parts, counts them, and digests what is behind them. */
class PartWriter {
  entries = 0;
  media = 0;
  missing = 0;
  readonly #total: number;
  readonly #digest = new BlockDigest();
  #buffer: Bytes = new Uint8Array(PART_BYTES);
  #filled = 0;

  constructor(total: number) {
    this.#total = total;
  }

  async *write(record: Written): AsyncGenerator<BundlePart, void> {
    yield* this.raw(encodeRecord(record));
  }

  async *raw(bytes: Bytes): AsyncGenerator<BundlePart, void> {
    await this.#digest.update(bytes);
    yield* this.#add(bytes);
  }

  async *end(): AsyncGenerator<BundlePart, void> {
    const { entries, media, missing } = this;
    const digest = await this.#digest.finish();
    yield* this.#add(encodeRecord({ kind: "end", entries, media, missing, digest }));
    const bytes = this.#buffer.slice(0, this.#filled);
    yield { bytes, done: this.#total, total: this.#total, missingMedia: missing };
  }

  *#add(bytes: Bytes): Generator<BundlePart, void> {
    for (let from = 0; from < bytes.length;) {
      const part = bytes.subarray(from, from + PART_BYTES - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled < PART_BYTES) continue;
      yield this.#part(this.#buffer);
      [this.#buffer, this.#filled] = [new Uint8Array(PART_BYTES), 0];
    }
  }

  #part(bytes: Bytes): BundlePart {
    const done = Math.min(this.entries + this.media, this.#total);
    return { bytes, done, total: this.#total, missingMedia: this.missing };
  }
}
