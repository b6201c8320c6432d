/** Changes to structured data, from seeded random numbers: numbers to extremes, wrong types, swapped parts. */
import { damaged, pick, type Random } from "./mutate_bytes.ts";

type Holder = Record<string | number, unknown>;

/** Where a value stands: `holder[key]`. */
export interface Spot {
  readonly holder: Holder;
  readonly key: string | number;
}

export function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

/** One change somewhere below `spot`, most often to a number. `words` are what texts may become. */
export function changeTree(spot: Spot, words: readonly string[], random: Random): void {
  const spots = spotsIn(spot);
  const numbers = spots.filter(({ holder, key }) => typeof holder[key] === "number");
  const isNumber = numbers.length > 0 && random() % 4 > 0;
  if (isNumber) changeNumber(pick(numbers, random), numbers, random);
  else changeValue(pick(spots, random), spots, words, random);
}

/** All values under a spot, itself too. */
function spotsIn(spot: Spot): Spot[] {
  const value = spot.holder[spot.key];
  if (!isHolder(value)) return [spot];
  return [spot, ...Object.keys(value).flatMap((key) => spotsIn({ holder: value, key }))];
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

function changeValue(
  spot: Spot,
  spots: readonly Spot[],
  words: readonly string[],
  random: Random,
): void {
  const value = spot.holder[spot.key];
  if (random() % 4 === 0) changeType(spot, random);
  else if (value instanceof Uint8Array) spot.holder[spot.key] = damaged(value, random);
  else if (Array.isArray(value)) changeList(value, random);
  else if (isHolder(value)) changeObject(value, pick(spots, random), random);
  else if (typeof value === "boolean") spot.holder[spot.key] = !value;
  else spot.holder[spot.key] = pick([...words, ...textsOf(spots)], random);
}

function textsOf(spots: readonly Spot[]): string[] {
  return spots.map(({ holder, key }) => holder[key]).filter((value) => typeof value === "string");
}

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

const OPTIONAL = ["table", "slope", "residual", "residualMultiplier", "tensor", "strange"];

/** Takes a field away, adds one, or puts another value in its place. */
function changeObject(object: Holder, other: Spot, random: Random): void {
  const key = pick(Object.keys(object), random);
  const changes = [
    () => delete object[key],
    () => object[pick(OPTIONAL, random)] = random() % 64,
    () => object[key] = structuredClone(other.holder[other.key]),
  ];
  pick(changes, random)();
}
