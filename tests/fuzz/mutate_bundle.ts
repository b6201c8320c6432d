/** Bundles that say something else than was written, but whose checksums are right. */
import { BlockDigest } from "../../field/bundle/block_digest.ts";
import {
  BUNDLE_HEAD,
  encodeRecord,
  FRAME_HEAD_BYTES,
  MARKER,
} from "../../field/bundle/bundle_format.ts";
import { BundleReader } from "../../field/bundle/bundle_reader.ts";
import { type Bytes, joinBytes } from "../../field/bytes.ts";
import { decodeCbor, encodeCbor } from "../../field/cbor.ts";
import { crc32 } from "../../field/checksum.ts";
import { damaged, pick, type Random } from "./mutate_bytes.ts";
import { changeTree } from "./mutate_tree.ts";

const KIND_AT = 8;
const KINDS = 9;
const ENTRY = 3;
const MEDIA = 5;
const MOST_CHANGES = 3;
const WORDS = ["", "image/jpeg", "image/svg+xml", "text/html", "crew", "obs", "__proto__"];

type Change = (frames: Bytes[], random: Random) => void;

/** A bundle's records, without its end. */
export function framesOf(bundle: Uint8Array): Bytes[] {
  const frames: Bytes[] = [];
  for (const item of new BundleReader().push(bundle)) {
    if (item.kind === "record" && item.record.kind !== "end") frames.push(item.frame.slice());
  }
  return frames;
}

/** Up to three changes to the records, each with a right checksum, and an end that fits what there is then. */
export async function mutatedBundle(frames: readonly Bytes[], random: Random): Promise<Bytes> {
  const changed = [...frames];
  for (let count = 1 + random() % MOST_CHANGES; count > 0; count--) {
    pick(CHANGES, random)(changed, random);
  }
  return await sealBundle(changed);
}

/** The file of these records, with the end that belongs to them. */
export async function sealBundle(frames: readonly Bytes[]): Promise<Bytes> {
  const body = joinBytes(BUNDLE_HEAD, ...frames);
  const digest = new BlockDigest();
  await digest.update(body);
  const counts = { entries: 0, media: 0, missing: 0 };
  for (const frame of frames) {
    const value = fieldsOf(frame);
    if (frame[KIND_AT] === ENTRY) counts.entries++;
    if (frame[KIND_AT] === MEDIA && value?.[3] === 0) counts.media++;
    if (frame[KIND_AT] === MEDIA + 1) counts.missing += value?.length ?? 0;
  }
  return joinBytes(body, encodeRecord({ kind: "end", ...counts, digest: await digest.finish() }));
}

/** An entry of outside origin that is not what was signed, or nearly so. */
export function mutatedEntry(entry: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  if (random() % 2 === 0) return damaged(entry, random);
  return changedCbor(entry, random);
}

const CHANGES: readonly Change[] = [
  (frames, random) => frames.splice(random() % frames.length, 1 + random() % 3),
  (frames, random) => frames.splice(random() % frames.length, 0, pick(frames, random)),
  (frames, random) => {
    const [a, b] = [random() % frames.length, random() % frames.length];
    [frames[a], frames[b]] = [frames[b], frames[a]];
  },
  (frames, random) => changePayload(frames, random, changedCbor),
  (frames, random) => changePayload(frames, random, changedCbor),
  (frames, random) => changePayload(frames, random, damaged),
  (frames, random) => {
    const at = random() % frames.length;
    frames[at] = sealed(1 + random() % KINDS, frames[at].subarray(FRAME_HEAD_BYTES));
  },
];

function changePayload(
  frames: Bytes[],
  random: Random,
  change: (payload: Uint8Array, random: Random) => Uint8Array,
): void {
  const at = random() % frames.length;
  const payload = frames[at].subarray(FRAME_HEAD_BYTES);
  if (payload.length > 0) frames[at] = sealed(frames[at][KIND_AT], change(payload, random));
}

function changedCbor(payload: Uint8Array, random: Random): Bytes {
  const root = { value: structuredClone(decodeCbor(payload)?.value) };
  changeTree({ holder: root, key: "value" }, WORDS, random);
  return encodeCbor(root.value ?? null);
}

function fieldsOf(frame: Uint8Array): unknown[] | null {
  const value = decodeCbor(frame.subarray(FRAME_HEAD_BYTES))?.value;
  return Array.isArray(value) ? value : null;
}

function sealed(kind: number, payload: Uint8Array): Bytes {
  const frame = new Uint8Array(FRAME_HEAD_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  frame.set(MARKER);
  frame[KIND_AT] = kind;
  view.setUint32(KIND_AT + 1, payload.length, true);
  frame.set(payload, FRAME_HEAD_BYTES);
  view.setUint32(MARKER.length, crc32(frame.subarray(KIND_AT)), true);
  return frame;
}
