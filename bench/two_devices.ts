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

const nowMs = () => Date.now();
const random = (byteLength: number): Bytes =>
  plainBytes(crypto.getRandomValues(new Uint8Array(byteLength)));

export interface Device {
  readonly store: MemoryStore;
  readonly replica: Replica;
  readonly membership: Membership;
  readonly node: SyncNode;
  readonly effects: Effect[];
}

/** A device with the shipping feed and sync code, over a store in memory. */
export async function newDevice(): Promise<Device> {
  await readyAutomerge();
  const store = new MemoryStore();
  const signer = signerOf(await createKeys());
  const replica = await Replica.open({ store, signer, nowMs, automerge: readyAutomerge });
  const membership = await Membership.open({ replica, store, nowMs, random });
  const effects: Effect[] = [];
  const ports = { replica, membership, store, signer, nowMs, random };
  const node = new SyncNode(
    { ...ports, effect: (effect) => effects.push(effect) },
    await PeerBook.open(store),
  );
  return { store, replica, membership, node, effects };
}

/** Two members of one crew, with nothing recorded. */
export async function newCrew(): Promise<[Device, Device]> {
  const [a, b] = [await newDevice(), await newDevice()];
  await b.membership.take((await a.membership.invite("sensor")).code);
  await meet(a, b);
  return [a, b];
}

/** Opens a link between them, lets them talk until both are silent, and closes it. Bytes on the link, both ways. */
export async function meet(a: Device, b: Device): Promise<number> {
  const link = crypto.randomUUID();
  const binding = random(32);
  a.node.open(link, binding);
  b.node.open(link, binding);
  let bytes = 0;
  while (a.effects.length + b.effects.length > 0) {
    bytes += await deliver(a, b);
    bytes += await deliver(b, a);
  }
  a.node.close(link);
  b.node.close(link);
  a.effects.length = b.effects.length = 0;
  return bytes;
}

/** Records `count` observations, as many at once as may be, as the worker does when much is pending. */
export async function record(device: Device, count: number): Promise<void> {
  for (let left = count; left > 0; left -= MOST_IN_RECORD) {
    await device.replica.record(sightings(device, Math.min(left, MOST_IN_RECORD)), []);
  }
}

/** Bytes of all entries, with and without what proves them (signature, hash of the one before, key). */
export async function storedBytes(device: Device): Promise<{ all: number; unproved: number }> {
  const PROOF_BYTES = 64 + 32 + 32;
  const entries = await device.store.entriesAfter(device.replica.id, 0, Infinity);
  const all = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { all, unproved: all - entries.length * PROOF_BYTES };
}

async function deliver(from: Device, to: Device): Promise<number> {
  let bytes = 0;
  for (const effect of from.effects.splice(0)) {
    if (effect.kind !== "send") continue;
    bytes += effect.bytes.length;
    await to.node.receive(effect.link, effect.bytes.slice());
  }
  return bytes;
}

const scenes = new WeakMap<Replica, Scene>();
let opened = 0;

/** What a device sees next; the n-th device of a run sees the same in every run. */
export function sightings({ replica }: Pick<Device, "replica">, count: number): Observation[] {
  const scene = scenes.get(replica) ?? new Scene(++opened);
  scenes.set(replica, scene);
  return scene.see(replica.id, count);
}
