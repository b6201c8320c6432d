import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import type { ConvNode, Graph, GraphNode } from "../graph.ts";
import { importOnnx } from "../import_onnx.ts";

const RUNS = { seed: 3, numRuns: 80 } as const;

const small = (min: number, max: number) => fc.integer({ min, max });

const window = (axes: number) =>
  fc.record({
    groups: small(1, 3),
    depth: small(1, 3),
    each: small(1, 3),
    size: fc.array(small(1, 7), { minLength: axes, maxLength: axes }),
    kernel: fc.array(small(1, 4), { minLength: axes, maxLength: axes }),
    strides: fc.array(small(1, 3), { minLength: axes, maxLength: axes }),
    dilations: fc.array(small(1, 2), { minLength: axes, maxLength: axes }),
    pads: fc.array(small(0, 3), { minLength: axes * 2, maxLength: axes * 2 }),
    hasBias: fc.boolean(),
    autoPad: fc.constantFrom("NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"),
  });

type Window = ReturnType<typeof window> extends fc.Arbitrary<infer T> ? T : never;

function fits({ size, kernel, dilations, pads, autoPad }: Window): boolean {
  return size.every((length, axis) => {
    const pad = autoPad === "NOTSET" ? pads[axis] + pads[axis + size.length] : 0;
    const extent = (kernel[axis] - 1) * dilations[axis] + 1;
    return autoPad.startsWith("SAME") || length + pad >= extent;
  });
}

function convolution(window: Window): OnnxNetwork {
  const { groups, depth, each, size, kernel, strides, dilations, pads, hasBias, autoPad } = window;
  const network = new OnnxNetwork();
  const shape = [groups * each, depth, ...kernel];
  const weights = network.floats(shape, noise(1, shape.reduce((a, b) => a * b)));
  const bias = hasBias ? [network.floats([groups * each], noise(2, groups * each))] : [];
  // onnxruntime refuses dilations with SAME.
  const dilation = autoPad.startsWith("SAME") ? {} : { dilations };
  const placed = autoPad === "NOTSET" ? { pads } : { auto_pad: autoPad };
  network.node("Conv", [network.input([1, groups * depth, ...size]), weights, ...bias], {
    group: groups,
    strides,
    ...dilation,
    ...placed,
  });
  return network;
}

/** The windows of every convolution are as many as fit on its input with the padding. */
function assertFills({ nodes, shapes }: Graph): void {
  for (const node of nodes.filter(isConv)) {
    const [, , ...input] = shapes.get(node.inputs[0]) ?? [];
    const [, , ...output] = shapes.get(node.output) ?? [];
    assert.deepEqual(output, input.map((size, axis) => windowsOn(node, axis, size)));
  }
}

function isConv(node: GraphNode): node is ConvNode {
  return node.kind === "conv";
}

function windowsOn(node: ConvNode, axis: number, input: number): number {
  const stuffed = (input - 1) * node.upsample[axis] + 1;
  const room = stuffed + node.padding[axis] + node.padding[axis + 2];
  const extent = (node.kernel[axis] - 1) * node.dilation[axis] + 1;
  return Math.floor((room - extent) / node.stride[axis]) + 1;
}

for (const axes of [1, 2]) {
  Deno.test(`Conv of ${axes} axes is what onnxruntime computes, any window`, async () => {
    await fc.assert(
      fc.asyncProperty(window(axes).filter(fits), async (window) => {
        assertFills(await assertSameAsOnnxRuntime(convolution(window), ["conv_0"]));
      }),
      RUNS,
    );
  });

  Deno.test(`ConvTranspose of ${axes} axes is what onnxruntime computes, any window`, async () => {
    const cases = fc.tuple(
      window(axes),
      fc.array(small(0, 1), { minLength: axes, maxLength: axes }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([window, more]) => {
        const network = transposed(window, more);
        if (network) assertFills(await assertSameAsOnnxRuntime(network, ["convtranspose_0"]));
      }),
      RUNS,
    );
  });
}

function transposed(window: Window, more: readonly number[]): OnnxNetwork | undefined {
  const { groups, depth, each, size, kernel, strides, dilations, pads, hasBias, autoPad } = window;
  const network = new OnnxNetwork();
  const reach = kernel.map((length, axis) => (length - 1) * dilations[axis]);
  const axes = size.length;
  const outputPadding = more.map((pad, axis) => Math.min(pad, strides[axis] - 1));
  const trimmed = pads.map((pad, edge) => Math.min(pad, reach[edge % axes]));
  const isSensible = size.every((length, axis) =>
    (length - 1) * strides[axis] + reach[axis] + 1 - trimmed[axis] - trimmed[axis + axes] > 0 &&
    reach[axis] + 1 >= strides[axis]
  );
  if (!isSensible) return undefined;
  const shape = [groups * depth, each, ...kernel];
  const weights = network.floats(shape, noise(1, shape.reduce((a, b) => a * b)));
  const bias = hasBias ? [network.floats([groups * each], noise(2, groups * each))] : [];
  const placed = autoPad === "NOTSET"
    ? { pads: trimmed, output_padding: outputPadding }
    : { auto_pad: autoPad };
  network.node("ConvTranspose", [network.input([1, groups * depth, ...size]), weights, ...bias], {
    group: groups,
    strides,
    dilations,
    ...placed,
  });
  return network;
}

Deno.test("ConvTranspose makes the output_shape that it is told to", async () => {
  const network = new OnnxNetwork();
  const weights = network.floats([2, 3, 3, 3], noise(1, 54));
  network.node("ConvTranspose", [network.input([1, 2, 4, 5]), weights], {
    strides: [2, 2],
    output_shape: [8, 10],
  });
  const graph = await assertSameAsOnnxRuntime(network, ["convtranspose_0"]);
  assert.deepEqual(graph.shapes.get("convtranspose_0"), [1, 3, 8, 10]);
});

Deno.test("Conv refuses weights that are computed, and says which node has them", () => {
  const network = new OnnxNetwork();
  const image = network.input([1, 2, 3, 3]);
  network.node("Conv", [image, network.node("Relu", [image])]);
  assert.throws(
    () => importOnnx(network.encode(["conv_1"])),
    /Cannot compile small: node node_conv_1 \(op Conv\) is not supported with weights that are computed/,
  );
});
