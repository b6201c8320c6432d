import assert from "node:assert/strict";
import { decodeOnnx } from "./onnx_reader.ts";
import { encodeOnnx, MODEL_MESSAGE, type OnnxModel, OnnxType } from "./onnx_schema.ts";

const MODEL: OnnxModel = {
  name: "everything",
  opset: 15,
  nodes: [{
    name: "first",
    opType: "Fancy",
    domain: "com.example",
    inputs: ["x", "", "w"],
    outputs: ["y"],
    attributes: {
      int: -3,
      ints: [1, -(2 ** 40)],
      float: { float: 0.5 },
      floats: { floats: [1, -2.5] },
      text: "hello",
      texts: { strings: ["a", "ä"] },
      tensor: {
        tensor: { name: "tensor", type: OnnxType.INT8, shape: [2], bytes: Uint8Array.of(1, 255) },
      },
    },
  }],
  initializers: [
    { name: "w", type: OnnxType.FLOAT16, shape: [1, 2], bytes: Uint8Array.of(0, 1, 2, 3) },
    { name: "empty", type: OnnxType.FLOAT, shape: [0], bytes: new Uint8Array() },
  ],
  inputs: [{ name: "x", shape: [1, "width", ""], type: OnnxType.UINT8 }],
  outputs: [{ name: "y", shape: [1] }],
  metadata: { licence: "Apache-2.0" },
};

Deno.test("decodeOnnx() gives back all that encodeOnnx() wrote", () => {
  const { initializers, nodes, ...rest } = decodeOnnx(encodeOnnx(MODEL));
  assert.deepEqual({
    ...rest,
    nodes: withPlainBytes(nodes),
    initializers: withPlainBytes(initializers),
  }, MODEL);
});

/** Byte arrays may be parts of the file's. */
function withPlainBytes<T>(value: T): T {
  return structuredClone(value, {});
}

/** Bytes of a model whose only initializer is `tensor`, in the messages' own terms. */
function fileWith(tensor: Readonly<Record<string, unknown>>): Uint8Array {
  const content = {
    opsetImport: [{ version: 17 }],
    graph: { initializer: [{ name: "w", ...tensor }] },
  };
  return MODEL_MESSAGE.encode(content).finish();
}

Deno.test("decodeOnnx() reads elements that are not in raw_data", () => {
  for (
    const [tensor, bytes] of [
      [{ dataType: OnnxType.FLOAT, floatData: [1] }, [0, 0, 128, 63]],
      [{ dataType: OnnxType.DOUBLE, doubleData: [1] }, [0, 0, 0, 0, 0, 0, 240, 63]],
      [{ dataType: OnnxType.INT64, int64Data: [-2] }, [254, 255, 255, 255, 255, 255, 255, 255]],
      [{ dataType: OnnxType.INT32, int32Data: [-2] }, [254, 255, 255, 255]],
      [{ dataType: OnnxType.INT8, int32Data: [-2] }, [254]],
      [{ dataType: OnnxType.FLOAT16, int32Data: [0x3c01] }, [1, 0x3c]],
      [{ dataType: OnnxType.UINT32, uint64Data: [2 ** 32 - 1] }, [255, 255, 255, 255]],
      [{ dataType: OnnxType.BOOL, int32Data: [1] }, [1]],
    ] as const
  ) {
    const [initializer] = decodeOnnx(fileWith({ dims: [1], ...tensor })).initializers;
    assert.deepEqual([...initializer.bytes], [...bytes]);
  }
});

Deno.test("decodeOnnx() refuses tensors whose bytes and shape do not agree", () => {
  const type = { dataType: OnnxType.FLOAT, rawData: new Uint8Array(12) };
  assert.throws(() => decodeOnnx(fileWith({ ...type, dims: [2] })), /w has 12 bytes.*of \[2\]/);
  assert.throws(() => decodeOnnx(fileWith({ ...type, dims: [2 ** 40, 2 ** 40] })), /cannot be/);
  assert.throws(() => decodeOnnx(fileWith({ ...type, dims: [-3] })), /cannot be/);
  assert.throws(() => decodeOnnx(fileWith({ dims: [1], dataType: 8 })), /w has elements of type 8/);
});

Deno.test("decodeOnnx() says that external data and sparse tensors are not there", () => {
  assert.throws(
    () => decodeOnnx(fileWith({ dataLocation: 1 })),
    /w are in another file.*as one file/,
  );
  const sparse = {
    opsetImport: [{ version: 17 }],
    graph: { sparseInitializer: [new Uint8Array(2)] },
  };
  assert.throws(() => decodeOnnx(MODEL_MESSAGE.encode(sparse).finish()), /sparse/);
});

Deno.test("decodeOnnx() refuses what is no ONNX file", () => {
  assert.throws(
    () => decodeOnnx(new TextEncoder().encode("<!doctype html>")),
    /damaged, or no ONNX/,
  );
  assert.throws(() => decodeOnnx(new Uint8Array()), /no ONNX graph/);
  assert.throws(() => decodeOnnx(encodeOnnx(MODEL).slice(0, -20)), /damaged, or no ONNX/);
});
