/** Plans that say something else than they were compiled to, but whose SHA-256 is right. */
import { PLAN_VERSION } from "../../kernels/plan.ts";
import { pick, type Random } from "./mutate_bytes.ts";

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
/** What a header is about: changed far more often than names and licences. */
const MAIN_PARTS = ["ops", "ops", "ops", "tensors", "tensors", "inputs"];
const OTHER_PARTS = ["outputs", "arenaBytes", "golden", "precision", "provenance"];

/** Up to three changes to the header, in one case of four to the constants as well, or to them alone. */
export function mutatedPlan(plan: OpenPlan, random: Random): OpenPlan {
  const header = structuredClone(plan.header);
  const data = plan.data.slice();
  const withData = random() % 4 === 0;
  if (withData) changeBytes(data, random);
  const least = withData ? 0 : 1;
  for (let count = least + random() % MOST_CHANGES; count > 0; count--) change(header, random);
  return { header, data };
}

function changeBytes(data: Uint8Array, random: Random): void {
  for (let count = 1 + random() % MOST_BYTES; count > 0; count--) {
    data[random() % data.length] = pick([0, 1, 127, 128, 255, random() & 255], random);
  }
}

type Holder = Record<string | number, unknown>;

/** Where a value stands: `holder[key]`. */
interface Spot {
  readonly holder: Holder;
  readonly key: string | number;
}

function change(header: unknown, random: Random): void {
  if (!isHolder(header)) return;
  const part = pick(random() % 12 === 0 ? OTHER_PARTS : MAIN_PARTS, random);
  const spots = spotsIn({ holder: header, key: part });
  const numbers = spots.filter(({ holder, key }) => typeof holder[key] === "number");
  const isNumber = numbers.length > 0 && random() % 4 > 0;
  if (isNumber) changeNumber(pick(numbers, random), numbers, random);
  else changeForm(pick(spots, random), spots, random);
}

const EXTREMES = [
  ...[0, 1, 2, 3, 4, 7, 8, 16, 64, 127, 128, 255, 256, 1023, 1024, 4096, 65535, 65536],
  ...[-1, -2, -128, -32768, 32767, 32768, 2 ** 20, 2 ** 21, 2 ** 24, 2 ** 29, 2 ** 30],
  ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 53, -(2 ** 53)],
  ...[0.5, 1.5, -0.5, 1e-45, 1e-320, 1e38, 1e39, 1e308, NaN, Infinity],
];
const STEPS = [1, -1, 2, -2, 3, 4, -4, 8, 15, 16, -16, 64];

/** To one near it, far from it, or one that stands elsewhere; at times wherever it stands by that name. */
function changeNumber({ holder, key }: Spot, numbers: readonly Spot[], random: Random): void {
  const old = Number(holder[key]);
  const near = STEPS.map((step) => old + step);
  const scaled = [old * 2, Math.floor(old / 2), -old, old + 0.5, old * old];
  const others = numbers.map((spot) => Number(spot.holder[spot.key]));
  const value = pick(pick([near, near, near, scaled, EXTREMES, others], random), random);
  const alike = numbers.filter((spot) => spot.key === key && spot.holder[key] === old);
  const spots = random() % 3 === 0 ? alike : [{ holder, key }];
  for (const spot of spots) spot.holder[spot.key] = value;
}

function changeForm(spot: Spot, spots: readonly Spot[], random: Random): void {
  const value = spot.holder[spot.key];
  if (random() % 4 === 0) return changeType(spot, random);
  if (Array.isArray(value)) changeList(value, random);
  else if (isHolder(value)) changeObject(value, pick(spots, random), random);
  else if (typeof value === "boolean") spot.holder[spot.key] = !value;
  else spot.holder[spot.key] = pick(WORDS, random);
}

const WORDS = [
  ...["u7", "i16", "i32", "f32", "int8", "fp32", "stretch", "letterbox", "max", "average"],
  ...["conv", "depthwise", "add", "copy", "image", "none", "leaky", "clip", "div", "__proto__"],
  ...["input0", "detections", "", "constructor"],
];

function changeType({ holder, key }: Spot, random: Random): void {
  if (random() % 3 === 0) delete holder[key];
  else holder[key] = pick([null, true, "", "7", [], {}, [[]], { op: "conv" }, 0.5, -0], random);
}

function changeList(list: unknown[], random: Random): void {
  const at = random() % (list.length + 1);
  const item = structuredClone(list[random() % (list.length || 1)]);
  const changes = [
    () => list.splice(at, 1),
    () => list.splice(at, 0, item),
    () => list.splice(at, 1, item),
    () => list.push(item),
    () => list.reverse(),
    () => list.length = 0,
  ];
  pick(changes, random)();
}

/** Takes a field away, adds one, or puts another value in its place. */
function changeObject(object: Holder, other: Spot, random: Random): void {
  const key = pick(Object.keys(object), random);
  const optional = pick(["table", "slope", "residual", "tensor", "strange"], random);
  const changes = [
    () => delete object[key],
    () => object[optional] = random() % 64,
    () => object[key] = structuredClone(other.holder[other.key]),
  ];
  pick(changes, random)();
}

/** All values under a spot, itself too. */
function spotsIn(spot: Spot): Spot[] {
  const value = spot.holder[spot.key];
  if (!isHolder(value)) return [spot];
  return [spot, ...Object.keys(value).flatMap((key) => spotsIn({ holder: value, key }))];
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null;
}
