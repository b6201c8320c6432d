import assert from "node:assert/strict";
import fc from "fast-check";
import { aligned, ALIGNMENT, leastBytes, type Lifetime, planMemory } from "./plan_memory.ts";

const lifetime = fc.record({ bytes: fc.nat(500), first: fc.nat(20), length: fc.nat(8) })
  .map(({ bytes, first, length }): Lifetime => ({ bytes, first, last: first + length }));

Deno.test("planMemory() lets no two buffers overlap that are needed at the same time", () => {
  fc.assert(
    fc.property(fc.array(lifetime, { maxLength: 30 }), (lifetimes) => {
      const { offsets, bytes } = planMemory(lifetimes);
      lifetimes.forEach((a, i) => {
        assert.equal(offsets[i] % ALIGNMENT, 0);
        assert.ok(offsets[i] >= 0 && offsets[i] + a.bytes <= bytes);
        lifetimes.slice(0, i).forEach((b, j) => {
          const isTogether = a.first <= b.last && b.first <= a.last;
          const isApart = offsets[i] + a.bytes <= offsets[j] || offsets[j] + b.bytes <= offsets[i];
          assert.ok(!isTogether || isApart, `${i} and ${j}`);
        });
      });
      assert.ok(bytes >= leastBytes(lifetimes));
    }),
    { numRuns: 300, seed: 3 },
  );
});

Deno.test("planMemory() gives the same plan for the same buffers", () => {
  fc.assert(
    fc.property(fc.array(lifetime, { maxLength: 20 }), (lifetimes) => {
      assert.deepEqual(planMemory(lifetimes), planMemory(structuredClone(lifetimes)));
    }),
    { numRuns: 50, seed: 3 },
  );
});

Deno.test("planMemory() needs two buffers for a chain, however long", () => {
  const chain = Array.from({ length: 20 }, (_, k) => ({ bytes: 100, first: k, last: k + 1 }));
  assert.equal(planMemory(chain).bytes, 2 * aligned(100));
});

Deno.test("planMemory() puts small ones into the gap beside a large one that lives long", () => {
  const lifetimes = [
    { bytes: 1600, first: 0, last: 1 },
    { bytes: 160, first: 1, last: 9 },
    { bytes: 800, first: 2, last: 3 },
    { bytes: 1600, first: 3, last: 4 },
  ];
  assert.equal(planMemory(lifetimes).bytes, leastBytes(lifetimes));
});

Deno.test("planMemory() plans nothing, and what is empty", () => {
  assert.deepEqual(planMemory([]), { offsets: [], bytes: 0 });
  assert.deepEqual(planMemory([{ bytes: 0, first: 0, last: 3 }]), { offsets: [0], bytes: 0 });
});

Deno.test("leastBytes() is what the fullest step needs", () => {
  const lifetimes = [
    { bytes: 10, first: 0, last: 2 },
    { bytes: 20, first: 1, last: 1 },
    { bytes: 40, first: 3, last: 3 },
  ];
  assert.equal(leastBytes(lifetimes), 16 + 32);
});
