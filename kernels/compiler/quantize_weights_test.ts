import assert from "node:assert/strict";
import fc from "fast-check";
import { noise } from "../../tests/fixtures/against_onnxruntime.ts";
import { requantize16 } from "../requantize.ts";
import type { Numbers } from "./plan_builder.ts";
import {
  type FloatLayer,
  ImpreciseResidual,
  type QuantizedLayer,
  quantizeLayer,
} from "./quantize_weights.ts";

const numbers = fc.record({
  type: fc.constant("u7" as const),
  scale: fc.double({ min: 1e-3, max: 0.5, noNaN: true }),
  zero: fc.nat(127),
});

interface Trial {
  readonly layer: FloatLayer;
  readonly outputs: number;
  readonly depth: number;
}

/** A layer whose outputs differ in size, and whose unit suits it. */
const trial: fc.Arbitrary<Trial> = fc.record({
  outputs: fc.integer({ min: 1, max: 6 }),
  depth: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(10_000),
  input: numbers,
  reach: fc.double({ min: 1, max: 8, noNaN: true }),
  faint: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ outputs, depth, seed, input, reach, faint }) => {
  const weights = noise(seed, outputs * depth);
  for (let place = 0; place < depth; place++) weights[place] *= faint;
  const unit = input.scale * Math.sqrt(depth) * reach / 4;
  const bias = noise(seed + 1, outputs).map((value) => value * unit * 20);
  return { layer: { weights, bias, input, unit, leastMultiplier: () => 128 }, outputs, depth };
});

/** All that an output's sum can be, whatever the inputs. */
function sumRange(layer: QuantizedLayer, output: number, depth: number): [number, number] {
  const residual = layer.residualMultiplier?.[output] ?? 0;
  const own = layer.weights.subarray(output * depth, (output + 1) * depth);
  return [
    own.reduce((sum, weight) => sum + 127 * Math.min(weight, 0), layer.bias[output]),
    own.reduce((sum, weight) => sum + 127 * Math.max(weight, 0), layer.bias[output]) +
    127 * residual,
  ];
}

Deno.test("quantizeLayer() keeps every sum inside 32 bits, weights and multipliers inside theirs", () => {
  fc.assert(
    fc.property(trial, ({ layer, outputs, depth }) => {
      const quantized = quantizeLayer(layer);
      assert.ok(quantized.shift >= 0 && quantized.shift <= 30);
      for (let output = 0; output < outputs; output++) {
        const [least, most] = sumRange(quantized, output, depth);
        assert.ok(least >= -(2 ** 31) && most < 2 ** 31);
        assert.ok(quantized.multiplier[output] >= 128);
      }
      assert.ok(quantized.weights.every((weight) => weight >= -127 && weight <= 127));
    }),
    { numRuns: 300, seed: 2 },
  );
});

Deno.test("quantizeLayer() chooses scales for which the multipliers are exact", () => {
  fc.assert(
    fc.property(trial, ({ layer, outputs, depth }) => {
      const { weights, multiplier, shift } = quantizeLayer(layer);
      for (let output = 0; output < outputs; output++) {
        const scale = layer.unit * multiplier[output] / 2 ** (15 + shift) / layer.input.scale;
        for (let place = output * depth; place < (output + 1) * depth; place++) {
          const error = Math.abs(weights[place] * scale - layer.weights[place]);
          assert.ok(
            error <= scale * 0.5001,
            `${layer.weights[place]} became ${weights[place] * scale}`,
          );
        }
      }
    }),
    { numRuns: 300, seed: 2 },
  );
});

/** What the integers make of inputs, in units. */
function computed(layer: QuantizedLayer, inputs: readonly number[], output: number): number {
  const sum = inputs.reduce(
    (sum, q, place) => sum + q * layer.weights[output * inputs.length + place],
    layer.bias[output],
  );
  const { shift, multiplier } = layer;
  return requantize16(sum, { shift, multiplier: multiplier[output], slope: 32768 });
}

Deno.test("quantizeLayer() computes what the floats do, within what rounded weights allow", () => {
  fc.assert(
    fc.property(trial, fc.infiniteStream(fc.nat(127)), ({ layer, outputs, depth }, pick) => {
      const quantized = quantizeLayer(layer);
      const inputs = Array.from({ length: depth }, () => pick.next().value);
      for (let output = 0; output < outputs; output++) {
        const exact = inputs.reduce(
          (sum, q, place) =>
            sum +
            (q - layer.input.zero) * layer.input.scale * layer.weights[output * depth + place],
          layer.bias[output],
        ) / layer.unit;
        if (Math.abs(exact) > 127) continue; // beyond what is kept
        const scale = layer.unit * quantized.multiplier[output] / 2 ** (15 + quantized.shift);
        const weightErrors = inputs.reduce((sum, q) => sum + Math.abs(q - layer.input.zero), 0) *
          0.5;
        const error = Math.abs(computed(quantized, inputs, output) - exact);
        assert.ok(error <= weightErrors * scale / layer.unit + 1.5, `${error}`);
      }
    }),
    { numRuns: 300, seed: 2 },
  );
});

const RESIDUAL: Numbers = { type: "u7", scale: 0.05, zero: 40 };
const PLAIN: FloatLayer = {
  weights: noise(4, 4 * 30),
  bias: new Float32Array(4),
  input: { type: "u7", scale: 0.02, zero: 10 },
  unit: 0.05,
  leastMultiplier: () => 128,
};

Deno.test("quantizeLayer() adds a residual to a tenth of a step", () => {
  const layer = quantizeLayer({ ...PLAIN, residual: RESIDUAL });
  const without = quantizeLayer(PLAIN);
  assert.equal(without.residualMultiplier, undefined);
  for (let output = 0; output < 4; output++) {
    const step = PLAIN.unit * layer.multiplier[output] / 2 ** (15 + layer.shift);
    for (const q of [0, 127]) {
      const added = (q - RESIDUAL.zero) * (layer.residualMultiplier?.[output] ?? 0) * step;
      assert.ok(Math.abs(added - (q - RESIDUAL.zero) * RESIDUAL.scale) <= 0.1 * PLAIN.unit);
    }
  }
});

Deno.test("quantizeLayer() refuses a residual whose step is near to that of the sum", () => {
  const step = 0.7;
  const weights = noise(4, 4 * 30).map((weight) => weight * 127 * step * 0.05 / 0.02);
  const layer = { ...PLAIN, weights, residual: RESIDUAL };
  assert.throws(() => quantizeLayer(layer), ImpreciseResidual);
});

Deno.test("quantizeLayer() takes back the mean of what rounding changes", () => {
  const means = Float32Array.from({ length: 30 }, (_, place) => place / 30);
  const corrected = quantizeLayer({ ...PLAIN, meanInput: () => means });
  for (let output = 0; output < 4; output++) {
    const step = PLAIN.unit * corrected.multiplier[output] / 2 ** (15 + corrected.shift);
    let exact = 0;
    let rounded = 0;
    means.forEach((mean, place) => {
      exact += mean * PLAIN.weights[output * 30 + place];
      rounded += mean * corrected.weights[output * 30 + place] * step / PLAIN.input.scale;
    });
    const plain = quantizeLayer(PLAIN).bias[output];
    const change = (corrected.bias[output] - plain) * step;
    assert.ok(Math.abs(rounded + change - exact) <= step);
  }
});

Deno.test("quantizeLayer() handles weights that are all 0, and one output's that are", () => {
  const none = quantizeLayer({
    ...PLAIN,
    weights: new Float32Array(120),
    bias: Float32Array.of(1, -1, 0, 2),
  });
  assert.deepEqual([0, 1, 2, 3].map((output) => computed(none, new Array(30).fill(99), output)), [
    20,
    -20,
    0,
    40,
  ]);
  const weights = PLAIN.weights.slice();
  weights.fill(0, 0, 30);
  assert.ok(
    quantizeLayer({ ...PLAIN, weights }).multiplier.every((multiplier) => multiplier >= 128),
  );
});

Deno.test("quantizeLayer() makes weights coarser where a bias would not fit 32 bits", () => {
  const bias = Float32Array.of(3e4, 0, 0, -3e4);
  const layer = quantizeLayer({
    ...PLAIN,
    bias,
    unit: 1e-3 * 127,
    weights: PLAIN.weights.map((w) => w * 1e-3),
  });
  for (let output = 0; output < 4; output++) {
    const [least, most] = sumRange(layer, output, 30);
    assert.ok(least >= -(2 ** 31) && most < 2 ** 31);
  }
});

Deno.test("quantizeLayer() says what to do where an output hardly varies", () => {
  assert.throws(
    () => quantizeLayer({ ...PLAIN, unit: 1e-6 }),
    /hardly varies: calibrate .* --fp32/,
  );
});
