import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, idOf, observationAt, signerNamed } from "../../tests/fixtures/devices.ts";
import { Scene } from "../../tests/fixtures/scene.ts";
import {
  crewOfTwo,
  entriesOf,
  FailingStore,
  feedOf,
  Forger,
  NOW,
  openDevice,
  parsed,
  receiveAll,
  recordEach,
  seenBy,
  stateOf,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { type Bytes, joinBytes } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { type CrewRecord, encodeCrewRecord, mayWrite } from "./crew.ts";
import { crewDoc, deviceDoc } from "./doc_name.ts";
import { openDocument, parseChange, putRecords } from "./documents.ts";
import { NO_ENTRY } from "./entry.ts";
import { FieldError } from "../errors.ts";
import type { Refusal } from "./intake.ts";
import type { Role } from "../messages.ts";
import { MemoryStore } from "../store/memory_store.ts";
import { encodeBatch, MOST_IN_RECORD } from "../batch/observation_batch.ts";
import { HeadMoved, SettingMoved, type StoredEntry } from "../store/store.ts";

/** A record that says: this device is a member. */
function memberRecord(says: Partial<CrewRecord> & { role?: Role } = {}): Bytes {
  const { role = "sensor", at = 1, counter = 1 } = says;
  return encodeCrewRecord({
    ...{ device: idOf(0), by: idOf(0), seq: 1, at, counter },
    says: { kind: "member", role },
  });
}

/** Another worker of the device was faster, again and again. */
function isMoved(error: unknown): boolean {
  return error instanceof HeadMoved || error instanceof SettingMoved;
}

async function assertClean(device: TestDevice, entries: number): Promise<void> {
  const { faults, entries: found } = await device.replica.verify();
  assert.deepEqual(faults, []);
  assert.equal(found, entries);
}

// ------------------------------------------------------------------ own feed

Deno.test("record() saves observations and thumbnails that are there after reopening", async () => {
  const ann = await openDevice("ann");
  const thumb = { hash: idOf(7), type: "image/jpeg", bytes: Uint8Array.of(7) };
  await ann.replica.record([seenBy(ann, 0, { thumb: thumb.hash }), seenBy(ann, 1)], [thumb]);
  await ann.replica.record([seenBy(ann, 2)], []);
  const again = await openDevice("ann", ann.store);
  assert.deepEqual(await stateOf(again), await stateOf(ann));
  assert.deepEqual(again.replica.heads, ann.replica.heads);
  assert.equal(again.replica.headOf(ann.id)?.seq, 2);
  assert.equal(await again.store.countObservations(ann.id), 3);
  assert.deepEqual(await again.store.blob(thumb.hash), thumb);
  assert.deepEqual(await again.store.wanted(5), []);
  await recordEach(again, 3, 5);
  await assertClean(again, 4);
});

Deno.test("record() of 4096 observations is 16 entries in one commit", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  const seen = new Scene(1).see(ann.id, MOST_IN_RECORD);
  await ann.replica.record(seen, []);
  assert.deepEqual([store.commits, ann.replica.headOf(ann.id)?.seq], [1, 16]);
  assert.equal(await store.countObservations(ann.id), MOST_IN_RECORD);
  assert.equal(await store.countObservations(ann.id, 8), MOST_IN_RECORD / 2);
  await recordEach(await openDevice("ann", store), 0, 1);
  await assertClean(await openDevice("ann", store), 17);
  await assert.rejects(ann.replica.record([...seen, seen[0]], []), /4097 observations/);
});

Deno.test("record() whose commit fails writes none of its entries, and all of them the next time", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  const seen = new Scene(1).see(ann.id, 600);
  store.failNext = new Error("disk full");
  await assert.rejects(ann.replica.record(seen, []), /disk full/);
  assert.deepEqual(await store.entriesAfter(ann.id, 0, 1e9), []);
  await ann.replica.record(seen, []);
  await assertClean(ann, 3);
  assert.equal(await store.countObservations(ann.id), 600);
});

Deno.test("record() makes entries smaller where names are long, and refuses one that fits none", async () => {
  const ann = await openDevice("ann");
  const named = (length: number) => (n: number) =>
    seenBy(ann, n, { source: `${n} `.padEnd(length, "x") });
  await ann.replica.record(Array.from({ length: 40 }, (_, n) => named(3000)(n)), []);
  assert.equal(await ann.store.countObservations(ann.id), 40);
  assert.ok((ann.replica.headOf(ann.id)?.seq ?? 0) > 1);
  const isInvalid = (error: unknown) =>
    error instanceof FieldError && error.code === "entry-invalid";
  await assert.rejects(ann.replica.record([named(70_000)(41)], []), isInvalid);
  await recordEach(ann, 50, 51);
  assert.deepEqual((await ann.replica.verify()).faults, []);
});

Deno.test("record() of no observations saves the pictures alone, and makes no entry", async () => {
  const ann = await openDevice("ann");
  const thumb = { hash: idOf(7), type: "image/jpeg", bytes: Uint8Array.of(7) };
  await ann.replica.record([], [thumb]);
  assert.deepEqual(await ann.store.blob(thumb.hash), thumb);
  assert.equal(ann.replica.headOf(ann.id), undefined);
});

Deno.test("record() of an observation again replaces it", async () => {
  const ann = await openDevice("ann");
  await ann.replica.record([seenBy(ann, 0, { open: true })], []);
  await ann.replica.record([seenBy(ann, 0, { open: false, frames: 90 })], []);
  const [only, ...others] = await ann.store.observations({ limit: 9 });
  assert.deepEqual(others, []);
  assert.equal(only.frames, 90);
  assert.equal(await ann.store.countObservations(ann.id, 1), 0);
  assert.equal(await ann.store.countObservations(ann.id, 2), 1);
});

Deno.test("record() whose commit fails counts nothing, and the chain goes on from the disk", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  await recordEach(ann, 0, 2);
  const before = await stateOf(ann);
  for (let attempt = 0; attempt < 3; attempt++) {
    store.failNext = new Error("disk full");
    await assert.rejects(recordEach(ann, 2, 3), /disk full/);
    assert.deepEqual(await stateOf(ann), before);
    assert.equal(ann.replica.headOf(ann.id)?.seq, 2);
  }
  await recordEach(ann, 2, 5);
  await assertClean(ann, 5);
  assert.equal(await store.countObservations(ann.id), 5);
  await assertClean(await openDevice("ann", store), 5);
});

Deno.test("record() whose commit fails after it has written does not write twice", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  await recordEach(ann, 0, 1);
  store.failNextAfterwards = new Error("no answer");
  await assert.rejects(recordEach(ann, 1, 2), /no answer/);
  assert.equal(ann.replica.headOf(ann.id)?.seq, 2);
  await recordEach(ann, 2, 3);
  await assertClean(ann, 3);
});

Deno.test("record() does what was asked in the order in which it was asked", async () => {
  const ann = await openDevice("ann");
  await Promise.all([0, 1, 2, 3, 4].map((n) => ann.replica.record([seenBy(ann, n)], [])));
  await Promise.all([ann.replica.rename("Ann"), ann.replica.found(), recordEach(ann, 5, 7)]);
  await assertClean(ann, 8);
  const docs = (await ann.store.entriesAfter(ann.id, 0, 1e6)).map(({ doc }) => doc);
  assert.equal(docs[5], deviceDoc(ann.id));
});

Deno.test("record() of two workers of one device: the later one catches up by itself, and nothing forks", async () => {
  const store = new MemoryStore();
  const [one, two] = [await openDevice("ann", store), await openDevice("ann", store)];
  await recordEach(one, 0, 2);
  await recordEach(two, 2, 4);
  await one.replica.rename("Ann");
  await recordEach(two, 4, 5);
  await assertClean(two, 6);
  await assertClean(await openDevice("ann", store), 6);
});

Deno.test("record() of two workers at once never forks, whatever the order, and peers take it all", async () => {
  const steps = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      const store = new MemoryStore();
      const [one, two] = [await openDevice("ann", store), await openDevice("ann", store)];
      const results = await Promise.allSettled(
        order.map((first, n) => recordEach(first ? one : two, n, n + 1)),
      );
      for (const [n, result] of results.entries()) {
        if (result.status === "fulfilled") continue;
        assert.ok(isMoved(result.reason), String(result.reason));
        const worker = order[n] ? one : two;
        await recordEach(worker, n, n + 1).catch(() => recordEach(worker, n, n + 1));
      }
      assert.equal(await store.countObservations(), order.length);
      const ann = await openDevice("ann", store);
      await assertClean(ann, order.length);
      const backup = await openDevice("ann");
      await receiveAll(backup.replica, await entriesOf(store));
      assert.deepEqual(await stateOf(backup), await stateOf(ann));
    }),
    { numRuns: 15 },
  );
});

Deno.test("record() begins a new document every 64 changes, also over reopening", async () => {
  const store = new MemoryStore();
  let ann = await openDevice("ann", store);
  const reopenAt = new Set([1, 40, 63, 64, 65]); // the second document ends without that
  for (let n = 0; n < 131; n++) {
    if (reopenAt.has(n)) ann = await openDevice("ann", store);
    await recordEach(ann, n, n + 1);
  }
  const docs = await store.docs(`obs/${ann.id}/`);
  const sizes = await Promise.all(docs.map(async (doc) => (await store.entriesOf(doc)).length));
  assert.deepEqual(docs, [0, 1, 2].map((n) => `obs/${ann.id}/${n}`));
  assert.deepEqual(sizes, [64, 64, 3]);
  await assertClean(ann, 131);
});

Deno.test("rename() names the device here, after reopening and at its peers", async () => {
  const { ann, bob } = await crewOfTwo();
  await ann.replica.rename("North gate");
  await ann.replica.rename("South gate");
  assert.equal(ann.replica.nameOf(ann.id), "South gate");
  await receiveAll(bob.replica, await entriesOf(ann.store));
  assert.equal(bob.replica.nameOf(ann.id), "South gate");
  assert.equal((await openDevice("bob", bob.store)).replica.nameOf(ann.id), "South gate");
  assert.equal((await openDevice("ann", ann.store)).replica.nameOf(ann.id), "South gate");
});

Deno.test("rename() to the same name leaves a feed that peers take", async () => {
  const { ann, bob } = await crewOfTwo();
  for (let time = 0; time < 3; time++) await ann.replica.rename("North gate");
  await recordEach(ann, 0, 1);
  await receiveAll(bob.replica, await entriesOf(ann.store));
  assert.equal(bob.replica.headOf(ann.id)?.seq, ann.replica.headOf(ann.id)?.seq);
  const changes = await Promise.all(
    (await ann.store.entriesOf(deviceDoc(ann.id))).map(async ({ bytes }) =>
      (await parsed(bytes)).change.toString()
    ),
  );
  assert.equal(new Set(changes).size, changes.length, "one change stands in the feed twice");
});

Deno.test("found() founds one crew, and finds it again", async () => {
  const ann = await openDevice("ann");
  const { crew: noCrew } = ann.replica;
  assert.equal(noCrew, null);
  assert.deepEqual(await Promise.all([ann.replica.found(), ann.replica.found()]), [ann.id, ann.id]);
  assert.equal(ann.replica.crew?.members.get(ann.id)?.role, "admin");
  const again = await openDevice("ann", ann.store);
  assert.deepEqual(await stateOf(again), await stateOf(ann));
  assert.equal(await again.replica.found(), ann.id);
});

Deno.test("admit() makes members that are known after reopening, and at those who follow", async () => {
  const { ann, bob } = await crewOfTwo();
  const cal = await openDevice("cal");
  await ann.replica.admit(cal.id, "viewer");
  await receiveAll(bob.replica, await entriesOf(ann.store));
  for (const device of [ann, bob, await openDevice("bob", bob.store)]) {
    assert.equal(device.replica.crew?.members.get(cal.id)?.role, "viewer");
    assert.ok(device.replica.knows(cal.id));
    assert.ok(!device.replica.knows(idOf(9)));
  }
});

Deno.test("stamps of one device rise over restarts, also when its clock was set back a day", async () => {
  const store = new MemoryStore();
  await recordEach(await openDevice("ann", store, () => NOW), 0, 2);
  const later = await openDevice("ann", store, () => NOW - 24 * 3_600_000);
  await recordEach(later, 2, 4);
  const stamps = await Promise.all(
    (await feedOf(store, later.id)).map(async (bytes) => (await parsed(bytes)).at),
  );
  assert.deepEqual(stamps, stamps.toSorted((a, b) => a - b));
  assert.equal(new Set(stamps).size, 4);
});

// ------------------------------------------------------------------ verify

Deno.test("verify() names every entry that was changed on disk", async () => {
  class DamagedStore extends MemoryStore {
    damage: (entry: StoredEntry) => StoredEntry | null = (entry) => entry;
    reads = 0;
    override async entriesAfter(...args: [string, number, number]): Promise<StoredEntry[]> {
      if (++this.reads > 1000) throw new Error("verify() reads the same entries for ever");
      return (await super.entriesAfter(...args)).flatMap((entry) => this.damage(entry) ?? []);
    }
  }
  const store = new DamagedStore();
  const ann = await openDevice("ann", store);
  await recordEach(ann, 0, 4);
  const damaged = async (damage: DamagedStore["damage"]) => {
    [store.damage, store.reads] = [damage, 0];
    return (await ann.replica.verify()).faults.map(({ seq }) => seq);
  };
  const third = (change: (bytes: Bytes) => Bytes) => (entry: StoredEntry) =>
    entry.seq === 3 ? { ...entry, bytes: change(entry.bytes.slice()) } : entry;
  assert.deepEqual(await damaged((entry) => entry), []);
  assert.equal((await damaged((entry) => entry.seq === 4 ? null : entry))[0], 4);
  assert.ok((await damaged(third((bytes) => bytes.with(bytes.length - 1, 0)))).includes(3));
  const twin = await Forger.named("ann");
  const elsewhere = (await twin.entry({ seq: 3, change: twin.change("2") })).bytes;
  assert.ok((await damaged(third(() => elsewhere))).includes(3), "signed, but of another chain");
  const second = (await feedOf(store, ann.id))[1];
  assert.ok((await damaged(third(() => second))).includes(3));
  assert.ok((await damaged(third((bytes) => bytes.subarray(1)))).includes(3));
  assert.ok((await damaged((entry) => entry.seq === 3 ? null : entry)).includes(3));
});

Deno.test("verify() finds nothing wrong while the device goes on recording", async () => {
  class SlowStore extends MemoryStore {
    beforeRead: () => Promise<void> = () => Promise.resolve();
    override async entriesAfter(...args: [string, number, number]): Promise<StoredEntry[]> {
      await this.beforeRead();
      return await super.entriesAfter(...args);
    }
  }
  const store = new SlowStore();
  const ann = await openDevice("ann", store);
  await recordEach(ann, 0, 2);
  let recording: Promise<void> | undefined;
  store.beforeRead = async () => {
    // once: the entry is on disk before verify() reads, unless verify() waits for its turn
    recording ??= recordEach(ann, 2, 3);
    await Promise.race([recording, new Promise((resolve) => setTimeout(resolve, 20))]);
  };
  const { faults } = await ann.replica.verify();
  await recording;
  assert.deepEqual(faults, []);
});

// ------------------------------------------------------------------ receive: what holds

Deno.test("receive() adds the feeds up to the same state, in any order, doubled and in any parts", async () => {
  const { ann, bob } = await crewOfTwo();
  await ann.replica.rename("Ann");
  await recordEach(ann, 0, 3);
  await bob.replica.rename("Bob");
  await recordEach(bob, 10, 13);
  await bob.replica.record([seenBy(bob, 10, { open: false, frames: 99, thumb: idOf(8) })], []);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  const wire = await entriesOf(ann.store);
  const expected = await stateOf(ann);
  const order = fc.array(fc.nat(wire.length - 1), { maxLength: 2 * wire.length });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: wire.length }), async (picks, part) => {
      const cal = await openDevice("cal");
      await cal.replica.follow(ann.id);
      const parts = [...picks.map((n) => wire[n]), ...wire.toReversed()];
      for (let i = 0; i < parts.length; i += part) {
        const { refused } = await cal.replica.receive(parts.slice(i, i + part));
        for (const { why } of refused) assert.equal(why, "not-a-member"); // until the crew is here
      }
      await receiveAll(cal.replica, wire);
      assert.deepEqual(await stateOf(cal), expected);
      assert.equal(cal.replica.nameOf(bob.id), "Bob");
      assert.deepEqual(await stateOf(await openDevice("cal", cal.store)), expected);
    }),
    { numRuns: 15 },
  );
});

Deno.test("receive() tells what it added, what it saw, and that nothing is new the second time", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 3);
  const wire = await feedOf(bob.store, bob.id);
  const first = await ann.replica.receive(wire);
  assert.deepEqual([...first.added], [[bob.id, 3]]);
  assert.deepEqual([...first.seen], [bob.id]);
  assert.equal(first.held, 0);
  const second = await ann.replica.receive(wire);
  assert.deepEqual([...second.added], []);
  assert.deepEqual([...second.seen], [bob.id]);
  assert.deepEqual(second.refused, []);
  assert.equal((await ann.replica.receive([])).seen.size, 0);
});

Deno.test("receive() holds what comes before what it continues, and takes it later", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 3);
  const [one, two, three] = await feedOf(bob.store, bob.id);
  const early = await ann.replica.receive([three, two]);
  assert.equal(early.held, 2);
  assert.equal(early.added.size, 0);
  assert.equal(await ann.store.countObservations(bob.id), 0);
  assert.deepEqual([...(await ann.replica.receive([one, two, three])).added], [[bob.id, 3]]);
});

Deno.test("receive() accepts a member's first entry in the batch that admits it", async () => {
  const { ann } = await crewOfTwo();
  const bob = await openDevice("bob");
  await recordEach(bob, 0, 2);
  const cal = await openDevice("cal");
  await cal.replica.follow(ann.id);
  const { added, crewChanged, refused } = await cal.replica.receive([
    ...await entriesOf(ann.store),
    ...await entriesOf(bob.store),
  ]);
  assert.deepEqual(refused, []);
  assert.equal(added.get(bob.id), 2);
  assert.ok(crewChanged);
  assert.ok(cal.replica.knows(bob.id));
});

Deno.test("receive() takes what one admin says before it has heard of another's", async () => {
  const ann = await openDevice("ann");
  await ann.replica.found();
  const bob = await openDevice("bob");
  await ann.replica.admit(bob.id, "admin");
  await bob.replica.follow(ann.id);
  await receiveAll(bob.replica, await entriesOf(ann.store));
  await ann.replica.admit(idOf(1), "sensor");
  await receiveAll(bob.replica, await entriesOf(ann.store));
  await bob.replica.admit(idOf(2), "viewer");

  const cal = await openDevice("cal");
  await cal.replica.follow(ann.id);
  const [admitsBob, admitsOne] = await feedOf(ann.store, ann.id);
  const early = await cal.replica.receive([admitsBob, ...await feedOf(bob.store, bob.id)]);
  assert.deepEqual([early.held, early.refused], [0, []]);
  assert.ok(cal.replica.knows(idOf(2)) && !cal.replica.knows(idOf(1)));
  await receiveAll(cal.replica, [admitsOne]);
  assert.ok(cal.replica.knows(idOf(1)) && cal.replica.knows(idOf(2)));
});

Deno.test("receive() takes new members in after a record() had failed", async () => {
  const { ann } = await crewOfTwo();
  const store = new FailingStore();
  const bob = await openDevice("bob", store);
  await bob.replica.follow(ann.id);
  await receiveAll(bob.replica, await entriesOf(ann.store));
  store.failNext = new Error("disk full");
  await assert.rejects(recordEach(bob, 0, 1), /disk full/);
  await ann.replica.admit(idOf(3), "sensor");
  await receiveAll(bob.replica, await entriesOf(ann.store));
  assert.ok(bob.replica.knows(idOf(3)));
});

Deno.test("admit() after receive() writes as the device itself, and the others take it", async () => {
  const ann = await openDevice("ann");
  await ann.replica.found();
  const bob = await openDevice("bob");
  await ann.replica.admit(bob.id, "admin");
  await bob.replica.follow(ann.id);
  await receiveAll(bob.replica, await entriesOf(ann.store));
  await bob.replica.admit(idOf(4), "sensor");
  const [written] = await feedOf(bob.store, bob.id);
  assert.equal(parseChange((await parsed(written)).change)?.actor, bob.id);
  const { refused } = await ann.replica.receive([written]);
  assert.deepEqual(refused, []);
  assert.ok(ann.replica.knows(idOf(4)));
});

Deno.test("receive() takes this device's own entries back when its disk has lost them", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 3);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  const lost = await openDevice("bob");
  const { added } = await lost.replica.receive(await feedOf(ann.store, bob.id));
  assert.equal(added.get(bob.id), 3);
  await recordEach(lost, 3, 5);
  await assertClean(lost, 5);
  assert.deepEqual((await ann.replica.receive(await feedOf(lost.store, bob.id))).refused, []);
  assert.equal(await ann.store.countObservations(bob.id), 5);
});

Deno.test("receive() whose commit fails keeps nothing, and takes the same entries later", async () => {
  const { ann, bob } = await crewOfTwo();
  await bob.replica.rename("Bob");
  await recordEach(bob, 0, 2);
  const store = new FailingStore();
  const cal = await openDevice("cal", store);
  await cal.replica.follow(ann.id);
  const before = await stateOf(cal);
  const wire = [...await entriesOf(ann.store), ...await feedOf(bob.store, bob.id)];
  store.failNext = new Error("disk full");
  await assert.rejects(cal.replica.receive(wire), /disk full/);
  assert.deepEqual(await stateOf(cal), before);
  assert.equal(cal.replica.nameOf(bob.id), undefined);
  await receiveAll(cal.replica, wire);
  assert.equal(cal.replica.headOf(bob.id)?.seq, 3);
  assert.ok(cal.replica.knows(bob.id));
});

Deno.test("receive() of two workers of one device: the later one catches up by itself", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 2);
  const other = await openDevice("ann", ann.store);
  await ann.replica.receive(await feedOf(bob.store, bob.id));
  await recordEach(bob, 2, 4);
  const wire = await feedOf(bob.store, bob.id);
  const retried = () => other.replica.receive(wire);
  await retried().catch((error) => {
    assert.ok(isMoved(error), String(error));
    return retried();
  });
  assert.equal(other.replica.headOf(bob.id)?.seq, 4);
  assert.equal(await ann.store.countObservations(bob.id), 4);
});

Deno.test("receive() counts observations by the entry that spoke of them, as their device does", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 4);
  await bob.replica.record([seenBy(bob, 1, { frames: 99 }), seenBy(bob, 9)], []);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  for (let seq = 0; seq <= 5; seq++) {
    const [own, held] = await Promise.all(
      [bob, ann].map(({ store }) => store.countObservations(bob.id, seq)),
    );
    assert.equal(held, own, `through entry ${seq}`);
  }
});

Deno.test("receive() wants the thumbnails of the observations that it takes", async () => {
  const { ann, bob } = await crewOfTwo();
  await bob.replica.record([seenBy(bob, 0, { thumb: idOf(8) }), seenBy(bob, 1)], []);
  await ann.replica.receive(await feedOf(bob.store, bob.id));
  assert.deepEqual(await ann.store.wanted(5), [idOf(8)]);
});

// ------------------------------------------------------------------ receive: what does not hold

/** Ann knows Bob (a sensor) and Vic (a viewer); `attack` gives what is sent to her. */
async function attacked(
  attack: (bob: Forger, ann: TestDevice) => Promise<readonly Bytes[]>,
): Promise<{ ann: TestDevice; refused: readonly Refusal[] }> {
  const ann = await openDevice("ann");
  await ann.replica.found();
  const bob = await Forger.named("bob");
  await ann.replica.admit(bob.id, "sensor");
  await ann.replica.admit((await signerNamed("vic")).id, "viewer");
  await ann.replica.receive([(await bob.entry()).bytes]);
  const before = await stateOf(ann);
  const { refused, added } = await ann.replica.receive(await attack(bob, ann));
  assert.equal(added.size, 0);
  assert.deepEqual(await stateOf(ann), before, "something of it was kept");
  assert.deepEqual(await stateOf(await openDevice("ann", ann.store)), before);
  return { ann, refused: refused.map(({ why }) => why) };
}

const THUMBED = { thumb: idOf(0x77) };

const ATTACKS: readonly {
  readonly what: string;
  readonly send: (bob: Forger, ann: TestDevice) => Promise<readonly Bytes[]>;
  readonly refused: readonly Refusal[];
}[] = [
  {
    what: "an entry whose signature does not hold",
    send: async (bob) => {
      const { bytes } = await bob.entry({ change: bob.observing(observationAt(bob.id, NOW)) });
      return [bytes.with(bytes.length - 1, bytes[bytes.length - 1] ^ 1)];
    },
    refused: ["bad-signature"],
  },
  {
    what: "an entry with a number that is taken, whose signature does not hold",
    send: async () => {
      const twin = await Forger.named("bob");
      const { bytes } = await twin.entry({ change: twin.change("1") });
      return [bytes.with(bytes.length - 1, bytes[bytes.length - 1] ^ 1)];
    },
    refused: ["bad-signature"],
  },
  {
    what: "an entry that is there already, with a signature that does not hold",
    send: async () => {
      const { bytes } = await (await Forger.named("bob")).entry();
      return [bytes.with(bytes.length - 1, bytes[bytes.length - 1] ^ 1)];
    },
    refused: ["bad-signature"],
  },
  {
    what: "an entry that another member signed",
    send: async (bob) => {
      const vic = await Forger.named("vic");
      return [(await vic.entry({ device: bob.id, seq: 2, change: bob.change() })).bytes];
    },
    refused: ["bad-signature"],
  },
  {
    what: "a truncated entry",
    send: async (bob) => [(await bob.entry()).bytes.slice(0, -1)],
    refused: ["malformed"],
  },
  {
    what: "bytes that are no entry",
    send: () => Promise.resolve([new Uint8Array(0), bytesOf("hello"), new Uint8Array(70_000)]),
    refused: ["malformed", "malformed", "malformed"],
  },
  {
    what: "an entry whose change is none",
    send: async (bob) => [(await bob.entry({ change: bytesOf("change") })).bytes],
    refused: ["malformed"],
  },
  {
    what: "a change that another device made",
    send: async (bob) => {
      const change = bob.change("0", encodeBatch([]), idOf(5));
      return [(await bob.entry({ change })).bytes];
    },
    refused: ["wrong-actor"],
  },
  {
    what: "an entry of a stranger",
    send: async () => {
      const eve = await Forger.named("eve");
      return [(await eve.entry({ change: eve.observing(observationAt(eve.id, NOW)) })).bytes];
    },
    refused: ["not-a-member"],
  },
  {
    what: "an observation by a viewer",
    send: async () => {
      const vic = await Forger.named("vic");
      const change = vic.observing(observationAt(vic.id, NOW, THUMBED));
      return [(await vic.entry({ change })).bytes];
    },
    refused: ["not-allowed"],
  },
  {
    what: "an observation in another's name",
    send: async (bob, ann) => [(await bob.entry({ doc: `obs/${ann.id}/0` })).bytes],
    refused: ["not-allowed"],
  },
  {
    what: "a name for another",
    send: async (bob, ann) => [(await bob.entry({ doc: deviceDoc(ann.id) })).bytes],
    refused: ["not-allowed"],
  },
  {
    what: "a member admitted by one who is no admin",
    send: async (bob, ann) => {
      const member = memberRecord({ role: "admin" });
      const change = bob.change(bob.id, member);
      return [(await bob.entry({ doc: crewDoc(ann.id, bob.id), change })).bytes];
    },
    refused: ["not-allowed"],
  },
  {
    what: "an entry behind a gap",
    send: async (bob) => [(await bob.entry({ seq: 3 })).bytes],
    refused: [],
  },
  {
    what: "entries in the wrong order",
    send: async (bob) => {
      await bob.entry();
      const [three, four] = [await bob.entry(), await bob.entry()];
      return [four.bytes, three.bytes];
    },
    refused: [],
  },
  {
    what: "an entry that is there already",
    send: async () => [(await (await Forger.named("bob")).entry()).bytes],
    refused: [],
  },
];

for (const { what, send, refused } of ATTACKS) {
  Deno.test(`receive() refuses ${what}, and keeps nothing of it`, async () => {
    const outcome = await attacked(send);
    assert.deepEqual(outcome.refused, refused);
    // and Bob is none the worse for it
    const bob = await Forger.named("bob");
    await bob.entry();
    const { added } = await outcome.ann.replica.receive([(await bob.entry()).bytes]);
    assert.equal(added.get(bob.id), 1);
  });
}

Deno.test("receive() takes the good entries of a batch and refuses the bad ones", async () => {
  const { ann } = await crewOfTwo();
  const [bob, eve] = [await Forger.named("bob"), await Forger.named("eve")];
  const [good, better] = [await bob.entry(), await bob.entry()];
  const { added, refused } = await ann.replica.receive([
    (await eve.entry()).bytes,
    good.bytes,
    bytesOf("nothing"),
    better.bytes,
  ]);
  assert.deepEqual([...added], [[bob.id, 2]]);
  assert.deepEqual(refused.map(({ why }) => why), ["not-a-member", "malformed"]);
});

Deno.test("receive() never throws on any bytes", async () => {
  const { ann } = await crewOfTwo();
  const wire = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(wire, async (entries) => {
      const { refused, added } = await ann.replica.receive(entries);
      assert.equal(refused.length, entries.length);
      assert.equal(added.size, 0);
    }),
    { numRuns: 50 },
  );
});

Deno.test("receive() never throws on a member's signed entry with any records in it", async () => {
  const model: unknown[] = [0, 1, -1, "0", "length", [], {}, { toString: 1, valueOf: 1 }];
  const rows = fc.constantFrom(...model).map((one) => [
    ...[1, 0, 1, 0, 0, 1, 1, 1, 1, false, 1, 0],
    ...[one, null, null],
  ]);
  const records = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    rows.map((row) => encodeCbor([1, ["x"], [["m", new Uint8Array(32)]], [row]])),
  );
  const { id } = await signerNamed("bob");
  const doc = fc.constantFrom(`obs/${id}/0`, `notes/${id}/0`, deviceDoc(id), crewDoc(id, id), "x");
  const keys = fc.oneof(fc.constantFrom("0", "name", id), fc.string({ minLength: 1 }))
    .filter((key) => key !== "__proto__"); // Automerge does not write it
  await fc.assert(
    fc.asyncProperty(doc, keys, records, async (name, key, record) => {
      const [{ ann }, bob] = [await crewOfTwo(), await Forger.named("bob")];
      const put = putRecords(openDocument(bob.id, []), [{ key, value: joinBytes(record) }], NOW);
      const entry = await bob.entry({ doc: name, change: put.change });
      const { added } = await ann.replica.receive([entry.bytes]);
      assert.equal(added.get(bob.id), 1);
    }),
    { numRuns: 40 },
  );
});

// ------------------------------------------------------------------ forks

/** Bob's first entries, and another one with the number of the last of them. */
async function forkOf(length: number): Promise<{ feed: Bytes[]; other: Bytes }> {
  const [bob, twin] = [await Forger.named("bob"), await Forger.named("bob")];
  const feed: Bytes[] = [];
  for (let n = 0; n < length; n++) {
    if (n > 0) twin.continues(await parsed(feed[n - 1]));
    const change = bob.observing(observationAt(bob.id, NOW + n, THUMBED));
    feed.push((await bob.entry({ change })).bytes);
  }
  const change = twin.observing(observationAt(twin.id, NOW + 99, { thumb: idOf(0x78) }));
  return { feed, other: (await twin.entry({ change })).bytes };
}

async function assertQuarantined(ann: TestDevice, bob: string): Promise<void> {
  assert.notEqual(ann.replica.headOf(bob)?.quarantined, undefined, "not in quarantine");
  const again = await openDevice("ann", ann.store);
  assert.notEqual(again.replica.headOf(bob)?.quarantined, undefined, "forgotten on reopening");
  const { feed } = await forkOf(4);
  for (const device of [ann, again]) {
    const { added, refused } = await device.replica.receive(feed);
    assert.equal(added.size, 0);
    assert.ok(refused.every(({ why }) => why === "quarantined"));
  }
}

Deno.test("receive() puts a device that forked in quarantine, and it stays there after reopening", async () => {
  for (const length of [1, 2, 3]) {
    const { ann, bob } = await crewOfTwo();
    const { feed, other } = await forkOf(length);
    await ann.replica.receive(feed);
    const before = await ann.store.observations({ limit: 9 });
    const { refused, added } = await ann.replica.receive([other]);
    assert.deepEqual(refused, [{ device: bob.id, why: "forked" }]);
    assert.equal(added.size, 0);
    assert.deepEqual(await ann.store.observations({ limit: 9 }), before, "what was taken stays");
    await assertQuarantined(ann, bob.id);
  }
});

Deno.test("receive() sees a fork by an entry that continues another chain", async () => {
  const { ann, bob } = await crewOfTwo();
  const { feed, other } = await forkOf(2);
  const twin = await Forger.named("bob");
  twin.continues(await parsed(other));
  await ann.replica.receive(feed);
  const { refused } = await ann.replica.receive([(await twin.entry()).bytes]);
  assert.deepEqual(refused, [{ device: bob.id, why: "forked" }]);
  await assertQuarantined(ann, bob.id);
});

Deno.test("receive() keeps of a batch in which a device forks what was before the fork, as in small batches", async () => {
  const { ann, bob } = await crewOfTwo();
  const { ann: other } = await crewOfTwo();
  const { feed, other: twin } = await forkOf(3);
  await ann.replica.receive(feed.slice(0, 1));
  const { added } = await ann.replica.receive([...feed.slice(1), twin]);
  assert.deepEqual([...added], [[bob.id, 1]], "told as added what is not on disk");
  await other.replica.receive(feed.slice(0, 2));
  const [here, there] = [await stateOf(ann), await stateOf(other)];
  assert.deepEqual(here.observations, there.observations);
  assert.deepEqual(here.wanted, there.wanted, "wants the thumbnails of what it refused");
  assert.equal(ann.replica.headOf(bob.id)?.seq, 2);
  assert.deepEqual((await ann.replica.verify()).faults, []);
  await assertQuarantined(ann, bob.id);
});

Deno.test("receive() puts a device in quarantine whose first entries already fork", async () => {
  const { ann, bob } = await crewOfTwo();
  const { feed, other } = await forkOf(1);
  const { refused } = await ann.replica.receive([...feed, other]);
  assert.deepEqual(refused, [{ device: bob.id, why: "forked" }]);
  await assertQuarantined(ann, bob.id);
});

Deno.test("receive() keeps the other members' entries of a batch in which one forks", async () => {
  const { ann, bob } = await crewOfTwo();
  const cal = await Forger.named("cal");
  await ann.replica.admit(cal.id, "sensor");
  const { feed, other } = await forkOf(2);
  await ann.replica.receive(feed);
  const { added } = await ann.replica.receive([other, (await cal.entry()).bytes]);
  assert.deepEqual([...added], [[cal.id, 1]]);
  assert.notEqual(ann.replica.headOf(bob.id)?.quarantined, undefined);
});

Deno.test("receive() keeps the device's own quarantine when it goes on recording", async () => {
  const { ann } = await crewOfTwo();
  const store = new MemoryStore();
  const bob = await openDevice("bob", store);
  await bob.replica.follow(ann.id);
  await recordEach(bob, 0, 1);
  const { other } = await forkOf(1);
  const { refused } = await bob.replica.receive([other]);
  assert.deepEqual(refused, [{ device: bob.id, why: "forked" }]);
  await recordEach(bob, 1, 2).catch(() => {}); // it may refuse to go on, but not forget
  const head = (await store.heads()).find(({ device }) => device === bob.id);
  assert.notEqual(head?.quarantined, undefined);
});

Deno.test("a second signature over an entry's content is not a fork", async () => {
  const { ann, bob } = await crewOfTwo();
  const { feed } = await forkOf(1);
  await ann.replica.receive(feed);
  const { refused } = await ann.replica.receive(feed);
  assert.deepEqual(refused, []);
  assert.equal(ann.replica.headOf(bob.id)?.quarantined, undefined);
});

Deno.test("receive() of the crew by a device in quarantine is undone with its batch", async () => {
  const ann = await openDevice("ann");
  await ann.replica.found();
  const bob = await Forger.named("bob");
  await ann.replica.admit(bob.id, "admin");
  const first = await bob.entry();
  await ann.replica.receive([first.bytes]);
  const eve = await Forger.named("eve");
  const change = bob.change(eve.id, memberRecord({ role: "admin" }));
  const admits = await bob.entry({ doc: crewDoc(ann.id, bob.id), change });
  const twin = await Forger.named("bob");
  const fork = await twin.entry({ change: twin.change("1") });
  const eves = await eve.entry({ change: eve.observing(observationAt(eve.id, NOW)) });
  await ann.replica.receive([admits.bytes, eves.bytes, fork.bytes]);
  assert.ok(!ann.replica.knows(eve.id));
  assert.ok(!mayWrite(eve.id, crewDoc(ann.id, eve.id), ann.replica.crew));
  assert.equal(await ann.store.countObservations(eve.id), 0, "kept an entry of a non-member");
});

// ------------------------------------------------------------------ odds

Deno.test("receive() keeps and passes on documents of a newer version, unread", async () => {
  const { ann } = await crewOfTwo();
  const bob = await Forger.named("bob");
  const entry = await bob.entry({ doc: "world/u1", change: bob.change("k", bytesOf("v2")) });
  const { added } = await ann.replica.receive([entry.bytes]);
  assert.equal(added.get(bob.id), 1);
  assert.deepEqual(await ann.replica.entriesAfter(bob.id, 0, 1e6), [entry.bytes]);
});

Deno.test("receive() moves the clock past what it took, but not past a wrong clock's stamp", async () => {
  const { ann } = await crewOfTwo();
  const bob = await Forger.named("bob");
  const soon = (NOW + 60_000) * 1024;
  await ann.replica.receive([(await bob.entry({ at: soon })).bytes]);
  assert.ok(ann.replica.clock.next() > soon);
  const far = (NOW + 400 * 24 * 3_600_000) * 1024;
  await ann.replica.receive([(await bob.entry({ at: far })).bytes]);
  assert.ok(ann.replica.clock.next() < soon + 1000);
});

Deno.test("heads has the crew's feeds only; headOf() has any that is on disk", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 1);
  assert.deepEqual(bob.replica.heads.map(({ device }) => device).sort(), [ann.id, bob.id].sort());
  const alone = await openDevice("bob", bob.store);
  await alone.replica.follow(alone.id);
  assert.deepEqual(alone.replica.heads.map(({ device }) => device), [bob.id]);
  assert.equal(alone.replica.headOf(ann.id)?.seq, 1);
});

Deno.test("an entry's feed begins with 32 zero bytes and each names the one before", async () => {
  const ann = await openDevice("ann");
  await recordEach(ann, 0, 3);
  const feed = await Promise.all((await feedOf(ann.store, ann.id)).map(parsed));
  assert.deepEqual(feed[0].prev, NO_ENTRY);
  assert.deepEqual(feed[1].prev, feed[0].hash);
  assert.deepEqual(feed[2].prev, feed[1].hash);
  assert.deepEqual(ann.replica.headOf(ann.id)?.hash, feed[2].hash);
});
