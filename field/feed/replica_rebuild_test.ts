import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import {
  builtIndex,
  crewNamed,
  crewOfTwo,
  entriesOf,
  FailingStore,
  feedOf,
  indexOf,
  meet,
  openDevice,
  receiveAll,
  recordEach,
  seenBy,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { MemoryStore } from "../store/memory_store.ts";
import { encodeCbor } from "../cbor.ts";
import { DERIVED } from "./derived_state.ts";
import { BEGIN_BUILD, BUILD_SETTING } from "./index_build.ts";
import { Scene } from "../../tests/fixtures/scene.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { Replica } from "./replica.ts";
import type { Store } from "../store/store.ts";

/** A crew in which much was recorded, said, completed and removed. */
async function busyCrew(): Promise<TestDevice[]> {
  const crew = await crewNamed(["ann", "bob", "cal"], "admin");
  const [ann, bob, cal] = crew;
  for (const [n, device] of crew.entries()) {
    await device.replica.rename(`Device ${n}`);
    const many = Array.from({ length: 40 }, (_, i) => seenBy(device, 100 * n + i, { open: true }));
    await device.replica.record(many, []);
    await device.replica.record([seenBy(device, 100 * n, { frames: 99, thumb: idOf(n + 1) })], []);
  }
  await meet(...crew);
  await bob.replica.note([
    { observation: seenBy(ann, 5).id, field: "class", value: "fox" },
    { observation: seenBy(cal, 205).id, field: "star", value: true },
  ]);
  await recordEach(cal, 290, 293);
  await bob.replica.receive(await feedOf(cal.store, cal.id));
  await ann.replica.remove(cal.id);
  await meet(ann, bob);
  await builtIndex(bob);
  return crew;
}

/** Ends a build at its n-th commit, as a worker that is killed there would. */
async function killAfter(device: TestDevice, commits: number): Promise<TestDevice> {
  let left = commits;
  const commit: Store["commit"] = (commit) =>
    left-- > 0 ? device.store.commit(commit) : Promise.reject(new Error("killed"));
  const store = new Proxy(device.store, {
    get(target, key) {
      const value: unknown = key === "commit" ? commit : Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const { signer } = device;
  const replica = await Replica.open({
    ...{ store, signer, nowMs: () => 1, automerge: readyAutomerge },
  });
  await replica.rebuildIndex().catch((error) => assert.match(String(error), /killed/));
  return { ...device, replica };
}

Deno.test("rebuildIndex() gives exactly the index that came about entry by entry", async () => {
  const [ann, bob] = await busyCrew();
  for (const device of [ann, bob]) {
    const before = await indexOf(device.store);
    assert.ok(before.observations.length > 80);
    const progress: [number, number][] = [];
    await device.replica.rebuildIndex((done, total) => progress.push([done, total]));
    assert.deepEqual(await indexOf(device.store), before);
    assert.ok(device.replica.indexState.whole && await device.store.indexIsWhole());
    assert.ok(progress.length > 0 && progress.every(([done, total]) => done <= total));
    assert.deepEqual(progress.at(-1)?.[0], progress.at(-1)?.[1]);
  }
  assert.deepEqual(
    (await indexOf(ann.store)).observations,
    (await indexOf(bob.store)).observations,
  );
});

Deno.test("rebuildIndex() that is killed after any commit goes on with the next start, and is told of till then", async () => {
  const [ann] = await busyCrew();
  const before = await indexOf(ann.store);
  for (let commits = 0; commits < 8; commits++) {
    const killed = await killAfter(ann, commits);
    const isWhole = await ann.store.indexIsWhole();
    const again = await openDevice("ann", ann.store);
    assert.equal(again.replica.indexState.whole, isWhole);
    if (commits === 0) assert.ok(isWhole && killed.replica.indexState.whole);
    if (commits === 2) {
      const { whole, done, total } = again.replica.indexState;
      assert.ok(!whole && done > 0 && done < total, "it does not go on where it was");
    }
    await again.replica.rebuildIndex();
    assert.deepEqual(await indexOf(ann.store), before, `killed after ${commits} commits`);
  }
});

Deno.test("an index that another version wrote is built anew, cleared first", async () => {
  const [ann] = await busyCrew();
  const before = await indexOf(ann.store);
  const stray = seenBy({ id: idOf(9) }, 0);
  await ann.store.commit({
    ...BEGIN_BUILD,
    observations: [{ observation: stray, seq: 1 }],
    settings: { [BUILD_SETTING]: "something else" },
  });
  const again = await openDevice("ann", ann.store);
  assert.ok(!again.replica.indexState.whole);
  await again.replica.rebuildIndex();
  assert.deepEqual(await indexOf(ann.store), before);
});

const anyWork = fc.array(fc.constantFrom("record", "again", "receive", "note"), {
  minLength: 1,
  maxLength: 8,
});

Deno.test("what is recorded, said and received during rebuildIndex() is in it, once", async () => {
  await fc.assert(
    fc.asyncProperty(anyWork, async (work) => {
      const { ann, bob } = await crewOfTwo();
      await recordEach(ann, 0, 4);
      await recordEach(bob, 50, 54);
      await receiveAll(ann.replica, await entriesOf(bob.store));
      let building = true;
      const built = ann.replica.rebuildIndex().then(() => building = false);
      const working = work.map(async (what, n) => {
        if (what === "record") await recordEach(ann, 10 + n, 11 + n);
        else if (what === "again") {
          await ann.replica.record([seenBy(ann, 1, { frames: 50 + n })], []);
        } else if (what === "note") {
          await ann.replica.note([{ observation: seenBy(ann, 2).id, field: "star", value: true }]);
        } else {
          await recordEach(bob, 60 + n, 61 + n);
          await ann.replica.receive(await feedOf(bob.store, bob.id));
        }
      });
      await Promise.all([built, ...working]);
      assert.ok(!building);
      const live = await indexOf(ann.store);
      assert.equal(live.observations.length, await countSaid(ann));
      await ann.replica.rebuildIndex();
      assert.deepEqual(await indexOf(ann.store), live);
      const fresh = await openDevice("ann");
      await fresh.replica.follow(ann.id);
      await receiveAll(fresh.replica, await entriesOf(ann.store));
      assert.deepEqual(await indexOf(fresh.store), live);
    }),
    { numRuns: 15 },
  );
});

/** How many observations the entries speak of, by those of a device that only received them. */
async function countSaid(device: TestDevice): Promise<number> {
  const other = await openDevice("dee");
  await other.replica.restore(await entriesOf(device.store));
  return await other.store.countObservations();
}

Deno.test("rebuildIndex() rejects when the disk refuses, and goes on when it is asked again", async () => {
  const store = new FailingStore();
  const ann = await openDevice("ann", store);
  await recordEach(ann, 0, 3);
  const before = await indexOf(store);
  store.failNext = new Error("disk full");
  await assert.rejects(ann.replica.rebuildIndex(), /disk full/);
  store.failNextAfterwards = new Error("no answer");
  await ann.replica.rebuildIndex().catch((error) => assert.match(String(error), /no answer/));
  await ann.replica.rebuildIndex();
  assert.deepEqual(await indexOf(store), before);
});

Deno.test("rebuildIndex() asked for twice at once is one, and both hear of it", async () => {
  const ann = await openDevice("ann");
  await recordEach(ann, 0, 3);
  const heard = [0, 0];
  await Promise.all(heard.map((_, n) => ann.replica.rebuildIndex(() => heard[n]++)));
  assert.ok(heard[0] > 0);
  assert.ok(ann.replica.indexState.whole);
});

Deno.test("rebuildIndex() makes the snapshots anew", async () => {
  const [ann] = await busyCrew();
  const before = await ann.store.snapshot(DERIVED);
  await ann.store.commit({ snapshots: { [DERIVED]: encodeCbor(["nonsense"]) } });
  await ann.replica.rebuildIndex();
  assert.ok(before);
  const after = await ann.store.snapshot(DERIVED);
  assert.ok(after && after.length === before.length);
});

Deno.test("an index with nothing in it is whole, and stays so with the first entries of others", async () => {
  const { ann } = await crewOfTwo();
  const cal = await openDevice("cal", new MemoryStore());
  assert.ok(cal.replica.indexState.whole);
  await cal.replica.follow(ann.id);
  await receiveAll(cal.replica, await entriesOf(ann.store));
  assert.ok((await openDevice("cal", cal.store)).replica.indexState.whole);
  await ann.replica.rebuildIndex();
  const empty = await openDevice("dee");
  await empty.replica.rebuildIndex();
  assert.ok(empty.replica.indexState.whole);
});

Deno.test("rebuildIndex() of a long feed takes several steps, and counts in each", async () => {
  const ann = await openDevice("ann");
  const seen = new Scene(2).see(ann.id, 2560).map((one, n) => ({ ...one, thumb: idOf(n % 256) }));
  await ann.replica.record(seen, []);
  const before = await ann.store.countObservations(ann.id, 5);
  const done: number[] = [];
  await ann.replica.rebuildIndex((so) => done.push(so));
  assert.ok(done.length > 1 && done[0] > 0 && done[0] < 10, String(done));
  assert.deepEqual(done, done.toSorted((a, b) => a - b));
  assert.equal(await ann.store.countObservations(), 2560);
  assert.equal(await ann.store.countObservations(ann.id, 5), before);
});

Deno.test("note() during rebuildIndex() counts above the edits that are not in the index yet", async () => {
  const ann = await openDevice("ann");
  const { id: observation } = seenBy(ann, 0);
  await ann.replica.note([{ observation, field: "class", value: "fox" }]);
  await ann.replica.note([{ observation, field: "class", value: "dog" }]);
  const building = ann.replica.rebuildIndex();
  await Promise.all([building, ann.replica.note([{ observation, field: "class", value: "cat" }])]);
  const counters = (await ann.store.edits(observation)).map(({ counter }) => counter);
  assert.deepEqual(counters, [1, 2, 3]);
  await ann.store.commit(BEGIN_BUILD);
  const again = await openDevice("ann", ann.store);
  await again.replica.note([{ observation, field: "class", value: null }]);
  assert.equal((await ann.store.edits(observation)).at(-1)?.counter, 4);
});
