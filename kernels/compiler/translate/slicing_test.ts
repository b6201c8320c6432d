import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const RUNS = { seed: 7, numRuns: 120 } as const;

const position = fc.constantFrom(-(2 ** 31), -9, -5, -3, -1, 0, 1, 2, 4, 9, 2 ** 31);

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** How many of `size` positions Python's `[start:end:step]` takes, found by walking. */
function lengthOf({ start, end, step }: Cut, size: number): number {
  const absolute = (at: number) => at < 0 ? at + size : at;
  let count = 0;
  const first = Math.max(step > 0 ? 0 : -1, Math.min(step > 0 ? size : size - 1, absolute(start)));
  for (
    let at = Math.max(step > 0 ? 0 : first < 0 ? 0 : first, first);
    at >= 0 && at < size;
    at += step
  ) {
    if (step > 0 ? at >= absolute(end) : at <= absolute(end)) break;
    count++;
  }
  return count;
}

Deno.test("Slice is what onnxruntime computes: ends beyond, from the end, backwards", async () => {
  const cut = fc.record({
    start: position,
    end: position,
    step: fc.constantFrom(-2, -1, 1, 1, 2, 3),
  });
  await fc.assert(
    fc.asyncProperty(cut, cut, async (rows, columns) => {
      const network = new OnnxNetwork();
      const output = network.node("Slice", [
        network.input([1, 2, 5, 6]),
        network.integers(rows.start, columns.start),
        network.integers(rows.end, columns.end),
        network.integers(2, -1),
        network.integers(rows.step, columns.step),
      ]);
      const isEmpty = lengthOf(rows, 5) === 0 || lengthOf(columns, 6) === 0;
      if (isEmpty) assert.throws(() => importOnnx(network.encode([output])), /of shape/);
      else await assertSameAsOnnxRuntime(network, [output]);
    }),
    RUNS,
  );
});

Deno.test("Slice before opset 10 has attributes", async () => {
  const network = new OnnxNetwork(9);
  const output = network.node("Slice", [network.input([1, 2, 5])], {
    starts: [1, -3],
    ends: [2, 1000],
    axes: [1, 2],
  });
  await assertSameAsOnnxRuntime(network, [output]);
});

Deno.test("Split gives equal parts, or those of its sizes", async () => {
  const network = new OnnxNetwork();
  const input = network.input([1, 6, 4]);
  await assertSameAsOnnxRuntime(network, [
    ...network.nodes("Split", [input], { axis: 1 }, 3),
    ...network.nodes("Split", [input, network.integers(1, 5)], { axis: -2 }, 2),
  ]);
  const uneven = new OnnxNetwork(18);
  const attributes = { axis: 2, num_outputs: 3 };
  await assertSameAsOnnxRuntime(
    uneven,
    uneven.nodes("Split", [uneven.input([1, 2, 7])], attributes, 3),
  );
  const old = new OnnxNetwork(11);
  await assertSameAsOnnxRuntime(
    old,
    old.nodes("Split", [old.input([1, 5])], { axis: 1, split: [2, 3] }, 2),
  );
});

Deno.test("Gather takes one index, a progression, or any indices", async () => {
  const network = new OnnxNetwork();
  const input = network.input([1, 6, 4]);
  const one = network.node("Constant", [], { value_int: -2 });
  const indices = [[1, 3, 5], [4, 3, 2], [0, 5, 1, 1], [2]].map((list) =>
    network.integers(...list)
  );
  await assertSameAsOnnxRuntime(network, [
    ...indices.map((list) => network.node("Gather", [input, list], { axis: 1 })),
    network.node("Gather", [input, one], { axis: 1 }),
    network.node("Gather", [input, one], { axis: -1 }),
  ]);
});

Deno.test("Gather beyond the axis is refused", () => {
  const network = new OnnxNetwork();
  network.node("Gather", [network.input([1, 3]), network.integers(3)], { axis: 1 });
  assert.throws(
    () => importOnnx(network.encode(["gather_0"])),
    /op Gather\) takes \[3\] of an axis of 3/,
  );
});

Deno.test("Pad adds a value, and cuts where its pads are negative", async () => {
  for (
    const pads of [[0, 0, 1, 2, 0, 0, 3, 0], [0, 1, 0, 0, 0, 2, 0, 0], [0, 0, -1, 1, 0, 0, 0, -2]]
  ) {
    const network = new OnnxNetwork();
    const [input, value] = [network.input([1, 2, 4, 5]), network.floats([], [1.5])];
    await assertSameAsOnnxRuntime(network, [
      network.node("Pad", [input, network.integers(...pads), value]),
    ]);
  }
  const old = new OnnxNetwork(10);
  const attributes = { pads: [0, 0, 1, 0, 0, 2], value: { float: -1 } };
  await assertSameAsOnnxRuntime(old, [old.node("Pad", [old.input([1, 2, 3])], attributes)]);
  const named = new OnnxNetwork(18);
  const axes = named.integers(-1);
  const inputs = [named.input([1, 2, 3]), named.integers(1, 2), named.floats([], [0]), axes];
  await assertSameAsOnnxRuntime(named, [named.node("Pad", inputs)]);
});

Deno.test("Pad refuses to mirror", () => {
  const network = new OnnxNetwork();
  const inputs = [network.input([1, 4]), network.integers(0, 1, 0, 1)];
  const output = network.node("Pad", inputs, { mode: "reflect" });
  assert.throws(() => importOnnx(network.encode([output])), /op Pad.*with mode reflect/);
});
