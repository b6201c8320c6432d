import assert from "node:assert/strict";
import { FieldError } from "../../field/errors.ts";
import { asTold } from "../../field/world/agent_beat.ts";
import { tileAt, tilesIn } from "../../field/world/tiles.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { ALERT, IN_NORTH, ruleOf, rulesOf } from "../../tests/fixtures/decisions.ts";
import { crew } from "../../tests/fixtures/sync_crew.ts";
import type { SyncNet } from "../../tests/fixtures/sync_net.ts";
import {
  lookAt,
  passTime,
  PLACED,
  POSE,
  until,
  WorldWorker,
} from "../../tests/fixtures/world_workers.ts";

const NORTH_RULES = rulesOf(ruleOf({ id: "watch", when: IN_NORTH, actions: [ALERT] }));
const ORIGIN = { latitude: 48.1371544, longitude: 11.5754357 };
const FRAME_MS = 100;

/** The workers of a crew, linked all to all. */
async function workersOf(...names: readonly string[]) {
  const { net, devices } = await crew(3, ...names);
  const workers = [];
  for (const device of devices) workers.push(await WorldWorker.open(device));
  for (const [i, a] of devices.entries()) {
    for (const b of devices.slice(i + 1)) await net.connect(a, b);
  }
  await net.deliver();
  return { net, workers };
}

/** A worker's camera sees people at these places, ten times a second. */
function watching(
  { now }: SyncNet,
  worker: WorldWorker,
  placesAt: (ms: number) => readonly Vector[],
) {
  let nextMs = now;
  return () => {
    const { net } = worker.device;
    if (net.now < nextMs) return;
    nextMs = net.now + FRAME_MS;
    const atMs = net.now + worker.device.aheadMs;
    worker.keeper.looked(lookAt(POSE, placesAt(net.now - now), atMs));
  };
}

Deno.test("what one worker's camera sees is the same track on another's, at its place, and both decide once", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  await ann.keeper.keepRules(NORTH_RULES, ORIGIN);
  await until(net, all, () => bob.keeper.report().rules.rules.length === 1);
  assert.deepEqual(bob.keeper.report().origin, ORIGIN);
  await ann.place();
  const see = watching(net, ann, (ms) => [[5, 2 + ms / 2000]]);
  await until(net, all, () => bob.keeper.report().now.tracks.length === 1, see);
  await passTime(net, all, 3_000, see);
  const [mine, theirs] = all.map(({ keeper }) => keeper.report().now.tracks[0]);
  assert.equal(theirs.id, mine.id);
  assert.ok(mine.id.startsWith(ann.device.id));
  assert.ok(
    Math.hypot(theirs.position[0] - mine.position[0], theirs.position[1] - mine.position[1]) < 0.3,
  );
  assert.ok(Math.abs(theirs.position[0] - 5) < 1, `${theirs.position}`);
  await until(net, all, () => all.every(({ decided }) => decided.length > 0), see);
  await passTime(net, all, 2_000, see);
  const ids = all.map(({ decided }) => decided.map(({ id }) => id));
  assert.equal(ids[0].length, 1);
  assert.deepEqual(ids[1], ids[0]);
  for (const { notifications, told, failures } of all) {
    assert.deepEqual(notifications.shown.map(({ options }) => options.tag), ids[0]);
    const notice = told.find((one) => one.notice === "decided");
    assert.match(
      notice?.notice === "decided" ? notice.words : "",
      /^Gate watch at \d\d:\d\d:\d\d, because: person 0\.80 by ann entered zone North\.$/,
    );
    assert.deepEqual(failures, []);
  }
});

Deno.test("agents are listed with where they look, a lost one with when it was heard last; its silence is told once", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  await bob.place();
  const placeOf = (worker: WorldWorker) =>
    worker.keeper.report().now.agents.map(({ id, name, pose }) => ({ id, name, pose }));
  const bobsPlace = { id: bob.device.id, name: "bob", pose: asTold(POSE) };
  await until(net, all, () => placeOf(ann).length === 1);
  assert.deepEqual(placeOf(ann), [bobsPlace]);
  assert.deepEqual(placeOf(bob), [bobsPlace]);
  const when = { kind: "silence", agent: null, forMs: 60_000 } as const;
  await ann.keeper.keepRules(rulesOf(ruleOf({ when, actions: [ALERT] })), null);
  await passTime(net, all, 30_000);
  assert.equal(ann.decided.length + bob.decided.length, 0, "it beats");
  net.cutAll();
  const lostMs = net.now;
  // alone and with nobody to hear there is nothing that keeps the worker busy: its page watches
  const see = watching(net, ann, () => []);
  await ann.place();
  await passTime(net, [ann], 49_000, see);
  assert.equal(ann.decided.length, 0, "its last word may have been ten seconds before");
  await passTime(net, [ann], 30_000, see);
  assert.deepEqual(ann.decided.map(({ reason }) => reason.kind), ["silence"]);
  const lost = ann.keeper.report().now.agents.find(({ id }) => id === bob.device.id);
  assert.ok(lost && lost.lastAtMs <= lostMs && lost.lastAtMs > lostMs - 11_000);
});

Deno.test("after a restart there are the tiles, the decisions, the camera, the rules and the last minutes; what was removed stays so", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  await ann.keeper.keepRules(NORTH_RULES, ORIGIN);
  await ann.place();
  const see = watching(net, ann, () => [[5, 5]]);
  await until(net, all, () => ann.decided.length > 0, see);
  await passTime(net, all, 45_000, see);
  await ann.keeper.act({ kind: "mark-tile", mark: "searched", place: [7, 7], on: true });
  await ann.keeper.act({ kind: "mark-tile", mark: "cleared", place: [7, 7], on: true });
  await ann.keeper.act({ kind: "mark-tile", mark: "cleared", place: [7, 7], on: false });
  const before = ann.keeper.report();
  const [track] = before.now.tracks;
  const past = await ann.keeper.past(0);
  assert.ok(past.length >= 43 && past.length <= 48, `${past.length} in about 46 s`);
  await ann.keeper.act({ kind: "remove-track", track: track.id });
  assert.deepEqual(ann.keeper.report().now.tracks, []);
  await ann.restart();
  const after = ann.keeper.report();
  assert.deepEqual(after.decisions, before.decisions);
  assert.deepEqual([after.rules, after.origin, after.camera], [NORTH_RULES, ORIGIN, PLACED]);
  assert.deepEqual(after.now.tiles, before.now.tiles);
  assert.equal(after.now.tiles[0].marks.cleared.added, after.now.tiles[0].marks.cleared.removed);
  assert.deepEqual(after.now.tracks, [], "it was removed before the worker ended");
  assert.deepEqual(after.now.agents.map(({ pose }) => pose), [asTold(POSE)]);
  const kept = await ann.keeper.past(0);
  assert.ok(kept.length >= 15, `${kept.length}`);
  assert.deepEqual(kept, past.slice(0, kept.length));
  assert.deepEqual((await ann.keeper.past(past[2].atMs)).slice(0, 2), past.slice(2, 4));
  const shown = ann.decided.length;
  await passTime(net, all, 5_000, watching(net, ann, () => [[5, 5]]));
  const again = ann.keeper.report().now.tracks;
  assert.equal(again.length, 1);
  assert.notEqual(again[0].id, track.id, "a number is never given twice");
  assert.equal(ann.decided.length, shown, "it stands where it stood: nothing new");
  await until(net, all, () => bob.keeper.report().now.tiles.length === 1);
  assert.deepEqual(bob.keeper.report().now.tiles, after.now.tiles);
});

Deno.test("what others did while this device was away comes with their feeds", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  net.cutAll();
  await ann.keeper.act({ kind: "mark-tile", mark: "searched", place: [-7, 7], on: true });
  await ann.restart();
  ann.keeper.close(); // it says nothing live any more
  await net.connect(ann.device, bob.device);
  await until(net, all, () => bob.keeper.report().now.tiles.length === 1);
  assert.deepEqual(bob.keeper.report().now.tiles, ann.keeper.report().now.tiles);
});

Deno.test("a rule's asks are done by who is asked: rate, mark, and what it asks of others is not", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  const actions = [
    { kind: "rate", of: "seeing", percent: 300, forMs: 5_000 },
    { kind: "mark", mark: "searched" },
  ] as const;
  await ann.keeper.keepRules(rulesOf(ruleOf({ when: IN_NORTH, actions })), null);
  await ann.place();
  const see = watching(net, ann, () => [[5, 5]]);
  await until(net, all, () => all.every(({ decided }) => decided.length > 0), see);
  assert.deepEqual(all.map(({ keeper }) => keeper.rateFactor()), [3, 1]);
  await ann.restart();
  assert.equal(ann.keeper.rateFactor(), 3, "the next worker goes on so");
  await passTime(net, all, 5_000);
  assert.equal(ann.keeper.rateFactor(), 1);
  const [{ grid, marks }] = bob.keeper.report().now.tiles;
  assert.deepEqual(tilesIn(marks.searched), [tileAt(grid, [5, 5])]);
  assert.equal(ann.notifications.shown.length, 0, "no rule asked for an alert");
});

Deno.test("a mark that a rule asked for, and what was decided, outlive a worker that was killed before it told of them", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  const actions = [{ kind: "mark", mark: "searched" }] as const;
  await ann.keeper.keepRules(rulesOf(ruleOf({ when: IN_NORTH, actions })), null);
  await until(net, all, () => bob.keeper.report().rules.rules.length === 1);
  net.cutAll();
  await ann.place();
  // outside of the zone first: what is seen is kept then, and not again for a while
  await passTime(net, [ann], 3_000, watching(net, ann, () => [[5, -3]]));
  await until(net, [ann], () => ann.decided.length > 0, watching(net, ann, () => [[5, 5]]));
  await ann.restart();
  const [{ marks }] = ann.keeper.report().now.tiles;
  assert.equal(tilesIn(marks.searched).length, 1);
  await passTime(net, all, 15_000);
  assert.deepEqual([bob.decided, bob.keeper.report().now.tracks], [[], []]);
  await net.connect(ann.device, bob.device);
  await until(net, all, () => bob.decided.length > 0);
  assert.deepEqual(bob.decided.map(({ id }) => id), ann.decided.map(({ id }) => id));
});

Deno.test("what is seen is on the others' plans within a quarter of a second", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  await ann.place();
  const see = watching(net, ann, (ms) => [[5, 1 + ms / 1000]]);
  await until(net, all, () => bob.keeper.report().now.tracks.length === 1, see);
  const agesMs: number[] = [];
  await passTime(net, all, 3_000, () => {
    see();
    agesMs.push(net.now - bob.keeper.report().now.tracks[0].lastAtMs);
  });
  assert.ok(Math.max(...agesMs) <= 250, `${Math.max(...agesMs)} ms`);
  assert.ok(bob.changes > 0);
});

Deno.test("two devices whose clocks differ by a minute agree on where a walker is", async () => {
  const { net, workers: [ann, bob] } = await workersOf("ann", "bob");
  const all = [ann, bob];
  bob.device.aheadMs = 60_000;
  net.cutAll();
  await net.connect(ann.device, bob.device);
  await passTime(net, all, 8_000);
  for (const one of all) await one.place();
  const path = (ms: number): readonly Vector[] => [[5, 2 + ms / 1000]];
  const see = all.map((one) => watching(net, one, path));
  const start = net.now;
  const both = () => see.forEach((one) => one());
  await passTime(net, all, 5_000, both);
  for (const { keeper } of all) {
    const { tracks } = keeper.report().now;
    assert.equal(tracks.length, 1);
    assert.equal(tracks[0].sources.length, 2);
    const [[, north]] = path(net.now - start);
    assert.ok(Math.abs(tracks[0].position[1] - north) < 0.5, `${tracks[0].position}, ${north}`);
  }
});

Deno.test("a viewer sees the world and says nothing of it; who is no admin makes no rules", async () => {
  const { net, devices: [first, second] } = await crew(5, "ann", "bob");
  await first.replica.remove(second.id);
  await first.replica.admit(second.id, "viewer");
  await net.connect(first, second);
  await net.settle([first, second]);
  const [ann, bob] = [await WorldWorker.open(first), await WorldWorker.open(second)];
  const all = [ann, bob];
  assert.deepEqual(all.map(({ keeper }) => keeper.report().mayRule), [true, false]);
  await assert.rejects(bob.keeper.keepRules(NORTH_RULES, null), { code: "not-admin" });
  const act = { kind: "mark-tile", mark: "searched", place: [0, 0], on: true } as const;
  await assert.rejects(bob.keeper.act(act), { code: "entry-not-allowed" });
  await ann.keeper.act(act);
  await until(net, all, () => bob.keeper.report().now.tiles.length === 1);
  await bob.place();
  await passTime(net, all, 3_000, watching(net, bob, () => [[5, 5]]));
  assert.equal(bob.keeper.report().now.tracks.length, 1);
  assert.equal(ann.keeper.report().now.tracks.length, 0);
  assert.deepEqual([ann.failures, bob.failures], [[], []]);
  assert.deepEqual(ann.device.node.incidents, []);
});

Deno.test("without a place of the camera nothing is placed; points that give no mapping say what to do", async () => {
  const { net, workers: [ann] } = await workersOf("ann");
  await passTime(net, [ann], 1_000, watching(net, ann, () => [[5, 5]]));
  assert.deepEqual(ann.keeper.report().now.tracks, []);
  assert.equal(ann.device.replica.headOf(ann.device.id), undefined, "nothing was written for it");
  const points = { kind: "points", pose: POSE, pairs: [] } as const;
  await assert.rejects(ann.keeper.placeCamera(points), { code: "bad-message", message: /four/ });
  assert.equal(ann.keeper.report().camera, null);
  const beyond = { kind: "mark-tile", mark: "searched", place: [161, 0], on: true } as const;
  await assert.rejects(ann.keeper.act(beyond), { code: "bad-message", message: /320 by 320 m/ });
});

Deno.test("a worker with nothing to watch comes to rest, and one that is closed does nothing more", async () => {
  const { net, workers: [ann] } = await workersOf("ann");
  await ann.place();
  await passTime(net, [ann], 3_000, watching(net, ann, () => [[5, 5]]));
  assert.ok(ann.timers.length > 0);
  await passTime(net, [ann], 90_000);
  assert.deepEqual(ann.timers, []);
  await passTime(net, [ann], 1_000, watching(net, ann, () => [[5, 5]]));
  ann.keeper.close();
  assert.deepEqual(ann.timers, []);
});

Deno.test("after the clock was set back what is seen is followed on, under numbers that were never given", async () => {
  const { net, workers: [ann] } = await workersOf("ann");
  await ann.place();
  await passTime(net, [ann], 2_000, watching(net, ann, () => [[5, 5]]));
  const [before] = ann.keeper.report().now.tracks;
  ann.device.aheadMs = -120_000;
  await passTime(net, [ann], 2_000, watching(net, ann, () => [[5, 5], [9, 3]]));
  const numbers = ann.keeper.report().now.tracks.map(({ id }) => Number(id.split(":")[1]));
  const [, first] = before.id.split(":");
  assert.ok(numbers.filter((n) => n > Number(first)).length >= 2, `${numbers} after ${first}`);
  assert.deepEqual(ann.failures, []);
});

Deno.test("what cannot be saved is told once and reported until it is well; alerts wait for it", async () => {
  const { net, workers: [ann] } = await workersOf("ann");
  await ann.keeper.keepRules(NORTH_RULES, null);
  await ann.place();
  const { store } = ann.device;
  const commit = store.commit.bind(store);
  const see = watching(net, ann, () => [[5, 5]]);
  await passTime(net, [ann], 200, see); // numbers are set aside
  store.commit = (what) =>
    what.settings && "world.decisions" in what.settings
      ? Promise.reject(new FieldError("storage-full", "The disk is full."))
      : commit(what);
  await passTime(net, [ann], 5_000, see);
  assert.deepEqual([ann.decided, ann.notifications.shown], [[], []]);
  assert.deepEqual(ann.failures, ["saving what was decided: FieldError: The disk is full."]);
  assert.equal(ann.keeper.report().failure?.code, "storage-full");
  store.commit = commit;
  await until(net, [ann], () => ann.decided.length > 0, see);
  await passTime(net, [ann], 1_000, see);
  assert.equal(ann.keeper.report().failure, undefined);
  assert.equal(ann.decided.length, 1);
});

Deno.test("a worker whose feeds cannot be read starts, says so, and keeps what it is given", async () => {
  const { net, workers: [ann] } = await workersOf("ann");
  await ann.keeper.act({ kind: "mark-tile", mark: "searched", place: [1, 1], on: true });
  const { device } = ann;
  const restart = device.restart.bind(device);
  device.restart = async () => {
    await restart();
    device.replica.world = () => Promise.reject(new FieldError("storage-failed", "Unreadable."));
  };
  await ann.restart();
  assert.equal(ann.keeper.report().failure?.code, "storage-failed");
  await ann.keeper.act({ kind: "mark-tile", mark: "searched", place: [30, 1], on: true });
  device.restart = restart;
  await ann.restart();
  const [{ marks }] = ann.keeper.report().now.tiles;
  assert.equal(tilesIn(marks.searched).length, 2, "the one from before is not lost");
  assert.equal(net.drops.length, 0);
});
