import { deflateSync } from "fflate";
import { randomBytes } from "node:crypto";
import type { Observation } from "../../field/observation.ts";
import {
  beginOf,
  MOST_IN_BATCH,
  MOST_IN_RECORD,
  observationId,
} from "../../field/batch/observation_batch.ts";
import { type Row, row } from "../row.ts";
import { newDevice, sightings, storedBytes } from "../two_devices.ts";
import { type PeerDocuments, PEERS } from "./peer_documents.ts";

const COUNT = 10_000;
/** Observations of a second in which much goes on, and of one in which little does. */
const SMALL_BATCHES = [8, 1] as const;

/** What 10,000 observations take up, beside the very same ones in others' documents. */
export async function sizes(peers: PeerDocuments): Promise<Row[]> {
  const seen = sightings(await newDevice(), COUNT);
  const full = await bytesOf(seen, MOST_IN_RECORD);
  const besides = PEERS.map((peer) => {
    const saved = bytesIn(peers[peer](), seen);
    return {
      ...row("journal", "stored-10000-bytes", full.unproved, "B", {
        name: peer,
        value: saved.length,
      }),
      also: { peerDeflatedBytes: deflateSync(saved).length },
    };
  });
  const proved = row("journal", "stored-10000-bytes-with-proof", full.all, "B");
  return [...besides, proved, ...await variants(seen)];
}

async function variants(seen: readonly Observation[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of SMALL_BATCHES) {
    const { all, unproved } = await bytesOf(seen, size);
    const name = `stored-10000-bytes-batches-of-${size}`;
    rows.push({ ...row("journal", name, unproved, "B"), also: { withProofBytes: all } });
  }
  const pictured = seen.map((one) => ({ ...one, thumb: randomBytes(32).toString("hex") }));
  const { unproved } = await bytesOf(pictured, MOST_IN_RECORD);
  return [...rows, row("journal", "stored-10000-bytes-with-thumb-hashes", unproved, "B")];
}

/** Of a new device's feed, with so many of these observations recorded at once. */
async function bytesOf(
  seen: readonly Observation[],
  atOnce: number,
): Promise<{ readonly all: number; readonly unproved: number }> {
  const device = await newDevice();
  const { id } = device.replica;
  const own = seen.map((one) => ({ ...one, device: id, id: observationId(id, beginOf(one.id)) }));
  for (let at = 0; at < own.length; at += atOnce) {
    await device.replica.record(own.slice(at, at + atOnce), []);
  }
  return await storedBytes(device);
}

/** In as few changes as our feed has entries: the fewer, the smaller. */
function bytesIn(document: ReturnType<PeerDocuments["yjs"]>, seen: readonly Observation[]) {
  for (let at = 0; at < seen.length; at += MOST_IN_BATCH) {
    document.add(seen.slice(at, at + MOST_IN_BATCH));
  }
  return document.saved();
}
