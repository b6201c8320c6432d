/** Two workers of one device over one disk, as there are while a new version takes over. */
import assert from "node:assert/strict";
import {
  crewNamed,
  feedOf,
  indexOf,
  meet,
  NOW,
  openDevice,
  receiveAll,
  recordEach,
  seenBy,
} from "../fixtures/replicas.ts";

Deno.test("a worker that has read the disk again writes on in its documents as the other left them", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  const rival = await openDevice("bob", bob.store);
  await recordEach(bob, 0, 3);
  await recordEach(rival, 3, 5);
  await recordEach(ann, 10, 11);
  await receiveAll(bob.replica, await feedOf(ann.store, ann.id)); // reads the disk again, and writes nothing of its own
  await recordEach(bob, 5, 7);
  await recordEach(await openDevice("bob", bob.store), 7, 9);
  await meet(ann, bob);
  assert.equal(await ann.store.countObservations(bob.id), 9);
  assert.deepEqual((await bob.replica.verify()).faults, []);
});

Deno.test("a worker removes a member up to where the other worker has taken its feed", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await recordEach(bob, 0, 2);
  await meet(ann, bob);
  const rival = await openDevice("ann", ann.store);
  await recordEach(bob, 2, 4);
  await rival.replica.receive(await feedOf(bob.store, bob.id));
  await ann.replica.remove(bob.id);
  assert.equal(ann.replica.crew?.removed.get(bob.id)?.through, 4);
  await recordEach(bob, 4, 6);
  const { refused } = await rival.replica.receive(await feedOf(bob.store, bob.id));
  await rival.replica.rename("Ann"); // now it has heard of the removal at the latest
  for (const { replica } of [ann, rival, await openDevice("ann", ann.store)]) {
    await replica.rebuildIndex();
    assert.equal(await ann.store.countObservations(bob.id), 4);
    assert.deepEqual((await replica.verify()).faults, []);
  }
  assert.ok(refused.every(({ why }) => why === "removed"));
});

Deno.test("two workers that build the index at once, while both write, leave out nothing", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  const rival = await openDevice("bob", bob.store);
  await recordEach(bob, 0, 4);
  await recordEach(ann, 10, 12);
  await Promise.allSettled([
    bob.replica.rebuildIndex(),
    recordEach(rival, 4, 6),
    rival.replica.note([{ observation: seenBy(bob, 1).id, field: "star", value: true }]),
    rival.replica.rebuildIndex(),
    bob.replica.receive(await feedOf(ann.store, ann.id)),
    recordEach(bob, 6, 8),
  ]);
  for (const { replica } of [bob, rival]) {
    await replica.rebuildIndex();
    assert.equal(await bob.store.countObservations(bob.id), 8);
    assert.equal((await bob.store.edits(seenBy(bob, 1).id)).length, 1);
  }
  const before = await indexOf(bob.store);
  const again = await openDevice("bob", bob.store, () => NOW + 1);
  await again.replica.rebuildIndex();
  assert.deepEqual(await indexOf(bob.store), before);
});

Deno.test("edits of one device that have one counter are all kept, and the later one holds", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await recordEach(bob, 0, 1);
  const { id } = seenBy(bob, 0);
  for (const value of ["one", "two"]) {
    await bob.replica.note([{ observation: id, field: "comment", value }]);
    await bob.store.commit({ clearIndex: true, indexIsWhole: true }); // it has lost sight of what it said
  }
  await meet(ann, bob);
  await bob.replica.rebuildIndex();
  for (const { store } of [ann, bob]) {
    const edits = await store.edits(id);
    assert.deepEqual(edits.map(({ counter, value }) => [counter, value]), [[1, "one"], [1, "two"]]);
    assert.equal((await store.observation(id))?.notes?.comment, "two");
  }
});

Deno.test("a worker asked for what was so before the other changed it does it again", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  const rival = await openDevice("ann", ann.store);
  await ann.replica.rename("one");
  await rival.replica.rename("one");
  await ann.replica.remove(bob.id);
  await rival.replica.remove(bob.id);
  await ann.replica.admit(bob.id, "sensor");
  await ann.replica.rename("two");
  await rival.replica.remove(bob.id);
  await rival.replica.rename("one");
  const { replica } = await openDevice("ann", ann.store);
  assert.ok(replica.crew?.removed.has(bob.id));
  assert.equal(replica.nameOf(ann.id), "one");
});
