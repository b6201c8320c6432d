import assert from "node:assert/strict";
import { noise } from "../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../tests/fixtures/onnx_network.ts";
import { countOf } from "./constant_tensor.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { interpretGraph } from "./graph_interpreter.ts";
import { importOnnx } from "./import_onnx.ts";
import { type OnnxAttribute, OnnxType } from "./onnx_schema.ts";
import { TRANSLATORS } from "./translate/translators.ts";

/** A network of most ops, small enough that every byte is likely to be hit. */
function manyOps(): Uint8Array {
  const network = new OnnxNetwork();
  const image = network.input([1, 2, 6, 6]);
  const weights = network.floats([4, 2, 3, 3], noise(1, 72));
  const conv = network.node("Conv", [image, weights], { pads: [1, 1, 1, 1], strides: [2, 2] });
  const active = network.node("Clip", [conv, network.floats([], [0]), network.floats([], [6])]);
  const pooled = network.node("MaxPool", [active], { kernel_shape: [2, 2], ceil_mode: 1 });
  const scales = network.floats([4], [1, 1, 2, 2]);
  const large = network.node("Resize", [pooled, "", scales], { mode: "linear" });
  const upward = network.node(
    "ConvTranspose",
    [pooled, network.floats([4, 1, 2, 2], noise(2, 16))],
    {
      strides: [2, 2],
      group: 4,
    },
  );
  const joined = network.node("Concat", [large, upward], { axis: 1 });
  const padded = network.node("Pad", [joined, network.integers(0, 0, 1, 0, 0, 0, 0, 1)]);
  const [half] = network.nodes("Split", [padded], { axis: 1 }, 2);
  const cut = network.node("Slice", [
    half,
    network.integers(0),
    network.integers(4),
    network.integers(2),
  ]);
  const shape = network.node("Shape", [cut]);
  const batch = network.node("Gather", [shape, network.integers(0)]);
  const target = network.node("Concat", [batch, network.integers(-1)], { axis: 0 });
  const flat = network.node("Reshape", [cut, target]);
  const gemm = network.node("Gemm", [flat, network.floats([80, 3], noise(3, 240))]);
  const steps = [
    network.floats([], [0.1]),
    network.constant(OnnxType.UINT8, [], Uint8Array.of(128)),
  ];
  const quantized = network.node("QuantizeLinear", [gemm, ...steps]);
  const real = network.node("DequantizeLinear", [quantized, ...steps]);
  const mean = network.node("ReduceMean", [padded], { axes: [2, 3], keepdims: 0 });
  const tiled = network.node("Tile", [mean, network.integers(1, 2)]);
  return network.encode([network.node("Softmax", [real]), tiled]);
}

const MUTANTS = 2000;
/** Of one file; a hang would be minutes. */
const LIMIT_MS = 5000;

/** Imports the bytes; what is thrown must be a plain `Error` that says what cannot be compiled. */
function assertImportsOrExplains(bytes: Uint8Array, what: string): boolean {
  const start = performance.now();
  try {
    assertRuns(importOnnx(bytes), what);
    return true;
  } catch (cause) {
    if (cause instanceof assert.AssertionError) throw cause;
    assert.ok(cause instanceof Error && cause.constructor === Error, what);
    assert.match(cause.message, /^Cannot compile /s, what);
    // Such as "undefined is not a function": a guard is missing.
    assert.equal(
      cause.cause instanceof Error && cause.cause.constructor,
      Error,
      `${what}: ${cause.cause}`,
    );
    return false;
  } finally {
    assert.ok(performance.now() - start < LIMIT_MS, `${what} takes too long`);
  }
}

/** Runs the graph, if it is small, to see that its shapes hold. */
function assertRuns(graph: Graph, what: string): void {
  const shapes = [...graph.shapes.values()];
  assert.ok(shapes.every((shape) => shape.every((size) => size >= 0)), what);
  const elements = shapes.reduce((sum, shape) => sum + countOf(shape), 0);
  if (elements > 20_000 || graph.nodes.some(isSlow)) return;
  const inputs = graph.inputs.map((name) => {
    return [name, new Float32Array(countOf(graph.shapes.get(name) ?? []))] as const;
  });
  assert.doesNotThrow(() => interpretGraph(graph, Object.fromEntries(inputs)), what);
}

function isSlow(node: GraphNode): boolean {
  return "kernel" in node && node.kernel[0] * node.kernel[1] > 100;
}

/** Numbers from 0 to `below` − 1. */
function draws(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

Deno.test("importOnnx() of a damaged file throws an Error that says so, or gives a graph", () => {
  const bytes = manyOps();
  assert.ok(assertImportsOrExplains(bytes, "the file itself"));
  const draw = draws(1);
  let graphs = 0;
  for (let mutant = 0; mutant < MUTANTS; mutant++) {
    const damaged = bytes.slice();
    for (let change = draw(3); change >= 0; change--) {
      const at = draw(bytes.length);
      damaged[at] = draw(2) ? draw(256) : damaged[at] ^ (1 << draw(8));
    }
    if (assertImportsOrExplains(damaged, `mutant ${mutant}`)) graphs++;
  }
  assert.ok(graphs > MUTANTS / 20 && graphs < MUTANTS, `${graphs} mutants still were networks`);
});

Deno.test("importOnnx() of a file cut anywhere throws an Error that says so, or gives a graph", () => {
  const bytes = manyOps();
  for (let length = 0; length < bytes.length; length += 3) {
    assertImportsOrExplains(bytes.subarray(0, length), `${length} bytes`);
  }
});

const OPS = [
  ...TRANSLATORS.keys(),
  "Shape",
  "Size",
  "Range",
  "ConstantOfShape",
  "Where",
  "Equal",
  "Floor",
];
const ATTRIBUTES: Readonly<Record<string, readonly OnnxAttribute[]>> = {
  axis: [0, 1, 2, -1, 9],
  kernel_shape: [[2, 2], [3], [0, 1]],
  strides: [[2, 1], [2], [0, 0]],
  pads: [[1, 1, 1, 1], [0, 1], [-1, 0, 0, 0]],
  group: [2, 0],
  auto_pad: ["SAME_UPPER", "VALID", "SOMETIMES"],
  axes: [[0], [2, 3], [7]],
  perm: [[0, 2, 1], [0, 2, 3, 1], [0, 0]],
  mode: ["linear", "CRD", "cubic"],
  scales: [{ floats: [1, 1, 2, 2] }, { floats: [1, 1, 1e9, 1] }],
  blocksize: [2, 0],
  to: [1, 7, 99],
  alpha: [{ float: 0.3 }, 1],
};
const VECTORS = [[0], [1], [-1], [2, 3], [0, -1], [1, 4, 4, 4], [0, 0, 1, 1, 0, 0, 1, 1], [
  100_000,
  100_000,
], []];
const SHAPES = [[], [4], [3], [0], [4, 4, 1, 1], [4, 2, 3, 3], [4, 1, 2, 2], [8, 4], [4, 4, 3], [
  4,
  1,
  1,
]];

/** A few nodes of any ops, wired at random: mostly nonsense. */
function randomNetwork(draw: (below: number) => number): Uint8Array {
  const pick = <T>(from: readonly T[]) => from[draw(from.length)];
  const network = new OnnxNetwork(pick([7, 9, 10, 11, 13, 17, 18, 20]));
  const values = [[1, 4, 4, 4], [1, 4, 6], [1, 8]].map((shape) => network.input(shape));
  const constants = [
    ...VECTORS.map((vector) => network.integers(...vector)),
    ...SHAPES.map((shape) => network.floats(shape, noise(1, countOf(shape), 0.5, 2))),
  ];
  for (let nodes = draw(6); nodes >= 0; nodes--) {
    const others = Array.from(
      { length: draw(4) },
      () => pick(draw(4) ? constants : [...values, ""]),
    );
    const attributes = Object.entries(ATTRIBUTES).filter(() => draw(8) === 0)
      .map(([name, choices]) => [name, pick(choices)]);
    const inputs = [pick(draw(5) ? values : constants), ...others];
    values.push(
      ...network.nodes(pick(OPS), inputs, Object.fromEntries(attributes), 1 + draw(8) % 2),
    );
  }
  return network.encode([values.at(-1) ?? ""]);
}

Deno.test("importOnnx() of nonsense throws an Error that says so, or gives a graph", () => {
  const draw = draws(2);
  let graphs = 0;
  for (let network = 0; network < MUTANTS; network++) {
    if (assertImportsOrExplains(randomNetwork(draw), `network ${network}`)) graphs++;
  }
  assert.ok(graphs > MUTANTS / 20 && graphs < MUTANTS, `${graphs} networks made sense`);
});
