import { MOST_IN_RECORD } from "../../field/batch/observation_batch.ts";
import { interleave } from "../interleave.ts";
import { median, type Row, row } from "../row.ts";
import { newDevice, sightings } from "../two_devices.ts";
import type { PeerDocuments, PeerName } from "./peer_documents.ts";

const COUNT = 10_000;
const ROUNDS = 5;
/** Of those that take ten seconds and more; what they take for all is five times as much or, since Automerge slows down as it grows, more. */
const PART = 2_000;

/** What the others' are called in a row: how many observations were timed, and one by one. */
const BESIDE: Readonly<Record<PeerName, { readonly name: string; readonly count: number }>> = {
  automerge: { name: "automerge-2000-one-by-one-x5", count: PART },
  yjs: { name: "yjs-one-by-one", count: COUNT },
  loro: { name: "loro-one-by-one", count: COUNT },
};

/**
 * Milliseconds that 10,000 observations take in Deno, in memory: ours encoded, chained, signed and
 * indexed, in full batches and one by one; the others' one change, transaction or commit each, not signed.
 */
export async function feedTimes(peers: PeerDocuments): Promise<Row[]> {
  const ways: Readonly<Record<string, () => Promise<number>>> = {
    batches: () => feed(COUNT, MOST_IN_RECORD),
    oneByOne: () => feed(PART, 1),
    automerge: () => peer(peers, "automerge"),
    yjs: () => peer(peers, "yjs"),
    loro: () => peer(peers, "loro"),
  };
  const times = await interleave(Object.keys(ways), ROUNDS, async (way) => [await ways[way]()]);
  const ms = (way: string) => median(times.get(way) ?? []);
  const rowOf = (name: string, way: string, peer: PeerName) =>
    row("journal", name, ms(way), "ms", { name: BESIDE[peer].name, value: ms(peer) });
  return [
    rowOf("feed-10000-ms", "batches", "automerge"),
    rowOf("feed-10000-ms", "batches", "yjs"),
    rowOf("feed-10000-ms", "batches", "loro"),
    rowOf("feed-2000-one-by-one-x5-ms", "oneByOne", "automerge"),
  ];
}

/** Scaled to 10,000. */
async function feed(count: number, atOnce: number): Promise<number> {
  const device = await newDevice();
  const seen = sightings(device, count);
  const start = performance.now();
  for (let at = 0; at < seen.length; at += atOnce) {
    await device.replica.record(seen.slice(at, at + atOnce), []);
  }
  return (performance.now() - start) * COUNT / count;
}

/** Scaled to 10,000. */
async function peer(peers: PeerDocuments, name: PeerName): Promise<number> {
  const { count } = BESIDE[name];
  const seen = sightings(await newDevice(), count);
  const document = peers[name]();
  const start = performance.now();
  for (const one of seen) document.add([one]);
  return (performance.now() - start) * COUNT / count;
}
