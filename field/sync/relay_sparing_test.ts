import assert from "node:assert/strict";
import { RelaySparing } from "./relay_sparing.ts";

Deno.test("isSpared() holds for two seconds, of that link and origin alone", () => {
  const sparing = new RelaySparing();
  sparing.hadAlready("l1", "ann", 10_000);
  const at = (ms: number) => sparing.isSpared("l1", "ann", ms);
  assert.deepEqual([10_000, 11_999, 12_000, 9_999].map(at), [true, true, false, false]);
  assert.ok(!sparing.isSpared("l2", "ann", 10_000));
  assert.ok(!sparing.isSpared("l1", "bob", 10_000));
  sparing.hadAlready("l1", "ann", 11_000);
  assert.ok(at(12_500));
});

Deno.test("hadAlready() of ever new links and origins remembers the last ones", () => {
  const sparing = new RelaySparing();
  for (let i = 0; i < 10_000; i++) sparing.hadAlready(`l${i}`, "ann", 0);
  const spared = Array.from({ length: 10_000 }, (_, i) => sparing.isSpared(`l${i}`, "ann", 1));
  assert.equal(spared.filter((one) => one).length, 4096);
  assert.ok(spared[9999] && !spared[0]);
});
