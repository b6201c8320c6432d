import { type Bytes, plainBytes } from "../field/bytes.ts";
import { createKeys, signerOf } from "../field/keys.ts";
import { MemoryStore } from "../field/store/memory_store.ts";
import { MOST_IN_RECORD } from "../field/batch/observation_batch.ts";
import type { Observation } from "../field/observation.ts";
import { Replica } from "../field/feed/replica.ts";
import { Membership } from "../field/sync/membership.ts";
import { type Effect, SyncNode } from "../field/sync/node.ts";
import { PeerBook } from "../field/sync/peer_book.ts";
import { Scene } from "../tests/fixtures/scene.ts";
import { readyAutomerge } from "../tests/fixtures/automerge.ts";

export const randomBytes = (byteLength: number): Bytes =>
  plainBytes(crypto.getRandomValues(new Uint8Array(byteLength)));

export interface Device {
  readonly store: MemoryStore;
  readonly replica: Replica;
  readonly membership: Membership;
  readonly node: SyncNode;
  readonly effects: Effect[];
}

/** A device with the shipping feed and sync code, over a store in memory. */
export async function newDevice(
  { store = new MemoryStore(), nowMs = Date.now }: {
    readonly store?: MemoryStore;
    readonly nowMs?: () => number;
  } = {},
): Promise<Device> {
  await readyAutomerge();
  const signer = signerOf(await createKeys());
  const replica = await Replica.open({ store, signer, nowMs, automerge: readyAutomerge });
  const membership = await Membership.open({ replica, store, nowMs, random: randomBytes });
  const effects: Effect[] = [];
  const ports = { replica, membership, store, signer, nowMs, random: randomBytes };
  const node = new SyncNode(
    { ...ports, effect: (effect) => effects.push(effect) },
    await PeerBook.open(store),
  );
  return { store, replica, membership, node, effects };
}

/** Records observations, as many at once as may be, as the worker does when much is pending. */
export async function record(device: Device, observations: readonly Observation[]): Promise<void> {
  for (let at = 0; at < observations.length; at += MOST_IN_RECORD) {
    await device.replica.record(observations.slice(at, at + MOST_IN_RECORD), []);
  }
}

/** Bytes of the device's own entries from the one after `after`, with and without what proves them (signature, hash of the one before, key). */
export async function storedBytes(
  device: Device,
  after = 0,
): Promise<{ all: number; unproved: number }> {
  const PROOF_BYTES = 64 + 32 + 32;
  const entries = await device.store.entriesAfter(device.replica.id, after, Infinity);
  const all = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { all, unproved: all - entries.length * PROOF_BYTES };
}

const scenes = new WeakMap<Replica, Scene>();
let opened = 0;

/** What a device sees next; the n-th device of a run sees the same in every run. */
export function sightings({ replica }: Pick<Device, "replica">, count: number): Observation[] {
  const scene = scenes.get(replica) ?? new Scene(++opened);
  scenes.set(replica, scene);
  return scene.see(replica.id, count);
}
