import assert from "node:assert/strict";
import fc from "fast-check";
import { integerSteps } from "./integer_steps.ts";

const factor = fc.double({ min: 1e-5, max: 100, noNaN: true });

Deno.test("integerSteps() keeps factors to a 16,384th of the largest, in 16 bits", () => {
  fc.assert(
    fc.property(factor, factor, (a, b) => {
      const { shift, multipliers } = integerSteps([a, -b]);
      assert.ok(multipliers.every((multiplier) => Math.abs(multiplier) <= 32767));
      const tolerance = Math.max(Math.max(a, b) / 16384, 2 ** -21) / 2;
      assert.ok(Math.abs(multipliers[0] / 2 ** shift - a) <= tolerance);
      assert.ok(Math.abs(multipliers[1] / 2 ** shift + b) <= tolerance);
    }),
    { seed: 4 },
  );
});

Deno.test("integerSteps() leaves products of 7-bit numbers and any zero point inside 32 bits", () => {
  fc.assert(
    fc.property(factor, (a) => {
      const { shift, multipliers: [multiplier] } = integerSteps([a]);
      assert.ok(127 * 128 * multiplier + 255 * 2 ** shift + 2 ** shift < 2 ** 31);
    }),
    { seed: 4 },
  );
});

Deno.test("integerSteps() refuses factors beyond 16 bits", () => {
  assert.throws(() => integerSteps([40000]), /--fp32/);
});
