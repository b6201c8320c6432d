import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import {
  builtIndex,
  crewNamed,
  crewOfTwo,
  entriesOf,
  feedOf,
  indexOf,
  meet,
  offeredBy,
  openDevice,
  parsed,
  receiveAll,
  recordEach,
  seenBy,
  stateOf,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { FieldError } from "../errors.ts";
import { digestOf } from "../sync/heads.ts";

const isNotAdmin = (error: unknown) => error instanceof FieldError && error.code === "not-admin";

async function crewOfThree(): Promise<TestDevice[]> {
  const crew = await crewNamed(["ann", "bob", "cal"]);
  for (const [n, device] of crew.entries()) await recordEach(device, 10 * n, 10 * n + 3);
  await meet(...crew);
  return crew;
}

async function shownOf({ store }: TestDevice, device: TestDevice): Promise<number> {
  return await store.countObservations(device.id);
}

Deno.test("remove() ends a member's feed where it stood: later entries are taken by nobody", async () => {
  const [ann, bob, cal] = await crewOfThree();
  await ann.replica.remove(bob.id);
  await meet(ann, cal);
  await recordEach(bob, 20, 22);
  for (const device of [ann, cal]) {
    assert.ok(!device.replica.knows(bob.id));
    assert.deepEqual(device.replica.crew?.removed.get(bob.id)?.through, 3);
    const { added, refused } = await device.replica.receive(await feedOf(bob.store, bob.id));
    assert.deepEqual([[...added], refused.map(({ why }) => why)], [[], ["removed", "removed"]]);
    assert.equal(await shownOf(device, bob), 3, "what it had said before stays");
    const kept = await device.store.quarantine();
    assert.deepEqual(kept.map(({ device, seq, why }) => [device, seq, why]).sort(), [
      ...[[bob.id, 4, "removed"], [bob.id, 5, "removed"]],
    ]);
  }
});

Deno.test("remove() still lets what a member wrote before come to those who lack it", async () => {
  const [ann, bob] = await crewOfThree();
  await ann.replica.remove(bob.id);
  const dee = await openDevice("dee");
  await ann.replica.admit(dee.id, "sensor");
  await dee.replica.follow(ann.id);
  await receiveAll(dee.replica, await offeredBy(ann));
  assert.equal(await shownOf(dee, bob), 3);
  assert.deepEqual(await stateOf(dee), await stateOf(ann));
});

Deno.test("a device that holds more of a removed member does not show it, pass it on or count it", async () => {
  const [ann, bob, cal] = await crewOfThree();
  await recordEach(bob, 20, 23);
  const { id } = seenBy(bob, 12);
  await bob.replica.record([seenBy(bob, 12, { frames: 99 })], []); // was written before, and again
  await bob.replica.note([{ observation: id, field: "star", value: true }]);
  await cal.replica.receive(await feedOf(bob.store, bob.id));
  assert.equal(await shownOf(cal, bob), 6);
  await ann.replica.remove(bob.id);
  await cal.replica.receive(await feedOf(ann.store, ann.id));
  await builtIndex(cal);
  assert.equal(cal.replica.headOf(bob.id)?.seq, 8, "on disk it stays");
  assert.equal((await cal.store.observation(id))?.frames, 7, "shown as it was before the removal");
  assert.deepEqual(await cal.store.edits(id), []);
  assert.deepEqual(
    await indexOf(cal.store).then(({ observations }) => observations),
    await indexOf(ann.store).then(({ observations }) => observations),
  );
  const heads = (device: TestDevice) =>
    device.replica.heads.toSorted((a, b) => a.device < b.device ? -1 : 1);
  assert.deepEqual(heads(cal), heads(ann));
  assert.deepEqual(await digestOf(heads(cal)), await digestOf(heads(ann)));
  const given = await cal.replica.entriesAfter(bob.id, 0, 1e9);
  assert.equal((await Promise.all(given.map(parsed))).at(-1)?.seq, 3);
  const again = await openDevice("cal", cal.store);
  assert.deepEqual(heads(again), heads(ann));
  assert.ok(again.replica.indexState.whole);
  await cal.replica.rebuildIndex();
  assert.equal(await shownOf(cal, bob), 3);
  assert.deepEqual((await cal.replica.verify()).faults, []);
});

Deno.test("admit() of a removed member takes it in again, with all that it wrote meanwhile", async () => {
  const [ann, bob, cal] = await crewOfThree();
  await recordEach(bob, 20, 22);
  await cal.replica.receive(await feedOf(bob.store, bob.id));
  await ann.replica.remove(bob.id);
  await meet(ann, cal);
  await recordEach(bob, 30, 33);
  await ann.replica.admit(bob.id, "viewer");
  await meet(ann, bob, cal);
  for (const device of [ann, cal, bob]) {
    await builtIndex(device);
    assert.equal(device.replica.crew?.members.get(bob.id)?.role, "viewer");
    assert.equal(device.replica.crew?.removed.size, 0);
    assert.equal(await shownOf(device, bob), 8);
    assert.equal(device.replica.through(bob.id), Infinity);
  }
  assert.deepEqual(await stateOf(cal), await stateOf(ann));
});

Deno.test("a removed device goes on by itself: it keeps and shows what it records", async () => {
  const [ann, bob] = await crewOfThree();
  await ann.replica.remove(bob.id);
  await receiveAll(bob.replica, await feedOf(ann.store, ann.id));
  assert.ok(bob.replica.crew?.removed.has(bob.id));
  await recordEach(bob, 20, 22);
  assert.equal(await shownOf(bob, bob), 5);
  assert.ok(bob.replica.indexState.whole);
  const own = bob.replica.heads.find(({ device }) => device === bob.id);
  assert.equal(own?.seq, 3, "what it offers ends where it was removed");
  assert.equal((await bob.replica.entriesAfter(bob.id, 0, 1e9)).length, 3);
});

Deno.test("remove() throws not-admin for those who may not, and for the founder", async () => {
  const [ann, bob, cal] = await crewOfThree();
  await assert.rejects(bob.replica.remove(cal.id), isNotAdmin);
  await assert.rejects(ann.replica.remove(ann.id), isNotAdmin);
  await ann.replica.admit(idOf(1), "admin");
  await ann.replica.remove(cal.id);
  const before = ann.replica.headOf(ann.id)?.seq;
  await ann.replica.remove(cal.id);
  assert.equal(ann.replica.headOf(ann.id)?.seq, before, "who is removed is not removed again");
  const alone = await openDevice("dee");
  await assert.rejects(alone.replica.remove(ann.id), /there is none/);
});

Deno.test("an admin removes members, but no admin, and takes in nobody whom the founder removed", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "admin");
  await ann.replica.admit(idOf(1), "sensor");
  await ann.replica.admit(idOf(2), "sensor");
  await ann.replica.remove(idOf(2));
  await meet(ann, bob, cal);
  await bob.replica.remove(idOf(1));
  await assert.rejects(bob.replica.remove(cal.id), isNotAdmin);
  await assert.rejects(bob.replica.remove(ann.id), isNotAdmin);
  await assert.rejects(bob.replica.admit(idOf(2), "sensor"), isNotAdmin);
  await assert.rejects(ann.replica.admit(cal.id, "sensor"), isNotAdmin);
  await meet(ann, bob, cal);
  await ann.replica.remove(cal.id);
  await meet(ann, bob);
  for (const { replica } of [ann, bob]) {
    assert.deepEqual(
      [...replica.crew?.removed.keys() ?? []].sort(),
      [idOf(1), idOf(2), cal.id].sort(),
    );
  }
});

Deno.test("two admins who change the crew at once, and one who is removed meanwhile, agree in the end", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "admin");
  const dee = await openDevice("dee");
  await recordEach(dee, 0, 3);
  await bob.replica.admit(dee.id, "sensor");
  await dee.replica.follow(ann.id);
  await meet(ann, bob, cal, dee);
  await recordEach(dee, 3, 6);
  await bob.replica.receive(await feedOf(dee.store, dee.id));
  await Promise.all([ann.replica.remove(dee.id), bob.replica.remove(dee.id)]);
  await cal.replica.admit(idOf(1), "sensor");
  await ann.replica.remove(cal.id); // before it heard of that
  await cal.replica.admit(idOf(2), "admin");
  await bob.replica.receive(await feedOf(cal.store, cal.id));
  assert.ok(bob.replica.knows(idOf(2)));
  await meet(ann, bob);
  for (const device of [ann, bob]) await builtIndex(device);
  assert.deepEqual((await stateOf(ann)).crew, (await stateOf(bob)).crew);
  assert.ok(!bob.replica.knows(idOf(2)) && !bob.replica.knows(cal.id));
  const shown = await Promise.all([ann, bob].map((device) => shownOf(device, dee)));
  assert.equal(shown[0], shown[1]);
  assert.deepEqual(
    await digestOf(ann.replica.heads.toSorted((a, b) => a.device < b.device ? -1 : 1)),
    await digestOf(bob.replica.heads.toSorted((a, b) => a.device < b.device ? -1 : 1)),
  );
});

const anyMove = fc.record({
  by: fc.nat(3),
  what: fc.constantFrom("record", "record", "hear", "hear", "remove", "admit", "note"),
  whom: fc.nat(3),
});

Deno.test("devices that record, remove and take in at will hold, show and offer the same once they have met", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { minLength: 3, maxLength: 20 }), async (moves) => {
      const crew = await crewNamed(["ann", "bob", "cal", "dee"], "admin");
      await meet(...crew);
      for (const [n, { by, what, whom }] of moves.entries()) {
        const [device, other] = [crew[by], crew[whom]];
        if (what === "record") await recordEach(device, n, n + 1);
        else if (what === "note") {
          await device.replica.note([{
            observation: seenBy(other, n).id,
            field: "star",
            value: true,
          }]);
        } else if (what === "hear") await device.replica.receive(await offeredBy(other));
        else {
          const change = what === "remove"
            ? device.replica.remove(other.id)
            : device.replica.admit(other.id, "sensor");
          await change.catch((error) => assert.ok(isNotAdmin(error), String(error)));
        }
      }
      await meet(...crew);
      const [ann] = crew;
      const members = crew.filter(({ id }) => ann.replica.knows(id));
      for (const device of crew) await builtIndex(device);
      const expected = await shownState(ann);
      for (const device of members) assert.deepEqual(await shownState(device), expected);
    }),
    { numRuns: 20 },
  );
});

/** What a device shows and offers. */
async function shownState({ store, replica }: TestDevice) {
  const { observations, edits } = await indexOf(store);
  const heads = replica.heads.toSorted((a, b) => a.device < b.device ? -1 : 1);
  return {
    observations,
    edits,
    heads,
    crew: (await stateOf({ store, replica } as TestDevice)).crew,
  };
}

Deno.test("entries beyond a removal are refused in whatever order and parts they come", async () => {
  const { ann, bob } = await crewOfTwo();
  await recordEach(bob, 0, 2);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  await ann.replica.remove(bob.id);
  await recordEach(bob, 2, 5);
  const wire = [...await feedOf(ann.store, ann.id), ...await feedOf(bob.store, bob.id)];
  const order = fc.shuffledSubarray(wire, { minLength: wire.length });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: 4 }), async (shuffled, part) => {
      const cal = await openDevice("cal");
      await cal.replica.follow(ann.id);
      for (let i = 0; i < shuffled.length; i += part) {
        await cal.replica.receive(shuffled.slice(i, i + part));
      }
      await receiveAll(cal.replica, wire);
      await builtIndex(cal);
      assert.equal(await shownOf(cal, bob), 2);
      assert.equal(cal.replica.heads.find(({ device }) => device === bob.id)?.seq, 2);
    }),
    { numRuns: 25 },
  );
});

Deno.test("a removal in the batch that brings what is beyond it shows nothing of that", async () => {
  const { ann, bob } = await crewOfTwo();
  const { id } = seenBy(ann, 7);
  await recordEach(bob, 0, 2);
  await receiveAll(ann.replica, await entriesOf(bob.store));
  await ann.replica.remove(bob.id);
  await recordEach(bob, 2, 4);
  await bob.replica.note([{ observation: id, field: "star", value: true }]);
  const [admits, ...removes] = await feedOf(ann.store, ann.id);
  const cal = await openDevice("cal");
  await cal.replica.follow(ann.id);
  await cal.replica.receive([admits, ...await feedOf(bob.store, bob.id), ...removes]);
  assert.equal(cal.replica.headOf(bob.id)?.seq, 5);
  assert.ok(cal.replica.indexState.whole, "there was nothing to build anew");
  assert.equal(await shownOf(cal, bob), 2);
  assert.deepEqual(await cal.store.edits(id), []);
});
