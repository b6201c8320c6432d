/** Notes of members who lie, and of devices whose clocks are wrong by days. */
import assert from "node:assert/strict";
import { encodeCbor } from "../../field/cbor.ts";
import { openDocument, putRecords } from "../../field/feed/documents.ts";
import { parseEntry } from "../../field/feed/entry.ts";
import { parseEdit } from "../../field/notes.ts";
import {
  crewNamed,
  feedOf,
  Forger,
  indexOf,
  meet,
  NOW,
  openDevice,
  receiveAll,
  recordEach,
  seenBy,
  type TestDevice,
} from "../fixtures/replicas.ts";

const DAY = 86_400_000;

/** A member's note, as its device would never write it. */
async function said(key: string, counter: number, value: unknown): Promise<Uint8Array> {
  const bob = await Forger.named("bob");
  const record = { key, value: encodeCbor([1, counter, value]) };
  const { change } = putRecords(openDocument(bob.id, []), [record], NOW);
  return (await bob.entry({ doc: `notes/${bob.id}/0`, change })).bytes;
}

Deno.test("notes of what is no observation's id are passed over, and stop nothing", async () => {
  const ids = ["ffffffffffff-zzzzzzzzzzzz", "ffffffffffff-00abc", "ffffffffffff-0", "zz", ""];
  for (const id of ids) {
    const [ann, bob] = await crewNamed(["ann", "bob"]);
    const { refused, added } = await ann.replica.receive([await said(`${id} star`, 1, true)]);
    assert.deepEqual([refused, added.get(bob.id)], [[], 1], id);
    await ann.replica.rebuildIndex();
    assert.ok(ann.replica.indexState.whole);
    assert.deepEqual((await ann.replica.verify()).faults, []);
  }
});

Deno.test("a note under another spelling of an observation's id says nothing of that one", async () => {
  const [ann] = await crewNamed(["ann", "bob"]);
  await recordEach(ann, 0, 1);
  const { id } = seenBy(ann, 0);
  await ann.replica.note([{ observation: id, field: "comment", value: "mine" }]);
  const spelt = id.replace("-", "-0");
  assert.equal(parseEdit(spelt, "comment", "theirs"), null);
  await ann.replica.receive([await said(`${spelt} comment`, 9, "theirs")]);
  assert.equal((await ann.store.observation(id))?.notes?.comment, "mine");
  await ann.replica.rebuildIndex();
  assert.equal((await ann.store.observation(id))?.notes?.comment, "mine");
});

Deno.test("a note that counts beyond all measure is passed over; the honest ones go on counting", async () => {
  for (const counter of [2 ** 53 - 1, 2 ** 53, 2 ** 32 + 1, 0, -1, 1.5]) {
    const [ann] = await crewNamed(["ann", "bob"]);
    await recordEach(ann, 0, 1);
    const { id } = seenBy(ann, 0);
    await ann.replica.receive([await said(`${id} comment`, counter, "pinned")]);
    for (const value of ["one", "two"]) {
      await ann.replica.note([{ observation: id, field: "comment", value }]);
      assert.equal((await ann.store.observation(id))?.notes?.comment, value, String(counter));
    }
  }
});

Deno.test("a note at the end of all counting makes later ones fail visibly, not vanish", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await recordEach(ann, 0, 1);
  const { id } = seenBy(ann, 0);
  await ann.replica.receive([await said(`${id} comment`, 2 ** 32, "pinned")]);
  for (const value of ["one", "two"]) {
    const noting = ann.replica.note([{ observation: id, field: "comment", value }]);
    await assert.rejects(noting, { code: "entry-not-allowed" });
  }
  await ann.replica.note([{ observation: id, field: "label/mine", value: true }]);
  assert.deepEqual((await ann.store.observation(id))?.notes?.labels, ["mine"]);
  await meet(ann, bob);
});

Deno.test("notes by wrong clocks: what was said in answer holds, and a device's own log stays in order", async () => {
  for (const [annOff, bobOff] of [[3 * DAY, -3 * DAY], [-3 * DAY, 3 * DAY], [0, -40 * DAY]]) {
    let nowMs = NOW;
    const ann = await openDevice("ann", undefined, () => nowMs + annOff);
    const bob = await openDevice("bob", undefined, () => nowMs + bobOff);
    await ann.replica.found();
    await ann.replica.admit(bob.id, "sensor");
    await bob.replica.follow(ann.id);
    await recordEach(ann, 0, 2);
    await meet(ann, bob);
    const { id } = seenBy(ann, 0);
    for (const [n, device] of [ann, bob, ann, bob, bob, ann].entries()) {
      nowMs += 60_000;
      await device.replica.note([{ observation: id, field: "class", value: `word ${n}` }]);
      await meet(ann, bob);
      for (const { store } of [ann, bob]) {
        assert.equal((await store.observation(id))?.notes?.class, `word ${n}`);
      }
    }
    for (const { store, replica } of [ann, bob]) {
      const said = (await store.edits(id)).map(({ value }) => value);
      assert.deepEqual(said, [0, 1, 2, 3, 4, 5].map((n) => `word ${n}`));
      await replica.rebuildIndex();
    }
    assert.deepEqual(await indexOf(ann.store), await indexOf(bob.store));
    await assertRising(ann);
    await assertRising(bob);
  }
});

async function assertRising({ store, id, replica }: TestDevice): Promise<void> {
  let last = 0;
  for (const bytes of await feedOf(store, id)) {
    const at = (await parseEntry(bytes))?.at ?? 0;
    assert.ok(at > last, "a device's own stamps rise");
    last = at;
  }
  assert.deepEqual((await replica.verify()).faults, []);
}

Deno.test("a viewer's notes are refused, and so is all that follows them", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"], "viewer");
  await recordEach(ann, 0, 1);
  await receiveAll(bob.replica, await feedOf(ann.store, ann.id));
  const { id } = seenBy(ann, 0);
  await bob.replica.note([{ observation: id, field: "star", value: true }]).catch(() => {});
  await meet(ann, bob);
  assert.equal((await ann.store.observation(id))?.notes, undefined);
});
