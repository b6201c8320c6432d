import assert from "node:assert/strict";
import { OnnxNetwork } from "../../tests/fixtures/onnx_network.ts";
import { chooseNumbers } from "./choose_numbers.ts";
import type { GivenRange } from "./graph.ts";
import { importOnnx } from "./import_onnx.ts";
import { LOGITS } from "./logits.ts";

const WINDOW = { kernel_shape: [1, 1] };

function conv(network: OnnxNetwork, x: string): string {
  const weights = network.floats([4, 4, 1, 1], new Float32Array(16).fill(0.5));
  return network.node("Conv", [x, weights], WINDOW);
}

function numbersIn(
  make: (network: OnnxNetwork) => string[],
  ranges: (value: string) => GivenRange | undefined,
  logits: readonly string[] = [],
) {
  const network = new OnnxNetwork();
  const graph = importOnnx(network.encode(make(network)));
  const values = [...graph.inputs, ...graph.nodes.map(({ output }) => output)];
  const known = values.flatMap((value) => {
    const range = ranges(value);
    return range ? [[value, range] as const] : [];
  });
  const given = new Map(logits.map((value) => [value, LOGITS]));
  return { graph, numbers: chooseNumbers(graph, { ranges: new Map(known), given }) };
}

const WIDTHS: Record<string, number> = { input0: 1, conv_0: 2, conv_1: 5, relu_3: 3 };
const byName = (value: string) => value in WIDTHS ? { low: 0, high: WIDTHS[value] } : undefined;

Deno.test("chooseNumbers() gives a concatenation's operands, and what moves them, one scale", () => {
  const { numbers } = numbersIn((n) => {
    const x = n.input([1, 4, 4, 4]);
    const joined = n.node("Concat", [conv(n, x), conv(n, x)], { axis: 1 });
    const pooled = n.node("MaxPool", [joined], { kernel_shape: [2, 2] });
    return [n.node("Softmax", [pooled], { axis: 1 })];
  }, byName);
  for (const value of ["conv_0", "conv_1", "concat_2", "maxpool_3"]) {
    assert.deepEqual(
      numbers.get(value),
      { type: "u7", scale: Math.fround(5 / 127), zero: 0 },
      value,
    );
  }
  assert.deepEqual(numbers.get("softmax_4")?.scale, Math.fround(1 / 127));
});

Deno.test("chooseNumbers() gives convolutions that lead to outputs 16 bits, whatever moves them there", () => {
  const { numbers } = numbersIn((n) => {
    const x = n.input([1, 4, 4, 4]);
    const joined = n.node("Concat", [conv(n, x), conv(n, x)], { axis: 1 });
    return [n.node("Reshape", [joined, n.integers(1, 8, 16)]), joined];
  }, byName);
  for (const value of ["conv_0", "conv_1", "concat_2", "reshape_3"]) {
    assert.equal(numbers.get(value)?.type, "i16", value);
  }
  assert.equal(numbers.get("input0")?.type, "u7");
});

Deno.test("chooseNumbers() leaves 7 bits where something computes with the value", () => {
  const { numbers } = numbersIn((n) => {
    const x = conv(n, n.input([1, 4, 4, 4]));
    return [x, n.node("Sigmoid", [n.node("Add", [x, x])])];
  }, () => ({ low: -1, high: 1 }));
  assert.equal(numbers.get("conv_0")?.type, "u7");
});

Deno.test("chooseNumbers() widens a range for what a pad fills in", () => {
  const { numbers } = numbersIn((n) => {
    const x = n.input([1, 4, 4, 4]);
    const pads = n.integers(0, 0, 1, 1, 0, 0, 1, 1);
    return [n.node("Sigmoid", [n.node("Pad", [x, pads, n.floats([], [-3])])])];
  }, () => ({ low: 0, high: 1 }));
  assert.equal(numbers.get("input0")?.scale, Math.fround(4 / 127));
});

Deno.test("chooseNumbers() gives logits theirs, also where they are parts of one convolution", () => {
  const make = (n: OnnxNetwork) =>
    n.nodes("Split", [conv(n, n.input([1, 4, 4, 4]))], { axis: 1 }, 2);
  const { numbers } = numbersIn(make, byName, ["split_1_0", "split_1_1"]);
  assert.deepEqual(numbers.get("conv_0"), LOGITS);
});

Deno.test("chooseNumbers() says where a network cannot be cut, and which range is not known", () => {
  const make = (n: OnnxNetwork) => [n.node("Sigmoid", [conv(n, n.input([1, 4, 4, 4]))])];
  const { graph } = numbersIn(make, () => ({ low: 0, high: 1 }));
  const [last] = graph.outputs;
  assert.throws(() => numbersIn(make, byName, [last]), /Cannot cut the network at .* convolution/);
  assert.throws(
    () => numbersIn(make, () => undefined),
    /Cannot quantize input0: .*Calibrate .*--fp32/,
  );
});
