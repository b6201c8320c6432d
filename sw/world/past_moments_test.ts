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
  const past = await PastMoments.open(store, START);
  const all = seconds(0, 700);
  await noteAll(past, all);
  assert.deepEqual(past.since(0), all.slice(699 - PAST_MS / 1000));
  assert.deepEqual(past.since(START + 690_000), all.slice(690));
  const now = START + 700_000;
  const again = (await PastMoments.open(store, now)).since(0);
  assert.deepEqual(again, all.filter(({ atMs }) => now - atMs <= PAST_MS).slice(0, again.length));
  assert.ok(again.length > PAST_MS / 1000 - 16, `${again.length}`);
  const names = [...(await store.settings("world.past.")).keys()];
  assert.ok(names.length <= 40, "settings are used over and over");
});

Deno.test("note() passes over seconds in which nothing changed, and a world without anybody", async () => {
  const past = await PastMoments.open(new MemoryStore(), START);
  const agent = { id: idOf(1), name: "ann", pose: POSE, lastAtMs: START };
  const still = (s: number) =>
    momentAt(s, { tracks: [], agents: [{ ...agent, lastAtMs: START + s * 1000 }] });
  await noteAll(past, Array.from({ length: 25 }, (_, s) => still(s)));
  assert.deepEqual(past.since(0).map(({ atMs }) => (atMs - START) / 1000), [0, 10, 20]);
  await noteAll(past, [25, 26, 27].map((s) => momentAt(s, { tracks: [] })));
  assert.deepEqual(past.since(START + 21_000), [momentAt(25, { tracks: [] })], "they left");
});

Deno.test("isDue() about once a second, and at once after the clock was set back; what is later goes then", async () => {
  const past = await PastMoments.open(new MemoryStore(), START);
  assert.ok(past.isDue(START));
  await noteAll(past, seconds(0, 5));
  assert.ok(!past.isDue(START + 4_999) && past.isDue(START + 5_000) && past.isDue(START + 3_000));
  await past.note(momentAt(2, { tracks: [walker(9)] }));
  assert.deepEqual(past.since(0), [...seconds(0, 2), momentAt(2, { tracks: [walker(9)] })]);
});

Deno.test("what is remembered is bounded in bytes, whatever is seen", async () => {
  const store = new MemoryStore();
  const past = await PastMoments.open(store, START);
  const crowd = Array.from({ length: 256 }, (_, i) => seenAt(`${idOf(7)}:${i}`, [i, i], 0));
  const crowded = Array.from(
    { length: 60 },
    (_, s) =>
      momentAt(s, { tracks: crowd.map((one) => ({ ...one, position: [s, one.position[1]] })) }),
  );
  await noteAll(past, crowded);
  const bytes = past.since(0).reduce((sum, one) => sum + sealValue(rowOfMoment(one)).length, 0);
  assert.ok(bytes < 5 * 96 * 1024, `${bytes}`);
  assert.deepEqual(past.since(0).at(-1), crowded.at(-1), "the newest stays");
  assert.ok(past.since(0).length >= 5);
});

Deno.test("what is damaged or of another version on the disk is left out", async () => {
  const store = new MemoryStore();
  await noteAll(await PastMoments.open(store, START), seconds(0, 40));
  const [first, second] = [...(await store.settings("world.past.")).keys()].sort();
  const good = (await PastMoments.open(store, START + 40_000)).since(0).length;
  await store.commit({ settings: { [first]: "?", [second]: [{ atMs: START }] } });
  const left = (await PastMoments.open(store, START + 40_000)).since(0).length;
  assert.ok(left < good);
  assert.equal((await PastMoments.open(store, START - 1)).since(0).length, 0, "nothing to come");
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
