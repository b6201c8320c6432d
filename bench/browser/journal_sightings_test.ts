import assert from "node:assert/strict";
import { MOST_IN_RECORD } from "../../field/batch/observation_batch.ts";
import { sightingsOf } from "./journal_sightings.ts";

const DEVICE = "ab".repeat(32);

Deno.test("sightingsOf() gives as many as asked for, in parts that can be recorded, each another one", () => {
  for (const count of [0, 1, MOST_IN_RECORD, MOST_IN_RECORD + 1, 10_000]) {
    const parts = [...sightingsOf(DEVICE, count)];
    assert.ok(parts.every(({ length }) => length > 0 && length <= MOST_IN_RECORD));
    const ids = parts.flat().map(({ id }) => id);
    assert.equal(ids.length, count);
    assert.equal(new Set(ids).size, count);
  }
});

Deno.test("sightingsOf() sees one class once in a thousand", () => {
  const all = [...sightingsOf(DEVICE, 10_000)].flat();
  const at = all.flatMap(({ label }, n) => label === "lynx" ? n : []);
  assert.deepEqual(at, Array.from({ length: 10 }, (_, k) => k * 1000));
});
