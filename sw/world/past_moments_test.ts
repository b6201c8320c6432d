import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryStore } from "../../field/store/memory_store.ts";
import { sealValue, unsealValue } from "../../field/store/sealed_value.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import type { WorldMoment } from "../../field/world_messages.ts";
import { anyTrack, seenAt } from "../../tests/fixtures/decisions.ts";
import { idOf } from "../../tests/fixtures/devices.ts";
import { POSE } from "../../tests/fixtures/world_workers.ts";
import { momentOfRow, rowOfMoment } from "./moment_rows.ts";
import { PAST_MS, PastMoments } from "./past_moments.ts";
import { GRID } from "./site.ts";

const START = 1_800_000_000_000;
/** Than all that is noted where it does not matter when it is asked for. */
const LATER = START + 60_000;
const NOBODY: Omit<WorldMoment, "atMs"> = { agents: [], tracks: [], tiles: [] };
const walker = (s: number): WorldTrack => seenAt("A:1", [s / 10, 5], s * 1000);

function momentAt(s: number, other: Partial<WorldMoment> = {}): WorldMoment {
  return { ...NOBODY, atMs: START + 1000 * s, tracks: [walker(s)], ...other };
}

async function noteAll(past: PastMoments, moments: readonly WorldMoment[]): Promise<void> {
  for (const moment of moments) await past.note(moment);
}

const seconds = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => momentAt(from + i));

Deno.test("since() has the last ten minutes, oldest first, and the next worker all but the last seconds", async () => {
  const store = new MemoryStore();
  const past = new PastMoments(store);
  const all = seconds(0, 700);
  await noteAll(past, all);
  const last = START + 699_000;
  assert.deepEqual(await past.since(0, last), all.slice(699 - PAST_MS / 1000));
  assert.deepEqual(await past.since(START + 690_000, last), all.slice(690));
  const now = START + 700_000;
  const again = await new PastMoments(store).since(0, now);
  assert.deepEqual(again, all.filter(({ atMs }) => now - atMs <= PAST_MS).slice(0, again.length));
  assert.ok(again.length > PAST_MS / 1000 - 16, `${again.length}`);
  const names = [...(await store.settings("world.past.")).keys()];
  assert.ok(names.length <= 40, "settings are used over and over");
});

Deno.test("since() reads what was kept when it is asked, with what was noted meanwhile, each once", async () => {
  const store = new MemoryStore();
  await noteAll(new PastMoments(store), seconds(0, 40));
  let reads = 0;
  const past = new PastMoments({
    settings: (under) => {
      reads++;
      return store.settings(under);
    },
    commit: (commit) => store.commit(commit),
  });
  await noteAll(past, seconds(60, 100));
  assert.equal(reads, 0, "a start does not wait for it");
  const told = (await past.since(0, START + 100_000)).map(({ atMs }) => (atMs - START) / 1000);
  const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  assert.deepEqual(told, [...upTo(0, 30), ...upTo(60, 100)], "the last 10 s were not on the disk");
  await noteAll(past, seconds(100, 101));
  assert.equal((await past.since(0, START + 101_000)).length, told.length + 1);
  assert.equal(reads, 1);
  const setBack = await new PastMoments(store).since(0, START + 9_500);
  assert.equal(setBack.length, 10, "what is still to come has not been");
});

Deno.test("since() tries again what the disk refused", async () => {
  const store = new MemoryStore();
  let isFailing = true;
  const past = new PastMoments({
    settings: (under) => isFailing ? Promise.reject(new Error("busy")) : store.settings(under),
    commit: (commit) => store.commit(commit),
  });
  await assert.rejects(past.since(0, START), /busy/);
  isFailing = false;
  assert.deepEqual(await past.since(0, START), []);
});

Deno.test("note() passes over seconds in which nothing changed, and a world without anybody", async () => {
  const past = new PastMoments(new MemoryStore());
  const agent = { id: idOf(1), name: "ann", pose: POSE, lastAtMs: START };
  const still = (s: number) =>
    momentAt(s, { tracks: [], agents: [{ ...agent, lastAtMs: START + s * 1000 }] });
  await noteAll(past, Array.from({ length: 25 }, (_, s) => still(s)));
  assert.deepEqual((await past.since(0, LATER)).map(({ atMs }) => (atMs - START) / 1000), [
    0,
    10,
    20,
  ]);
  await noteAll(past, [25, 26, 27].map((s) => momentAt(s, { tracks: [] })));
  assert.deepEqual(
    await past.since(START + 21_000, LATER),
    [momentAt(25, { tracks: [] })],
    "they left",
  );
});

Deno.test("isDue() about once a second, and at once after the clock was set back; what is later goes then", async () => {
  const past = new PastMoments(new MemoryStore());
  assert.ok(past.isDue(START));
  await noteAll(past, seconds(0, 5));
  assert.ok(!past.isDue(START + 4_999) && past.isDue(START + 5_000) && past.isDue(START + 3_000));
  await past.note(momentAt(2, { tracks: [walker(9)] }));
  assert.deepEqual(await past.since(0, LATER), [
    ...seconds(0, 2),
    momentAt(2, { tracks: [walker(9)] }),
  ]);
});

Deno.test("what is remembered is bounded in bytes, whatever is seen", async () => {
  const store = new MemoryStore();
  const past = new PastMoments(store);
  const crowd = Array.from({ length: 256 }, (_, i) => seenAt(`${idOf(7)}:${i}`, [i, i], 0));
  const crowded = Array.from(
    { length: 60 },
    (_, s) =>
      momentAt(s, { tracks: crowd.map((one) => ({ ...one, position: [s, one.position[1]] })) }),
  );
  await noteAll(past, crowded);
  const bytes = (await past.since(0, LATER)).reduce(
    (sum, one) => sum + sealValue(rowOfMoment(one)).length,
    0,
  );
  assert.ok(bytes < 5 * 96 * 1024, `${bytes}`);
  assert.deepEqual((await past.since(0, LATER)).at(-1), crowded.at(-1), "the newest stays");
  assert.ok((await past.since(0, LATER)).length >= 5);
});

Deno.test("what is damaged or of another version on the disk is left out", async () => {
  const store = new MemoryStore();
  await noteAll(new PastMoments(store), seconds(0, 40));
  const [first, second] = [...(await store.settings("world.past.")).keys()].sort();
  const good = (await new PastMoments(store).since(0, START + 40_000)).length;
  await store.commit({ settings: { [first]: "?", [second]: [{ atMs: START }] } });
  const left = (await new PastMoments(store).since(0, START + 40_000)).length;
  assert.ok(left < good);
  assert.equal((await new PastMoments(store).since(0, START - 1)).length, 0, "nothing to come");
});

Deno.test("momentOfRow() reads any moment that rowOfMoment() made, from a disk", () => {
  const bits = fc.bigInt({ min: 0n, max: (1n << 4096n) - 1n });
  const tiles = fc.record({ added: bits, removed: bits }, { noNullPrototype: true });
  const any = fc.record({
    atMs: fc.nat(),
    agents: fc.constantFrom([], [{ id: idOf(1), name: "ann", pose: POSE, lastAtMs: 5 }]),
    tracks: fc.array(anyTrack(1000), { maxLength: 4 }),
    tiles: fc.array(
      fc.record({ searched: tiles, cleared: tiles }, { noNullPrototype: true }).map((marks) => ({
        grid: GRID,
        marks,
      })),
      { maxLength: 1 },
    ),
  }, { noNullPrototype: true });
  fc.assert(fc.property(any, (moment) => {
    const row = unsealValue(sealValue(rowOfMoment(moment)))?.value;
    assert.deepEqual(momentOfRow(row), moment);
    for (const key of ["atMs", "agents", "tracks", "tiles"]) {
      assert.equal(momentOfRow({ ...row as object, [key]: 7n }), null);
      assert.equal(momentOfRow({ ...row as object, [key]: [[]] }), null);
    }
  }));
});
