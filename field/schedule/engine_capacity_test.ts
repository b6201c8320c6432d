import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Conditions,
  engineCapacity,
  sparingShare,
  UNKNOWN_CAPACITY,
} from "./engine_capacity.ts";

const EASY: Conditions = { inferenceMs: 80, battery: null, thermal: null, pressure: 0 };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const conditions = fc.record<Conditions>({
  inferenceMs: fc.double({ min: 0, max: 5000, noNaN: true }),
  battery: fc.record({ level: share, charging: fc.boolean() }),
  thermal: fc.constantFrom("nominal", "fair", "serious", "critical"),
  pressure: share,
});

Deno.test("engineCapacity() is four fifths of what the engine can do, while nothing is against it", () => {
  assert.equal(engineCapacity(EASY), 10);
  assert.equal(engineCapacity({ ...EASY, inferenceMs: 800 }), 1);
  assert.equal(engineCapacity({ ...EASY, inferenceMs: null }), UNKNOWN_CAPACITY);
  assert.equal(sparingShare(EASY), 1);
  assert.equal(sparingShare({ ...EASY, thermal: "nominal", pressure: 0.5 }), 1);
});

Deno.test("sparingShare() falls with a battery from half to a tenth, but not while that is charged", () => {
  const at = (level: number, charging = false) =>
    sparingShare({ ...EASY, battery: { level, charging } });
  const levels = [1, 0.5, 0.3, 0.1, 0].map((level) => at(level));
  assert.deepEqual(levels.map((one) => Math.round(one * 1e6) / 1e6), [1, 1, 0.625, 0.25, 0.25]);
  assert.equal(at(0.05, true), 1);
});

Deno.test("sparingShare() falls with each step of heat, and with links that fill up", () => {
  const hot = (["nominal", "fair", "serious", "critical"] as const)
    .map((thermal) => sparingShare({ ...EASY, thermal }));
  assert.deepEqual(hot, [1, 0.8, 0.5, 0.25]);
  const full = [0, 0.5, 0.75, 1].map((pressure) => sparingShare({ ...EASY, pressure }));
  assert.deepEqual(full.map((one) => Math.round(one * 1e6) / 1e6), [1, 1, 0.55, 0.1]);
});

Deno.test("engineCapacity() and sparingShare() are monotone in each of their inputs, finite and above 0", () => {
  fc.assert(
    fc.property(conditions, conditions, (one, other) => {
      const capacity = engineCapacity(one);
      assert.ok(capacity > 0 && Number.isFinite(capacity));
      const [more, less] = [Math.max, Math.min].map((pick) =>
        engineCapacity({
          ...one,
          inferenceMs: pick(one.inferenceMs ?? 0, other.inferenceMs ?? 0),
        })
      );
      assert.ok(more <= less);
      const share = sparingShare(one);
      assert.ok(share > 0 && share <= 1);
      const fuller = Math.max(one.pressure, other.pressure);
      assert.ok(sparingShare({ ...one, pressure: fuller }) <= share);
      const { battery } = one;
      assert.ok(battery && other.battery);
      const level = Math.max(battery.level, other.battery.level);
      assert.ok(sparingShare({ ...one, battery: { ...battery, level } }) >= share);
      assert.ok(sparingShare({ ...one, battery: { ...battery, charging: true } }) >= share);
      assert.ok(sparingShare({ ...one, thermal: "critical" }) <= share);
    }),
    { seed: 9, numRuns: 300 },
  );
});
