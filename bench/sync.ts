import { deflateSync } from "fflate";
import { MOST_IN_BATCH } from "../field/batch/observation_batch.ts";
import { MOST_BLOB_BYTES } from "../field/sync/blob_fetch.ts";
import { PEERS } from "./journal/peer_documents.ts";
import { installPeers } from "./peers.ts";
import { type Row, row } from "./row.ts";
import { GOALS } from "./sync/goals.ts";
import { largerMeetings, type Meetings, meetings, type Seen } from "./sync/own_meetings.ts";
import { type PeerPair, peerPairs, type Said } from "./sync/peer_pairs.ts";
import { stalledPeer } from "./sync/stalled_peer.ts";
import { type ByKind, totalOf } from "./sync/timed_link.ts";

/** More observations than may be under way. */
const MANY = 15_000;

/** What goes over a link, beside what others' own sync says of the same observations; and a peer that does not read. */
export async function sync(): Promise<Row[]> {
  const ours = await meetings();
  const peers = peersOf(await installPeers(), ours.seen);
  return [
    ...beside("nothing-new-bytes", ours.nothingNew, peers, "nothingNew", GOALS.nothingNewBytes),
    ...await larger(),
    ...beside("plus-100-bytes", ours.plus, peers, "plus", GOALS.plusBytes),
    bytesRow("plus-100-one-by-one-bytes", ours.plusOneByOne),
    ...beside("cold-10000-bytes", ours.cold, peers, "cold", GOALS.coldBytes),
    ...beside("one-observation-bytes", ours.one, peers, "one"),
    bytesRow("idle-minute-bytes", ours.idleMinute),
    ...overheads(ours),
    ...await stalls(),
  ];
}

/** What a peer's own sync says in each of the meetings. */
interface PeerMeetings {
  readonly name: string;
  readonly cold: Said;
  readonly nothingNew: Said;
  readonly plus: Said;
  readonly one: Said;
}

function peersOf(installed: URL, seen: Seen): PeerMeetings[] {
  const pairs = peerPairs(installed);
  return [
    ...PEERS.map((name) => ({ name, ...peerMeetings(pairs[name](), seen, MOST_IN_BATCH) })),
    // as most use it
    { name: "automerge-one-by-one", ...peerMeetings(pairs.automerge(), seen, 1) },
  ];
}

/** `atOnce`: observations in one change. */
function peerMeetings(pair: PeerPair, seen: Seen, atOnce: number): Omit<PeerMeetings, "name"> {
  for (let at = 0; at < seen.cold.length; at += atOnce) {
    pair.record(0, seen.cold.slice(at, at + atOnce));
  }
  const [cold, nothingNew] = [pair.meet(), pair.meet()];
  for (const side of [0, 1] as const) {
    const more = seen.more[side];
    for (let at = 0; at < more.length; at += atOnce) {
      pair.record(side, more.slice(at, at + atOnce));
    }
  }
  const plus = pair.meet();
  pair.record(0, seen.one);
  const one = pair.push();
  const all = seen.cold.length + seen.more[0].length + seen.more[1].length + seen.one.length;
  if (pair.count !== all) throw new Error(`A peer's copy has ${pair.count} of ${all}`);
  return { cold, nothingNew, plus, one };
}

function beside(
  name: string,
  ours: ByKind,
  peers: readonly PeerMeetings[],
  what: keyof Omit<PeerMeetings, "name">,
  goal?: number,
): Row[] {
  return peers.map((peer) => {
    const value = peer[what].reduce((sum, { length }) => sum + length, 0);
    const one = bytesRow(name, ours, goal, { name: peer.name, value });
    return { ...one, also: { ...one.also, peerDeflatedBytes: deflatedBytes(peer[what]) } };
  });
}

/** Each message deflated, where that makes it smaller. */
function deflatedBytes(said: Said): number {
  return said.reduce((sum, one) => sum + Math.min(one.length, deflateSync(one).length), 0);
}

async function larger(): Promise<Row[]> {
  const { pictured, listening } = await largerMeetings();
  return [
    bytesRow("nothing-new-with-pictures-bytes", pictured, GOALS.nothingNewBytes),
    bytesRow("nothing-new-listening-bytes", listening),
  ];
}

/** All bytes, and besides those of each kind of frame. */
function bytesRow(
  name: string,
  bytes: ByKind,
  goal?: number,
  peer?: { readonly name: string; readonly value: number },
): Row {
  const kinds = Object.entries(bytes).map(([kind, value]) => [`${camel(kind)}Bytes`, value]);
  return {
    ...row("sync", name, totalOf(bytes), "B", peer),
    also: { ...(goal === undefined ? {} : { goal }), ...Object.fromEntries(kinds) },
  };
}

function camel(kind: string): string {
  return kind.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function overheads({ overhead: { cold, unproved, pushed } }: Meetings): Row[] {
  const { overhead: goal } = GOALS;
  return [
    { ...row("sync", "batch-overhead", cold, "of 1"), also: { goal, ofUnproved: unproved } },
    { ...row("sync", "pushed-batch-overhead", pushed, "of 1"), also: { goal } },
  ];
}

async function stalls(): Promise<Row[]> {
  const alone = await stalledPeer();
  const withRecords = await stalledPeer({ observations: MANY });
  const ofLargest = await stalledPeer({ pictureBytes: MOST_BLOB_BYTES });
  const { heldBytes, alertMs, overhead } = GOALS;
  const alertRow = (name: string, stall: typeof alone, goal?: number): Row => ({
    ...row("sync", name, Math.max(stall.messageMs, stall.noteMs, stall.earlierMs), "ms"),
    also: {
      ...(goal === undefined ? {} : { goal }),
      ...{ messageMs: stall.messageMs, noteMs: stall.noteMs, earlierMs: stall.earlierMs },
      realMs: stall.realMs,
    },
  });
  return [
    {
      ...row("sync", "stalled-peer-memory-bytes", alone.mostHeldBytes, "B"),
      also: {
        ...{ goal: heldBytes, underWayBytes: alone.mostUnderWayBytes },
        ...{ withRecordsBytes: withRecords.mostHeldBytes },
        withRecordsUnderWayBytes: withRecords.mostUnderWayBytes,
        largestPicturesBytes: ofLargest.mostHeldBytes,
      },
    },
    alertRow("alert-after-stall-ms", alone, alertMs),
    alertRow("alert-after-stall-with-records-ms", withRecords),
    { ...row("sync", "media-overhead", alone.overhead, "of 1"), also: { goal: overhead } },
  ];
}
