/** Plans that say something else than they were compiled to, but whose SHA-256 is right. */
import { PLAN_VERSION } from "../../kernels/plan.ts";
import { pick, type Random } from "./mutate_bytes.ts";
import { changeTree, isHolder } from "./mutate_tree.ts";

const HEADER_AT = 48;
const ALIGNMENT = 16;

/** A plan file's two parts. */
export interface OpenPlan {
  /** JSON. */
  readonly header: unknown;
  readonly data: Uint8Array;
}

export function openPlan(file: Uint8Array): OpenPlan {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataAt = HEADER_AT + view.getUint32(8, true);
  const json = new TextDecoder().decode(file.subarray(HEADER_AT, dataAt));
  return { header: JSON.parse(json), data: file.slice(dataAt) };
}

/** The file again, whatever the header holds; JSON has null for what is no number. */
export async function sealPlan({ header, data }: OpenPlan): Promise<Uint8Array<ArrayBuffer>> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(HEADER_AT + headerBytes + data.length);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode("fmplan"));
  view.setUint16(6, PLAN_VERSION, true);
  view.setUint32(8, headerBytes, true);
  view.setUint32(12, data.length, true);
  file.fill(0x20, HEADER_AT, HEADER_AT + headerBytes);
  file.set(json, HEADER_AT);
  file.set(data, HEADER_AT + headerBytes);
  file.set(new Uint8Array(await crypto.subtle.digest("SHA-256", file.subarray(HEADER_AT))), 16);
  return file;
}

const MOST_CHANGES = 3;
const MOST_BYTES = 16;
/** Of a table, more than its first entry. */
const NEAR_BYTES = 64;
/** What a header is about: changed far more often than names and licences. */
const MAIN_PARTS = ["ops", "ops", "ops", "tensors", "tensors", "inputs"];
const OTHER_PARTS = ["outputs", "arenaBytes", "golden", "precision", "provenance"];

/** Up to three changes to the header, in one case of four to the constants as well, or to them alone. */
export function mutatedPlan(plan: OpenPlan, random: Random): OpenPlan {
  const header = structuredClone(plan.header);
  const data = plan.data.slice();
  const withData = random() % 4 === 0;
  if (withData) changeConstants(plan.header, data, random);
  const least = withData ? 0 : 1;
  for (let count = least + random() % MOST_CHANGES; count > 0; count--) change(header, random);
  return { header, data };
}

/** Anywhere, but as often at the beginning of a table, a row of weights, …: large ones are most of the data. */
function changeConstants(header: unknown, data: Uint8Array, random: Random): void {
  const places = isHolder(header) ? offsetsIn(header.ops, data.length) : [];
  for (let count = 1 + random() % MOST_BYTES; count > 0; count--) {
    const isNear = places.length > 0 && random() % 2 === 0;
    const at = isNear ? pick(places, random) + random() % NEAR_BYTES : random();
    const old = data[at % data.length];
    const values = [old + 1, old - 1, 0, 1, 127, 128, 255, random()];
    data[at % data.length] = pick(values, random);
  }
}

/** Whatever may be the place of a constant. */
function offsetsIn(tree: unknown, length: number): number[] {
  if (isHolder(tree)) return Object.values(tree).flatMap((value) => offsetsIn(value, length));
  const isOffset = typeof tree === "number" && tree >= ALIGNMENT && tree % ALIGNMENT === 0;
  return isOffset && tree < length ? [tree] : [];
}

const WORDS = [
  ...["u7", "i16", "i32", "f32", "int8", "fp32", "stretch", "letterbox", "max", "average"],
  ...["conv", "depthwise", "add", "copy", "image", "none", "leaky", "clip", "div", "__proto__"],
  ...["", "constructor"],
];

function change(header: unknown, random: Random): void {
  if (!isHolder(header)) return;
  const part = pick(random() % 12 === 0 ? OTHER_PARTS : MAIN_PARTS, random);
  changeTree({ holder: header, key: part }, WORDS, random);
}
