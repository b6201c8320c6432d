import assert from "node:assert/strict";
import { idOf, observationAt } from "../../tests/fixtures/devices.ts";
import { decodeBatch, MOST_IN_BATCH } from "../batch/observation_batch.ts";
import { batchesOf } from "./record_batches.ts";

const DEVICE = idOf(0xd1);
const NOW = 1_800_000_000_000;

Deno.test("batchesOf() puts observations in the order in which they began, into full batches", () => {
  const count = 2 * MOST_IN_BATCH + 1;
  const seen = Array.from(
    { length: count },
    (_, n) => observationAt(DEVICE, NOW + (n * 7) % count),
  );
  const batches = batchesOf(seen).map((batch) => decodeBatch(batch, DEVICE) ?? []);
  assert.deepEqual(batches.map((batch) => batch.length), [MOST_IN_BATCH, MOST_IN_BATCH, 1]);
  assert.deepEqual(batches.flat().map(({ first }) => first), seen.map((_, n) => NOW + n));
});

Deno.test("batchesOf() leaves the later one of two with the same id later", () => {
  const again = [7, 8, 9].map((frames) => observationAt(DEVICE, NOW, { frames }));
  const [batch] = batchesOf([observationAt(DEVICE, NOW + 5), ...again]);
  assert.deepEqual(decodeBatch(batch, DEVICE)?.map(({ frames }) => frames), [7, 8, 9, 7]);
});

Deno.test("batchesOf() of nothing is nothing", () => {
  assert.deepEqual(batchesOf([]), []);
});
