import assert from "node:assert/strict";
import { MemoryStore } from "../../field/store/memory_store.ts";
import { MOST_TRACKS } from "../../field/world/world_tracker.ts";
import { TrackNumbers } from "./track_numbers.ts";

Deno.test("numbers are set aside on disk before they may be used, and never given by two workers", async () => {
  const store = new MemoryStore();
  const first = await TrackNumbers.open(store, -1);
  assert.equal(first.first, 0);
  assert.ok(!first.mayUse(0) && first.areFew(0));
  await first.setAside(0);
  assert.ok(first.mayUse(0) && !first.areFew(0));
  let last = 0;
  while (first.mayUse(last + 1)) last++;
  const second = await TrackNumbers.open(store, -1);
  assert.ok(second.first >= last + MOST_TRACKS, `${second.first} after a frame from ${last} on`);
  assert.ok(first.areFew(last), "long before they run out");
  await first.setAside(last);
  assert.ok(first.mayUse(last + 1000));
});

Deno.test("numbers begin above those that the device's own feed knows; what is no number counts for nothing", async () => {
  const store = new MemoryStore();
  assert.equal((await TrackNumbers.open(store, 70)).first, 71);
  for (const bad of ["9", -5, 1.5, null]) {
    await store.commit({ settings: { "world.track-numbers": bad } });
    assert.equal((await TrackNumbers.open(store, -1)).first, 0, String(bad));
  }
});

Deno.test("where the disk refuses no more numbers may be used, until it takes them", async () => {
  let isFull = true;
  const commits: unknown[] = [];
  const numbers = await TrackNumbers.open({
    setting: () => Promise.resolve(undefined),
    commit: (commit) => {
      commits.push(commit);
      return isFull ? Promise.reject(new Error("full")) : Promise.resolve();
    },
  }, -1);
  await Promise.all([0, 0].map(() => assert.rejects(numbers.setAside(0), /full/)));
  assert.equal(commits.length, 1, "one at a time");
  assert.ok(!numbers.mayUse(0));
  isFull = false;
  await numbers.setAside(0);
  assert.ok(numbers.mayUse(0));
});
