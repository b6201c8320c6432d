import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const RUNS = { seed: 6, numRuns: 120 } as const;

const FULL = [1, 3, 4, 5];
/** Shapes that broadcast to it. */
const SMALLER = [[1, 3, 4, 5], [1, 3, 1, 1], [3, 1, 1], [1, 1, 4, 5], [5], [1], [], [1, 3, 4, 1]];
const OPS = ["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum"];

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

Deno.test("a value and a constant combine as in onnxruntime, either first, any broadcast", async () => {
  const cases = fc.record({
    op: fc.constantFrom(...OPS),
    value: fc.constantFrom(FULL, [1, 3, 1, 1], [1, 1]),
    constant: fc.constantFrom(...SMALLER),
    isFirst: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ op, value, constant, isFirst }) => {
      const network = new OnnxNetwork();
      const input = network.input(value);
      const operand = network.floats(constant, noise(9, count(constant), 0.5, 2));
      const output = network.node(op, isFirst ? [operand, input] : [input, operand]);
      await assertSameAsOnnxRuntime(network, [output], { low: 0.5, high: 3 });
    }),
    RUNS,
  );
});

Deno.test("two values combine as in onnxruntime, the smaller one broadcast", async () => {
  const cases = fc.record({
    op: fc.constantFrom(...OPS),
    smaller: fc.constantFrom([1, 3, 4, 5], [1, 3, 1, 1], [1, 1, 1], [1, 5], [1], [1, 1, 4, 5]),
    isFirst: fc.boolean(),
  }).filter(({ op, isFirst, smaller }) => op !== "Div" || !isFirst || count(smaller) === 60);
  await fc.assert(
    fc.asyncProperty(cases, async ({ op, smaller, isFirst }) => {
      const network = new OnnxNetwork();
      const [large, small] = [network.input(FULL), network.input(smaller)];
      const output = network.node(op, isFirst ? [small, large] : [large, small]);
      await assertSameAsOnnxRuntime(network, [output], { low: 0.5, high: 3 });
    }),
    RUNS,
  );
});

Deno.test("Sum, Max and Min take any number of operands", async () => {
  for (const op of ["Sum", "Max", "Min"]) {
    for (const operands of [1, 2, 4]) {
      const network = new OnnxNetwork();
      const inputs = Array.from({ length: operands }, () => network.input([1, 2, 3]));
      await assertSameAsOnnxRuntime(network, [network.node(op, inputs)]);
    }
  }
});

Deno.test("Pow, Neg and Reciprocal are what onnxruntime computes", async () => {
  for (const exponent of [0.5, 1, 2]) {
    const network = new OnnxNetwork();
    const inputs = [network.input([1, 7]), network.floats([], [exponent])];
    await assertSameAsOnnxRuntime(network, [network.node("Pow", inputs)], { low: 0.1 });
  }
  for (const op of ["Neg", "Reciprocal"]) {
    const network = new OnnxNetwork();
    await assertSameAsOnnxRuntime(network, [network.node(op, [network.input([1, 7])])], {
      low: 0.1,
    });
  }
});

Deno.test("an operation on shapes that do not fit is refused", () => {
  const network = new OnnxNetwork();
  network.node("Add", [network.input([1, 2, 3]), network.input([1, 4])]);
  assert.throws(
    () => importOnnx(network.encode(["add_0"])),
    /Cannot compile small: node node_add_0 \(op Add\) cannot combine shapes \[1,2,3\] and \[1,4\]/,
  );
});

Deno.test("an operation that broadcasts both operands is refused", () => {
  const network = new OnnxNetwork();
  network.node("Mul", [network.input([1, 2, 1]), network.input([1, 1, 4])]);
  assert.throws(
    () => importOnnx(network.encode(["mul_0"])),
    /which both broadcast; run the model with/,
  );
});
