import assert from "node:assert/strict";
import fc from "fast-check";
import { groupBy } from "./group_by.ts";

Deno.test("groupBy() does what Map.groupBy does", () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), (numbers) => {
    const keyOf = (n: number) => n % 4 === 0 ? NaN : n % 3;
    assert.deepEqual([...groupBy(numbers, keyOf)], [...Map.groupBy(numbers, keyOf)]);
  }));
});
