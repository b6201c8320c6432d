import { parseFrame } from "../../../field/sync/frames.ts";
import { Chance } from "../chance.ts";
import { Broken } from "../check_device.ts";
import { crewThatMet, lacking, ownSeq, write, writersOf } from "./calm.ts";

export interface Cost {
  readonly nodes: number;
  readonly links: number;
  /** Entries, each once for every device that had not written it. */
  readonly payloadBytes: number;
  /** All that went over links until everybody had everything. */
  readonly wireBytes: number;
  /** If each device passed all that is new to all its neighbours but the one it came from. */
  readonly naiveBytes: number;
  /** Entries that came to who had them, for each that came to who had it not. */
  readonly duplicates: number;
  readonly entries: number;
  /** In the half minute before anything was written, of all devices together. */
  readonly idleBytes: number;
  /** From the last record until everybody had everything, virtual ms. */
  readonly spreadMs: number;
}

const SETTLES_MS = 15_000;
export const IDLE_MS = 30_000;
const STEP_MS = 50;
const MOST_MS = 120_000;
/** Between two records of the crew. */
const PAUSE_MS = 2000;

/** What it costs a crew on links that hold that `records` batches of `count` observations reach everybody. */
export async function measureBytes(
  { nodes, seed, records, count }: {
    readonly nodes: number;
    readonly seed: number;
    readonly records: number;
    readonly count: number;
  },
): Promise<Cost> {
  const world = await crewThatMet(nodes, new Chance(seed));
  const { wires } = world;
  let came = 0;
  wires.onFrame = (_wire, _from, bytes) => {
    const frame = parseFrame(bytes);
    if (frame && frame !== "unknown" && frame.kind === "entries") came += frame.entries.length;
  };
  const writers = writersOf(world);
  // by the first the crew finds out over which links to push
  await write(world, world.chance.pick(writers), count);
  await world.run(SETTLES_MS);
  const atFirst = wires.traffic.bytes;
  await world.run(IDLE_MS);
  const before = wires.traffic.bytes;
  came = 0;
  const authors = new Set(
    Array.from({ length: Math.min(nodes, 8) }, () => world.chance.pick(writers)),
  );
  const firstOf = new Map([...authors].map((author) => [author, ownSeq(author)]));
  for (let record = 0; record < records; record++) {
    await write(world, [...authors][record % authors.size], count);
    if (record < records - 1) await world.run(PAUSE_MS);
  }
  let spreadMs = 0;
  for (; [...authors].some((author) => lacking(world, author) > 0); spreadMs += STEP_MS) {
    if (spreadMs > MOST_MS) throw new Broken(`${spreadMs} ms, and not everybody has everything`);
    await world.run(STEP_MS);
  }
  await world.run(1000); // the last that is said of it
  let written = 0, entries = 0;
  for (const [author, first] of firstOf) {
    const feed = await author.worker?.store.entriesAfter(author.id, first, Infinity) ?? [];
    entries += feed.length;
    written += feed.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
  const links = wires.all.size;
  return {
    ...{ nodes, links, entries, spreadMs },
    payloadBytes: written * (nodes - 1),
    wireBytes: wires.traffic.bytes - before,
    naiveBytes: written * (2 * links - nodes + 1),
    duplicates: came / (entries * (nodes - 1)) - 1,
    idleBytes: before - atFirst,
  };
}
