import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, idOf } from "../../tests/fixtures/devices.ts";
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
} from "../../tests/fixtures/replicas.ts";
import { crewDoc, notesDoc, observationsDoc } from "./doc_name.ts";
import { openDocument } from "./documents.ts";
import { FieldError } from "../errors.ts";
import { MemoryStore } from "../store/memory_store.ts";

const isUnconfirmed = (error: unknown) =>
  error instanceof FieldError && error.code === "identity-unconfirmed";

// ------------------------------------------------------------------ bundles

Deno.test("restore() into an empty device takes all that verifies, and keeps it from peers", async () => {
  const { ann, bob } = await crewOfTwo();
  await bob.replica.rename("Bob");
  await recordEach(bob, 0, 3);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  const cal = await openDevice("cal");
  await recordEach(cal, 50, 51);
  const { added, known, refused } = await cal.replica.restore(await entriesOf(ann.store));
  assert.deepEqual([added.get(ann.id), added.get(bob.id), known, refused], [1, 4, 0, []]);
  assert.equal(await cal.store.countObservations(bob.id), 3);
  assert.equal(cal.replica.nameOf(bob.id), "Bob");
  assert.deepEqual(cal.replica.heads.map(({ device }) => device), [cal.id]);
  assert.deepEqual(await cal.replica.entriesAfter(bob.id, 0, 1e9), []);
  const listed: unknown = await cal.store.setting("restored");
  assert.ok(Array.isArray(listed));
  assert.deepEqual(listed.toSorted(), [ann.id, bob.id].sort());
  assert.deepEqual((await cal.replica.verify()).faults, []);
  const again = await cal.replica.restore(await entriesOf(ann.store));
  assert.deepEqual([again.added.size, again.known, again.refused], [0, 5, []]);
});

Deno.test("restore() of one's crew brings it all back once its founder is followed", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 3);
  await bob.replica.note([{ observation: seenBy(bob, 0).id, field: "star", value: true }]);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  const lost = await openDevice("bob");
  await lost.replica.restore(await entriesOf(ann.store));
  await lost.replica.follow(ann.id);
  assert.deepEqual(await stateOf(lost), await stateOf(ann));
  await recordEach(lost, 3, 4);
  assert.deepEqual((await ann.replica.receive(await feedOf(lost.store, bob.id))).refused, []);
  assert.equal(await ann.store.countObservations(bob.id), 4);
});

Deno.test("restore() refuses what does not verify, and shows nothing that a device was removed for", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 2);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  await ann.replica.remove(bob.id);
  await recordEach(bob, 2, 3);
  const eve = await Forger.named("eve");
  const good = (await eve.entry()).bytes;
  const claims = await eve.entry({ doc: crewDoc(ann.id, eve.id) });
  const { added, refused } = await ann.replica.restore([
    bytesOf("nothing"),
    good.with(good.length - 1, good[good.length - 1] ^ 1),
    ...await feedOf(bob.store, bob.id),
    good,
    claims.bytes,
  ]);
  assert.deepEqual([...added], [[bob.id, 1], [eve.id, 2]]);
  assert.deepEqual(refused.map(({ why }) => why), ["malformed", "bad-signature"]);
  await ann.replica.rebuildIndex();
  assert.equal(await ann.store.countObservations(bob.id), 2, "as on the device it was kept by");
  assert.equal((await ann.replica.entriesAfter(bob.id, 0, 1e9)).length, 2);
  assert.ok(!ann.replica.knows(eve.id), "nor does her word count");
});

Deno.test("a restored device that becomes a member is passed on like any other", async () => {
  const { ann } = await crewOfTwo();
  const dee = await openDevice("dee");
  await recordEach(dee, 0, 3);
  await ann.replica.restore(await entriesOf(dee.store));
  await ann.replica.admit(dee.id, "sensor");
  assert.equal(ann.replica.heads.find(({ device }) => device === dee.id)?.seq, 3);
  assert.equal((await ann.replica.entriesAfter(dee.id, 0, 1e9)).length, 3);
});

Deno.test("restore() in any order and parts adds up to the same", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(ann, 0, 2);
  await recordEach(bob, 10, 13);
  const wire = [...await feedOf(ann.store, ann.id), ...await feedOf(bob.store, bob.id)];
  const order = fc.shuffledSubarray(wire, { minLength: wire.length });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: 6 }), async (shuffled, part) => {
      const cal = await openDevice("cal");
      let [added, held, known] = [0, 0, 0];
      for (let round = 0; added < wire.length; round++) {
        assert.ok(round < wire.length + 1, "never all of it");
        for (let i = 0; i < shuffled.length; i += part) {
          const received = await cal.replica.restore(shuffled.slice(i, i + part));
          for (const count of received.added.values()) added += count;
          held += received.held;
          known += received.known;
        }
      }
      assert.equal((added + held + known) % wire.length, 0, "an entry is not accounted for");
      assert.equal(await cal.store.countObservations(), 5);
    }),
    { numRuns: 15 },
  );
});

// ------------------------------------------------------------------ a restored identity

/** Bob's identity on an empty disk, in Ann's crew, while another copy of it may be ahead. */
async function unconfirmedBob() {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 3);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  const store = new MemoryStore();
  await store.commit({ settings: { "identity-unconfirmed": true, crew: ann.id } });
  return { ann, bob, copy: await openDevice("bob", store) };
}

Deno.test("an unconfirmed identity writes nothing in a crew, and takes its own feed back", async () => {
  const { ann, copy } = await unconfirmedBob();
  assert.ok(copy.replica.unconfirmed);
  const writes = [
    () => copy.replica.record([seenBy(copy, 9)], []),
    () => copy.replica.note([{ observation: seenBy(copy, 9).id, field: "star", value: true }]),
    () => copy.replica.rename("Copy"),
    () => copy.replica.admit(idOf(1), "sensor"),
    () => copy.replica.remove(ann.id),
  ];
  for (const write of writes) await assert.rejects(write(), isUnconfirmed);
  await receiveAll(copy.replica, await entriesOf(ann.store));
  assert.equal(copy.replica.headOf(copy.id)?.seq, 3);
  for (const write of writes) await assert.rejects(write(), isUnconfirmed);
  assert.ok((await openDevice("bob", copy.store)).replica.unconfirmed);
});

Deno.test("confirmIdentity() lets it write again, also after reopening, without a fork", async () => {
  const { ann, copy } = await unconfirmedBob();
  await receiveAll(copy.replica, await entriesOf(ann.store));
  await copy.replica.confirmIdentity();
  assert.ok(!copy.replica.unconfirmed);
  await recordEach(copy, 9, 10);
  const again = await openDevice("bob", copy.store);
  assert.ok(!again.replica.unconfirmed);
  await recordEach(again, 10, 11);
  const { added, refused } = await ann.replica.receive(await feedOf(again.store, again.id));
  assert.deepEqual([added.get(again.id), refused], [2, []]);
});

Deno.test("an unconfirmed identity without a crew writes", async () => {
  const store = new MemoryStore();
  await store.commit({ settings: { "identity-unconfirmed": true } });
  const bob = await openDevice("bob", store);
  assert.ok(!bob.replica.unconfirmed);
  await recordEach(bob, 0, 1);
  await bob.replica.found();
  assert.ok(bob.replica.unconfirmed);
  await assert.rejects(recordEach(bob, 1, 2), isUnconfirmed);
});

Deno.test("two copies of one identity that write by turns, each after it heard the other, make one feed", async () => {
  const one = await openDevice("bob");
  const two = await openDevice("bob", new MemoryStore(), () => NOW + 90 * 24 * 3_600_000);
  const crew = [one, two];
  for (let n = 0; n < 6; n++) {
    const [by, other] = [crew[n % 2], crew[(n + 1) % 2]];
    await recordEach(by, n, n + 1);
    await by.replica.note([{ observation: seenBy(by, n).id, field: "star", value: true }]);
    const { refused } = await other.replica.receive(await feedOf(by.store, by.id));
    assert.deepEqual(refused, []);
  }
  const entries = await Promise.all((await feedOf(one.store, one.id)).map(parsed));
  const stamps = entries.map(({ at }) => at);
  assert.deepEqual(stamps, stamps.toSorted((a, b) => a - b), "a clock went back");
  for (const doc of [observationsDoc(one.id, 0), notesDoc(one.id, 0)]) {
    const changes = entries.filter((entry) => entry.doc === doc).map(({ change }) => change);
    assert.equal(Object.keys(openDocument(one.id, changes)).length, 6, `${doc} does not add up`);
  }
});

Deno.test("confirmIdentity() whose commit fails changes nothing", async () => {
  const { ann } = await crewOfTwo();
  const store = new FailingStore();
  await store.commit({ settings: { "identity-unconfirmed": true, crew: ann.id } });
  const copy = await openDevice("bob", store);
  store.failNext = new Error("disk full");
  await assert.rejects(copy.replica.confirmIdentity(), /disk full/);
  assert.ok(copy.replica.unconfirmed);
});
