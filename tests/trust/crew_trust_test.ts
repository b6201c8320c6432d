/** Who is in the crew, when admins lie, disagree, are removed, or have wrong clocks. */
import assert from "node:assert/strict";
import { encodeCbor } from "../../field/cbor.ts";
import { parseEntry } from "../../field/feed/entry.ts";
import { digestOf } from "../../field/sync/heads.ts";
import { idOf } from "../fixtures/devices.ts";
import {
  crewNamed,
  feedOf,
  Forger,
  indexOf,
  meet,
  NOW,
  offeredBy,
  openDevice,
  parsed,
  receiveAll,
  recordEach,
  seenBy,
  type TestDevice,
} from "../fixtures/replicas.ts";

const MOST = 2 ** 53 - 1;

async function continuing(device: TestDevice, name: string): Promise<Forger> {
  const forger = await Forger.named(name);
  const last = (await feedOf(device.store, device.id)).at(-1);
  if (last) forger.continues(await parsed(last));
  return forger;
}

async function assertSame(...devices: readonly TestDevice[]): Promise<void> {
  const [first, ...others] = await Promise.all(devices.map(async ({ replica, store }) => {
    await replica.rebuildIndex();
    const { observations, edits, facets } = await indexOf(store);
    return {
      ...{ observations, edits, facets, members: [...replica.crew?.members ?? []].sort() },
      digest: await digestOf(replica.heads),
      names: devices.map(({ id }) => replica.nameOf(id)),
    };
  }));
  for (const other of others) assert.deepEqual(other, first);
}

Deno.test("an admin's records that count beyond all measure pin nobody: the founder's word still holds", async () => {
  for (const counter of [MOST, 2 ** 32]) {
    const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "admin");
    await ann.replica.admit(idOf(7), "sensor");
    await meet(ann, bob, cal);
    const eve = await continuing(bob, "bob");
    const doc = `crew/${ann.id}/${bob.id}`;
    for (const whom of [cal.id, idOf(7)]) {
      const record = encodeCbor(["admin", MOST, counter]);
      const entry = await eve.entry({ doc, change: eve.change(whom, record) });
      assert.deepEqual((await ann.replica.receive([entry.bytes])).refused, []);
    }
    await ann.replica.remove(cal.id);
    await ann.replica.remove(idOf(7));
    await ann.replica.remove(bob.id);
    assert.deepEqual(
      [...ann.replica.crew?.removed.keys() ?? []].sort(),
      [bob.id, cal.id, idOf(7)].sort(),
      `counter ${counter}`,
    );
    await ann.replica.admit(cal.id, "viewer");
    assert.equal(ann.replica.crew?.members.get(cal.id)?.role, "viewer");
    await ann.replica.remove(cal.id);
    assert.ok(ann.replica.crew?.removed.has(cal.id));
    const dee = await openDevice("dee");
    await dee.replica.follow(ann.id);
    await receiveAll(dee.replica, await feedOf(ann.store, ann.id));
    assert.deepEqual(dee.replica.crew?.removed.size, 3);
  }
});

Deno.test("a stamp of 2^53 - 1 in a peer's feed moves no clock, and does no harm", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  const eve = await Forger.named("bob");
  const entry = await eve.entry({ at: MOST, change: eve.observing(seenBy(bob, 1)) });
  assert.deepEqual((await ann.replica.receive([entry.bytes])).refused, []);
  await recordEach(ann, 0, 2);
  const last = await parsed((await feedOf(ann.store, ann.id)).at(-1)!);
  assert.ok(last.at < (NOW + 60_000) * 1024);
  assert.deepEqual((await ann.replica.verify()).faults, []);
});

Deno.test("a device whose clock is beyond what stamps can hold still writes entries that can be read", async () => {
  for (const nowMs of [2 ** 53 - 1, 8.64e15, 2 ** 43, 2 ** 43 - 1]) {
    const ann = await openDevice("ann", undefined, () => nowMs);
    await ann.replica.rename("one");
    await ann.replica.rename("two");
    await recordEach(ann, 0, 2);
    for (const bytes of await feedOf(ann.store, ann.id)) {
      assert.ok(await parseEntry(bytes), `at ${nowMs} ms`);
    }
    assert.deepEqual((await ann.replica.verify()).faults, []);
    const again = await openDevice("ann", ann.store, () => NOW);
    await again.replica.rename("three");
    await recordEach(again, 2, 4);
    assert.deepEqual((await again.replica.verify()).faults, []);
    assert.equal(await again.store.countObservations(ann.id), 4);
  }
});

Deno.test("what an admin who was removed said afterwards brings nobody in, wherever it was taken", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "admin");
  await meet(ann, bob, cal);
  const dee = await openDevice("dee");
  await recordEach(dee, 0, 3);
  await dee.replica.rename("Dee");
  await ann.replica.remove(cal.id); // nobody has heard of it yet
  await cal.replica.admit(dee.id, "sensor");
  await recordEach(cal, 10, 12);
  await cal.replica.rename("Cal, later");
  await dee.replica.follow(ann.id);
  await meet(bob, cal, dee);
  assert.equal(await bob.store.countObservations(dee.id), 3, "in good faith");
  await meet(ann, bob);
  for (const { replica } of [ann, bob]) assert.ok(!replica.knows(dee.id) && !replica.knows(cal.id));
  await assertSame(ann, bob);
});

Deno.test("a member that is made a viewer, or told to be two things at once, is the same for all", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  await recordEach(cal, 0, 3);
  await meet(ann, cal);
  await ann.replica.admit(cal.id, "viewer");
  await meet(ann, bob);
  await meet(ann, bob, cal);
  await assertSame(ann, bob);
  assert.equal(await bob.store.countObservations(cal.id), 3);
});

Deno.test("a viewer records and notes nothing that others take", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"], "viewer");
  await recordEach(ann, 0, 1);
  for (const doc of [`obs/${bob.id}/0`, `notes/${bob.id}/0`, "something new"]) {
    const { bytes } = await (await Forger.named("bob")).entry({ doc });
    const { refused } = await ann.replica.receive([bytes]);
    assert.deepEqual(refused.map(({ why }) => why), ["not-allowed"], doc);
  }
  await bob.replica.rename("Bob");
  await meet(ann, bob);
  assert.equal(ann.replica.nameOf(bob.id), "Bob");
});

Deno.test("a removed member's later entries are taken by nobody who knows, in whatever way they come", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  await recordEach(bob, 0, 2);
  await meet(ann, bob, cal);
  await ann.replica.remove(bob.id);
  await recordEach(bob, 2, 5);
  const feed = await feedOf(bob.store, bob.id);
  assert.equal((await cal.replica.receive(feed.slice(0, 3))).added.get(bob.id), 1, "not heard yet");
  await meet(ann, cal);
  for (const device of [ann, cal]) {
    const before = device.replica.headOf(bob.id)?.seq;
    for (const wire of [feed, feed.slice(2), feed.slice(3)]) {
      const { added, refused } = await device.replica.receive(wire);
      assert.equal(added.size, 0);
      assert.ok(refused.every(({ why }) => why === "removed"));
    }
    assert.equal(device.replica.headOf(bob.id)?.seq, before);
    assert.equal((await device.replica.entriesAfter(bob.id, 0, 1e9)).length, 2, "nor passed on");
  }
  await assertSame(ann, cal);
  assert.equal(await cal.store.countObservations(bob.id), 2);
});

Deno.test("two admins who remove and admit one device at once agree, whoever hears first", async () => {
  for (const isBobFirst of [true, false]) {
    const [ann, bob, cal, dee] = await crewNamed(["ann", "bob", "cal", "dee"], "admin");
    const eve = await openDevice("eve");
    await ann.replica.admit(eve.id, "sensor");
    await eve.replica.follow(ann.id);
    await recordEach(eve, 0, 2);
    await meet(ann, bob, cal, dee, eve);
    await bob.replica.remove(eve.id);
    await recordEach(eve, 2, 4);
    await meet(cal, eve);
    await cal.replica.remove(eve.id);
    await cal.replica.admit(eve.id, "viewer");
    await (isBobFirst ? meet(dee, bob) : meet(dee, cal));
    await meet(ann, bob, cal, dee);
    await assertSame(ann, bob, cal, dee);
  }
});

Deno.test("nobody removes, lowers or speaks for the founder, and no one else is it", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "admin");
  const eve = await continuing(bob, "bob");
  const doc = `crew/${ann.id}/${bob.id}`;
  for (const record of [["removed", NOW, 99, 0], ["viewer", NOW, 99]]) {
    const { bytes } = await eve.entry({ doc, change: eve.change(ann.id, encodeCbor(record)) });
    for (const device of [ann, cal]) await device.replica.receive([bytes]);
  }
  await recordEach(ann, 0, 2);
  await receiveAll(cal.replica, await offeredBy(ann));
  for (const { replica } of [ann, cal]) {
    assert.equal(replica.crew?.members.get(ann.id)?.role, "admin");
    assert.equal(replica.through(ann.id), Infinity);
  }
  assert.equal(await cal.store.countObservations(ann.id), 2);
  assert.ok(!(await offeredBy(cal)).some((bytes) => bytes.length === 0));
});
