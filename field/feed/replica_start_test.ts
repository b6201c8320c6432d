import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import {
  crewOfTwo,
  entriesOf,
  feedOf,
  NOW,
  openDevice,
  receiveAll,
  recordEach,
  seenBy,
  stateOf,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { DERIVED } from "./derived_state.ts";
import { MemoryStore } from "../store/memory_store.ts";
import { Replica } from "./replica.ts";
import type { Store, StoredEntry } from "../store/store.ts";

/** Counts what a start reads. */
class CountingStore extends MemoryStore {
  entriesRead = 0;
  override async entriesAfter(...args: [string, number, number]): Promise<StoredEntry[]> {
    return this.#count(await super.entriesAfter(...args));
  }
  override async entriesOf(doc: string): Promise<StoredEntry[]> {
    return this.#count(await super.entriesOf(doc));
  }
  #count(entries: StoredEntry[]): StoredEntry[] {
    this.entriesRead += entries.length;
    return entries;
  }
}

/** A device that has recorded, was renamed and knows a crew with a removed member. */
async function settled(store: Store): Promise<TestDevice> {
  const ann = await openDevice("ann", store);
  const bob = await openDevice("bob");
  await recordEach(bob, 0, 3);
  await bob.replica.rename("Bob");
  await ann.replica.found();
  await ann.replica.admit(bob.id, "sensor");
  await ann.replica.admit(idOf(1), "viewer");
  await ann.replica.rename("Ann");
  await receiveAll(ann.replica, await entriesOf(bob.store));
  await ann.replica.remove(bob.id);
  await recordEach(ann, 10, 80);
  await ann.replica.note([{ observation: seenBy(ann, 10).id, field: "star", value: true }]);
  return ann;
}

/** Opens a device again, and counts how often it needs Automerge for that. */
async function reopened(ann: TestDevice): Promise<TestDevice & { needed: () => number }> {
  let needed = 0;
  const { store, signer } = ann;
  const automerge = () => {
    needed++;
    return readyAutomerge();
  };
  const replica = await Replica.open({ store, signer, nowMs: () => NOW, automerge });
  return { ...ann, replica, needed: () => needed };
}

async function knownOf(device: TestDevice) {
  const { replica } = device;
  return {
    ...await stateOf(device),
    names: [device.id, ...replica.crew?.removed.keys() ?? []].map((id) => replica.nameOf(id)),
  };
}

Deno.test("open() reads no history and needs no Automerge, before the first write or entry of another", async () => {
  const store = new CountingStore();
  const ann = await settled(store);
  const expected = await knownOf(ann);
  store.entriesRead = 0;
  const again = await reopened(ann);
  assert.deepEqual([again.needed(), store.entriesRead], [0, 1], "beyond the last entry of its own");
  assert.deepEqual(await knownOf(again), expected);
  assert.deepEqual(expected.names, ["Ann", "Bob"]);
  await recordEach(again, 80, 81);
  assert.equal(again.needed(), 1);
  assert.ok(store.entriesRead <= 1 + 64, `${store.entriesRead} entries for the first write`);
  assert.deepEqual((await again.replica.verify()).faults, []);
});

Deno.test("open() without a snapshot, or with one that is damaged or of another time, comes to the same", async () => {
  const store = new MemoryStore();
  const ann = await settled(store);
  const expected = await knownOf(ann);
  const good = await store.snapshot(DERIVED);
  assert.ok(good);
  const early = await openDevice("ann");
  await early.replica.found();
  const old = await early.store.snapshot(DERIVED);
  const stranger = await (await settled(new MemoryStore())).store.snapshot(DERIVED);
  const snapshots = [
    ...[null, new Uint8Array(0), Uint8Array.of(1, 2, 3), good.subarray(0, 40).slice(), old],
    ...Array.from({ length: 60 }, (_, i) => good.with(i * 7 % good.length, i)),
    stranger,
  ];
  for (const snapshot of snapshots) {
    await store.commit({ snapshots: { [DERIVED]: snapshot } });
    const again = await reopened(ann);
    const isSound = snapshot && snapshot.length === good.length;
    if (!isSound) assert.deepEqual(await knownOf(again), expected, "known after reopening");
  }
  for (const snapshot of [null, old]) {
    await store.commit({ snapshots: { [DERIVED]: snapshot } });
    const again = await reopened(ann);
    await recordEach(again, 90, 91);
    await again.replica.note([{ observation: seenBy(ann, 10).id, field: "star", value: false }]);
    const docs = await store.docs(`obs/${ann.id}`);
    assert.deepEqual(docs, [0, 1].map((n) => `obs/${ann.id}/${n}`));
    assert.deepEqual((await again.replica.verify()).faults, []);
    assert.equal((await reopened(ann)).needed(), 0, "the snapshot was not made anew");
  }
});

Deno.test("open() does not believe a snapshot that knows more than the disk", async () => {
  const { ann, bob } = await crewOfTwo();
  await ann.replica.rename("Ann");
  await recordEach(ann, 0, 70);
  const store = new MemoryStore();
  const copy = await openDevice("ann", store);
  await copy.replica.follow(ann.id);
  await copy.replica.receive((await feedOf(ann.store, ann.id)).slice(0, 1));
  await store.commit({ snapshots: { [DERIVED]: await ann.store.snapshot(DERIVED) } });
  const again = await openDevice("ann", store);
  assert.equal(again.replica.nameOf(ann.id), undefined);
  assert.ok(again.replica.knows(bob.id));
  await recordEach(again, 0, 1);
  assert.deepEqual(await store.docs("obs/"), [`obs/${ann.id}/0`]);
});

Deno.test("open() takes in what another worker wrote after the snapshot", async () => {
  const { ann, bob } = await crewOfTwo();
  await bob.replica.rename("Bob");
  await recordEach(bob, 0, 3);
  const snapshot = await ann.store.snapshot(DERIVED);
  await ann.replica.rename("Ann");
  await ann.replica.admit(idOf(3), "viewer");
  await recordEach(ann, 10, 20);
  await ann.replica.receive(await feedOf(bob.store, bob.id));
  const expected = await knownOf(ann);
  await ann.store.commit({ snapshots: { [DERIVED]: snapshot } });
  const again = await reopened(ann);
  assert.deepEqual(await knownOf(again), expected);
  assert.equal(again.replica.nameOf(bob.id), "Bob");
  await recordEach(again, 20, 21);
  assert.deepEqual(await ann.store.docs("obs/"), [`obs/${ann.id}/0`, `obs/${bob.id}/0`].sort());
});

Deno.test("two workers of one device: what one received and was told, the other knows after its next write", async () => {
  const { ann, bob } = await crewOfTwo();
  const other = await openDevice("ann", ann.store);
  await bob.replica.rename("Bob");
  await ann.replica.receive(await feedOf(bob.store, bob.id));
  await ann.replica.admit(idOf(5), "sensor");
  await recordEach(other, 0, 1); // HeadMoved: it reads again, then writes
  assert.ok(other.replica.knows(idOf(5)));
  assert.equal(other.replica.nameOf(bob.id), "Bob");
  const again = await openDevice("ann", ann.store);
  assert.equal(again.replica.nameOf(bob.id), "Bob");
  assert.ok(again.replica.knows(idOf(5)));
});
