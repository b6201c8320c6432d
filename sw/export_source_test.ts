import assert from "node:assert/strict";
import { MemoryStore } from "../field/store/memory_store.ts";
import type { NotedObservation } from "../field/observation.ts";
import { idOf, observationAt } from "../tests/fixtures/devices.ts";
import { exportSource } from "./export_source.ts";

const DEVICE = idOf(0xd1);
const NOW = 1_800_000_000_000;

async function sourceOf(count: number, filter?: Parameters<typeof exportSource>[1]) {
  const store = new MemoryStore();
  const all = Array.from(
    { length: count },
    (_, n) => observationAt(DEVICE, NOW + n, { label: n % 10 === 0 ? "deer" : "person" }),
  );
  await store.commit({ observations: all.map((observation) => ({ observation, seq: 1 })) });
  return await exportSource({
    store,
    nameOf: () => "Gate",
    modelName: (id) => id,
    crew: null,
    version: "1",
    createdMs: NOW,
  }, filter);
}

async function listOf(observations: AsyncIterable<NotedObservation>): Promise<number[]> {
  const firsts: number[] = [];
  for await (const { first } of observations) firsts.push(first - NOW);
  return firsts;
}

const downFrom = (count: number) => Array.from({ length: count }, (_, n) => count - 1 - n);

Deno.test("exportSource() gives all observations, newest first, a page at a time, each time anew", async () => {
  for (const count of [0, 1, 499, 500, 501, 1203]) {
    const source = await sourceOf(count);
    assert.equal(source.count, count);
    assert.deepEqual(await listOf(source.observations()), downFrom(count));
    assert.deepEqual(await listOf(source.observations()), downFrom(count));
  }
});

Deno.test("exportSource() with a filter gives what it lets through, and counts that", async () => {
  const deer = await sourceOf(1203, { classes: ["deer"] });
  assert.equal(deer.count, 121);
  const firsts = await listOf(deer.observations());
  assert.deepEqual(firsts, downFrom(1203).filter((n) => n % 10 === 0));
  const none = await sourceOf(20, { classes: ["boar"] });
  assert.deepEqual([none.count, await listOf(none.observations())], [0, []]);
  assert.equal((await sourceOf(20, {})).count, 20);
});
