import assert from "node:assert/strict";
import fc from "fast-check";
import { clamp, requantize16 } from "../requantize.ts";
import { elementwiseEnding, type Ending, endingOf } from "./activation_int8.ts";
import { applyActivation } from "./curves.ts";
import type { Activation } from "./graph.ts";
import { numbersFor, quantizeValue, realValue } from "./numbers.ts";
import type { Numbers } from "./plan_builder.ts";

/** The element that an ending gives for a real sum, with the least multiplier that it allows. */
function ended(ending: Ending, real: number, slack = 1): number {
  const multiplier = Math.ceil(ending.leastMultiplier(0) * slack);
  const shift = 4;
  const sum = Math.round(real / ending.unit * 2 ** (15 + shift) / multiplier) + 2 ** (shift - 1);
  const slope = ending.slopes?.[0] ?? 32768;
  const r = requantize16(clamp(sum, -(2 ** 31), 2 ** 31 - 1), { shift, multiplier, slope });
  const q = clamp(r + ending.zero, ending.low, ending.high);
  return ending.table ? ending.table[q] : q;
}

const ACTIVATIONS: readonly Activation[] = [
  { kind: "none" },
  { kind: "clip", low: 0, high: Infinity },
  { kind: "clip", low: -1, high: 2 },
  { kind: "leaky", slopes: Float32Array.of(0.1) },
  { kind: "leaky", slopes: Float32Array.of(0) },
  { kind: "leaky", slopes: Float32Array.of(1) },
  { kind: "leaky", slopes: Float32Array.of(-0.5) },
  { kind: "leaky", slopes: Float32Array.of(3) },
  { kind: "sigmoid" },
  { kind: "tanh" },
  { kind: "silu" },
  { kind: "hard_swish" },
  { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 },
  { kind: "abs" },
];

/** What an activation makes of −8 … 8. */
function outputOf(activation: Activation): Numbers {
  const values = Array.from({ length: 161 }, (_, k) => applyActivation(activation, (k - 80) / 10));
  return numbersFor({ low: Math.min(...values), high: Math.max(...values) });
}

for (const activation of ACTIVATIONS) {
  const name = "slopes" in activation ? `leaky ${activation.slopes[0]}` : activation.kind;

  Deno.test(`endingOf() gives ${name} to a step and a half, however far the sum is`, () => {
    const output = outputOf(activation);
    const ending = endingOf(activation, output, { low: -8, high: 8 }, 1);
    // A curve may rise by several steps where the table's domain, 8 bits of the sum, rises by one.
    const steep = ending.table ? Math.max(1, ending.unit / output.scale * 3) : 1;
    fc.assert(
      fc.property(
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.constantFrom(1, 3),
        (x, slack) => {
          const exact = quantizeValue(applyActivation(activation, x), output);
          assert.ok(Math.abs(ended(ending, x, slack) - exact) <= steep + 0.5, `${x}`);
        },
      ),
      { numRuns: 500, seed: 8 },
    );
  });
}

Deno.test("endingOf() holds far beyond the range seen where the activation is level or clamped", () => {
  for (
    const activation of [{ kind: "sigmoid" }, { kind: "none" }, { kind: "hard_swish" }] as const
  ) {
    const output = outputOf(activation);
    const ending = endingOf(activation, output, { low: -8, high: 8 }, 1);
    for (const far of [-1e4, -20, 20, 1e4]) {
      assert.equal(ended(ending, far), quantizeValue(applyActivation(activation, far), output));
    }
  }
});

Deno.test("endingOf() spends a table's domain where its curve moves", () => {
  const output = outputOf({ kind: "sigmoid" });
  const wide = endingOf({ kind: "sigmoid" }, output, { low: -100, high: 300 }, 1);
  assert.ok(wide.unit * 255 < 16);
  assert.deepEqual(endingOf({ kind: "sigmoid" }, output, undefined, 1).table?.[0], 0);
});

Deno.test("endingOf() has a slope for each channel, one for all if there is one", () => {
  const output = numbersFor({ low: -1, high: 4 });
  const slopes = Float32Array.of(0, 0.25, 1);
  assert.deepEqual(
    [...endingOf({ kind: "leaky", slopes }, output, undefined, 3).slopes ?? []],
    [0, 8192, 32767],
  );
  const one = Float32Array.of(0.5);
  assert.equal(endingOf({ kind: "leaky", slopes: one }, output, undefined, 3).slopes?.length, 3);
});

Deno.test("endingOf() refuses slopes a channel that no integer kernel has", () => {
  const slopes = Float32Array.of(0.5, -0.1);
  const output = numbersFor({ low: -1, high: 4 });
  assert.throws(() => endingOf({ kind: "leaky", slopes }, output, undefined, 2), /--fp32/);
});

Deno.test("elementwiseEnding() makes a leaky ReLU a table", () => {
  const output = numbersFor({ low: -1, high: 4 });
  const slopes = Float32Array.of(0.25);
  const { table, zero, unit } = elementwiseEnding({ kind: "leaky", slopes }, output, {
    low: -4,
    high: 4,
  });
  assert.equal(table?.length, 256);
  for (const q of [0, 30, zero, 200, 255]) {
    const x = (q - zero) * unit;
    assert.equal(table?.[q], quantizeValue(x < 0 ? x / 4 : x, output));
  }
});

Deno.test("endingOf() of 16 bits leaves room for what calibration has not seen", () => {
  const output: Numbers = { type: "i16", scale: 1 / 32, zero: 0 };
  const { leastMultiplier } = endingOf({ kind: "none" }, output, { low: -12, high: 20 }, 1);
  assert.ok(leastMultiplier(0) >= 20 * 32 * 1.2);
});

Deno.test("numbersFor() holds 0 exactly and the ends to half a step", () => {
  const end = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(end, end, (a, b) => {
      const [low, high] = [Math.min(a, b, 0), Math.max(a, b, 0)];
      if (high - low < 1e-10) return;
      const numbers = numbersFor({ low: Math.min(a, b), high: Math.max(a, b) });
      assert.equal(realValue(numbers.zero, numbers), 0);
      for (const value of [low, high]) {
        const back = realValue(quantizeValue(value, numbers), numbers);
        assert.ok(Math.abs(back - value) <= numbers.scale * 0.501);
      }
    }),
    { seed: 8 },
  );
});

Deno.test("numbersFor() gives what is always 0 some scale, and refuses what is not finite", () => {
  assert.equal(numbersFor({ low: 0, high: 0 }).zero, 0);
  assert.throws(() => numbersFor({ low: -Infinity, high: 1 }), /range from -Infinity/);
});
