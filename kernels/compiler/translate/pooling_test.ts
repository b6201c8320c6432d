import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";

const RUNS = { seed: 4, numRuns: 100 } as const;

const small = (min: number, max: number) => fc.integer({ min, max });

const pool = (axes: number) =>
  fc.record({
    op: fc.constantFrom("MaxPool", "AveragePool"),
    size: fc.array(small(1, 8), { minLength: axes, maxLength: axes }),
    kernel: fc.array(small(1, 4), { minLength: axes, maxLength: axes }),
    strides: fc.array(small(1, 3), { minLength: axes, maxLength: axes }),
    dilations: fc.array(small(1, 2), { minLength: axes, maxLength: axes }),
    pads: fc.array(small(0, 3), { minLength: axes * 2, maxLength: axes * 2 }),
    ceil: small(0, 1),
    countPadding: small(0, 1),
    autoPad: fc.constantFrom("NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"),
  });

type Pool = ReturnType<typeof pool> extends fc.Arbitrary<infer T> ? T : never;

/** ONNX's shape inference drops windows that begin behind the input since then, as its runtimes do. */
const OPSET = 22;

/** onnxruntime refuses dilations with SAME. */
function dilationsOf({ dilations, autoPad }: Pool): readonly number[] | undefined {
  return autoPad === "NOTSET" ? dilations : undefined;
}

function padsOf({ pads, kernel, autoPad }: Pool): number[] | undefined {
  if (autoPad !== "NOTSET") return undefined;
  return pads.map((pad, edge) => Math.min(pad, kernel[edge % kernel.length] - 1));
}

function fits(pool: Pool): boolean {
  const { size, kernel, strides, autoPad } = pool;
  const pads = padsOf(pool);
  return size.every((length, axis) => {
    const dilation = dilationsOf(pool)?.[axis] ?? 1;
    const before = pads?.[axis] ?? 0;
    const room = length + before + (pads?.[axis + size.length] ?? 0) -
      (kernel[axis] - 1) * dilation - 1;
    const windows = Math.max(0, Math.ceil(room / strides[axis])) + 1;
    const starts = Array.from({ length: windows }, (_, k) => k * strides[axis] - before);
    const seesPixels = starts.filter((start) => start < length).every((start) =>
      Array.from({ length: kernel[axis] }, (_, tap) => start + tap * dilation)
        .some((at) => at >= 0 && at < length)
    );
    // onnxruntime cannot run SAME with gaps between the windows.
    if (autoPad.startsWith("SAME")) return kernel[axis] >= strides[axis];
    return room >= 0 && seesPixels;
  });
}

for (const axes of [1, 2]) {
  Deno.test(`MaxPool and AveragePool of ${axes} axes are what onnxruntime computes, any window`, async () => {
    await fc.assert(
      fc.asyncProperty(pool(axes).filter(fits), async (pool) => {
        const network = new OnnxNetwork(OPSET);
        const output = network.node(pool.op, [network.input([1, 3, ...pool.size])], {
          kernel_shape: pool.kernel,
          strides: pool.strides,
          dilations: dilationsOf(pool),
          pads: padsOf(pool),
          auto_pad: pool.autoPad === "NOTSET" ? undefined : pool.autoPad,
          // With auto_pad, versions of ONNX disagree about rounding up.
          ceil_mode: pool.autoPad === "NOTSET" ? pool.ceil : 0,
          count_include_pad: pool.op === "AveragePool" ? pool.countPadding : undefined,
        });
        await assertSameAsOnnxRuntime(network, [output]);
      }),
      RUNS,
    );
  });
}

for (const op of ["GlobalMaxPool", "GlobalAveragePool"]) {
  Deno.test(`${op} sees all of an image and of a sequence`, async () => {
    for (const size of [[5, 3], [1, 1], [7]]) {
      const network = new OnnxNetwork();
      const output = network.node(op, [network.input([1, 4, ...size])]);
      await assertSameAsOnnxRuntime(network, [output]);
    }
  });
}

Deno.test("MaxPool refuses its second output, if it is needed", () => {
  const network = new OnnxNetwork();
  const attributes = { kernel_shape: [2, 2] };
  const [output, indices] = network.nodes("MaxPool", [network.input([1, 1, 4, 4])], attributes, 2);
  assert.doesNotThrow(() => importOnnx(network.encode([output])));
  assert.throws(
    () => importOnnx(network.encode([output, indices])),
    /op MaxPool.*with its output maxpool_0_1/,
  );
});

Deno.test("a window that sees nothing but padding is refused", () => {
  const network = new OnnxNetwork();
  const output = network.node("MaxPool", [network.input([1, 1, 1, 3])], {
    kernel_shape: [2, 2],
    dilations: [2, 1],
    pads: [1, 0, 1, 0],
  });
  assert.throws(() => importOnnx(network.encode([output])), /op MaxPool.*nothing but padding/);
});
