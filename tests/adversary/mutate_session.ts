/** Makes something else of recorded frames, from seeded random numbers. */
import { decodeCbor, encodeCbor } from "../../field/cbor.ts";
import type { Bytes } from "../../field/bytes.ts";
import { parseFrame } from "../../field/sync/frames.ts";
import { packWire, unpackWire } from "../../field/sync/wire.ts";
import { damaged, pick, type Random } from "../fuzz/mutate_bytes.ts";
import type { Recorded } from "./recorded_session.ts";

const MOST_FRAMES = 14;
const MOST_REPEATS = 40;
const EXTREMES: readonly unknown[] = [
  ...[0, 1, -1, 255, 65_536, 2 ** 31, 2 ** 32, 2 ** 53 - 1, null, true, false, ""],
  ...[
    new Uint8Array(0),
    new Uint8Array(32),
    new Uint8Array(32).fill(255),
    [],
    [[]],
    "x".repeat(300),
  ],
];

type Change = (frames: Bytes[], random: Random, recorded: Recorded) => void;

/** Some frames of a recorded session, mostly in their order, mostly as Mal said them, spoilt in a few ways. */
export function mutatedSession(recorded: Recorded, random: Random): readonly Bytes[] {
  const whole = random() % 5 === 0 ? recorded.toMal : recorded.fromMal;
  // a new hello ends the session that the case is in
  const source = random() % 4 === 0 ? whole : whole.filter((one) => !isOfHandshake(one));
  const from = random() % source.length;
  const frames = source.slice(from, from + 1 + random() % MOST_FRAMES).map((one) => one.slice());
  for (let changes = 1 + random() % 3; changes > 0; changes--) {
    pick(CHANGES, random)(frames, random, recorded);
  }
  return frames;
}

function isOfHandshake(bytes: Uint8Array): boolean {
  const frame = parseFrame(bytes);
  return frame !== null && frame !== "unknown" &&
    (frame.kind === "hello" || frame.kind === "proof");
}

const CHANGES: readonly Change[] = [
  spoilt,
  spoilt,
  refielded,
  refielded,
  refielded,
  spliced,
  swapped,
  repeated,
  lost,
  mixed,
];

/** Bytes of one frame. */
function spoilt(frames: Bytes[], random: Random): void {
  const at = random() % frames.length;
  if (frames[at].length > 0) frames[at] = damaged(frames[at], random);
}

/** A value somewhere in one frame, which stays well-formed. */
function refielded(frames: Bytes[], random: Random): void {
  const at = random() % frames.length;
  const cbor = unpackWire(frames[at]);
  const value = typeof cbor === "string" ? null : decodeCbor(cbor)?.value;
  if (!Array.isArray(value)) return;
  replaceIn(value, random);
  frames[at] = packWire(encodeCbor(value), random() % 2 === 0);
}

function replaceIn(list: unknown[], random: Random): void {
  const at = random() % Math.max(1, list.length);
  const inner = list[at];
  const how = random() % 16;
  if (Array.isArray(inner) && inner.length > 0 && how < 12) return replaceIn(inner, random);
  if (inner instanceof Uint8Array && inner.length > 0 && how < 8) list[at] = damaged(inner, random);
  else if (how === 12) list.splice(at, 1);
  else if (how === 13) list.push(...list.slice(0, 1 + random() % 400));
  else list[at] = pick(EXTREMES, random);
}

/** The beginning of one frame with the end of another. */
function spliced(frames: Bytes[], random: Random, { fromMal }: Recorded): void {
  const [at, other] = [random() % frames.length, pick(fromMal, random)];
  const head = frames[at].subarray(0, random() % (frames[at].length + 1));
  frames[at] = Uint8Array.from([...head, ...other.subarray(random() % other.length)]);
}

function swapped(frames: Bytes[], random: Random): void {
  const [a, b] = [random() % frames.length, random() % frames.length];
  [frames[a], frames[b]] = [frames[b], frames[a]];
}

function repeated(frames: Bytes[], random: Random): void {
  const at = random() % frames.length;
  frames.splice(at, 0, ...Array.from({ length: random() % MOST_REPEATS }, () => frames[at]));
}

function lost(frames: Bytes[], random: Random): void {
  if (frames.length > 1) frames.splice(random() % frames.length, 1);
}

/** What the other side said, said back to it. */
function mixed(frames: Bytes[], random: Random, { toMal }: Recorded): void {
  frames.splice(random() % (frames.length + 1), 0, pick(toMal, random).slice());
}
