import assert from "node:assert/strict";
import fc from "fast-check";
import { CompactMap, hashKey, idKey, type Key } from "./compact_map.ts";

const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2 ** 31));
const key: fc.Arbitrary<Key> = fc.oneof(
  fc.tuple(word, word, word, word),
  fc.constant(0).chain((zero) => fc.nat(3).map((last): Key => [zero, zero, zero, last])),
);

Deno.test("CompactMap holds what a Map holds, through all its growth", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, fc.integer({ min: 1, max: 2 ** 32 - 1 })), {
        maxLength: 5000,
        size: "max",
      }),
      (entries) => {
        const [map, model] = [new CompactMap(), new Map<string, number>()];
        for (const [key, value] of entries) {
          assert.equal(map.get(key), model.get(key.join()) ?? 0);
          map.set(key, value);
          model.set(key.join(), value);
        }
        assert.equal(map.size, model.size);
        for (const [key] of entries) assert.equal(map.get(key), model.get(key.join()));
      },
    ),
    { numRuns: 20 },
  ));

Deno.test("idKey() is another for every other id", () => {
  const ids = ["a1a1a1a1a1a1-0", "a1a1a1a1a1a1-1", "a1a1a1a1a1a2-1", "b1a1a1a1a1a1-1"];
  const large = [2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((stamp) =>
    `a1a1a1a1a1a1-${stamp.toString(36)}`
  );
  const map = new CompactMap();
  for (const [i, id] of [...ids, ...large].entries()) {
    assert.equal(map.get(idKey(id)), 0, id);
    map.set(idKey(id), i + 1);
  }
  assert.equal(map.size, 7);
});

Deno.test("hashKey() tells apart hashes, and what is counted under one hash", () => {
  const map = new CompactMap();
  const hashes = ["0".repeat(64), "f".repeat(64), `1${"0".repeat(63)}`];
  for (const hash of hashes) {
    for (const salt of [0, 2, 3]) map.set(hashKey(hash, salt), 1);
  }
  assert.equal(map.size, 9);
});
