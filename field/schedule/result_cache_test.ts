import assert from "node:assert/strict";
import fc from "fast-check";
import { ResultCache } from "./result_cache.ts";

const bounds = { mostEntries: 3, mostAgeMs: 1000 };

Deno.test("get() gives what was put for the same frame and model, and nothing for others", () => {
  const cache = new ResultCache<string>(bounds);
  cache.put("m1", "f1", "one", 0);
  assert.equal(cache.get("m1", "f1", 0), "one");
  assert.equal(cache.get("m2", "f1", 0), undefined);
  assert.equal(cache.get("m1", "f2", 0), undefined);
  assert.deepEqual(cache.counts, { hits: 1, misses: 2, entries: 1 });
});

Deno.test("put() drops what was not used for longest", () => {
  const cache = new ResultCache<number>(bounds);
  for (const n of [1, 2, 3]) cache.put("m", `f${n}`, n, 0);
  cache.get("m", "f1", 0);
  cache.put("m", "f4", 4, 0);
  const left = [1, 2, 3, 4].map((n) => cache.get("m", `f${n}`, 0));
  assert.deepEqual(left, [1, undefined, 3, 4]);
});

Deno.test("get() gives nothing that is too old or from the future", () => {
  const cache = new ResultCache<number>(bounds);
  cache.put("m", "f", 1, 5000);
  assert.equal(cache.get("m", "f", 6000), 1);
  assert.equal(cache.get("m", "f", 6001), undefined);
  cache.put("m", "f", 1, 5000);
  assert.equal(cache.get("m", "f", 4999), undefined);
  assert.equal(cache.counts.entries, 0);
});

Deno.test("get() makes nothing younger", () => {
  const cache = new ResultCache<number>(bounds);
  cache.put("m", "f", 1, 0);
  assert.equal(cache.get("m", "f", 900), 1);
  assert.equal(cache.get("m", "f", 1100), undefined);
});

Deno.test("ResultCache agrees with a list that is searched, and stays within its bounds", () => {
  const step = fc.record({
    isPut: fc.boolean(),
    model: fc.constantFrom("a", "b"),
    frame: fc.constantFrom("1x1:0", "1x1:1", "2x2:0"),
    afterMs: fc.nat(400),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new ResultCache<number>(bounds);
      let list: { key: string; result: number; atMs: number }[] = [];
      let now = 0;
      steps.forEach(({ isPut, model, frame, afterMs }, i) => {
        now += afterMs;
        const key = model + frame;
        const at = list.findIndex((one) => one.key === key);
        const [found] = at < 0 ? [] : list.splice(at, 1);
        if (isPut) {
          cache.put(model, frame, i, now);
          list = [...list, { key, result: i, atMs: now }]
            .filter(({ atMs }) => now - atMs <= bounds.mostAgeMs).slice(-bounds.mostEntries);
        } else {
          const fresh = found && now - found.atMs <= bounds.mostAgeMs ? found : undefined;
          assert.equal(cache.get(model, frame, now), fresh?.result);
          if (fresh) list.push(fresh);
        }
        assert.equal(cache.counts.entries, list.length);
      });
    }),
    { seed: 5, numRuns: 300 },
  );
});
