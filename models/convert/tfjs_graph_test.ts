import assert from "node:assert/strict";
import { parseTfjsGraph } from "./tfjs_graph.ts";

function modelWith(changes: Record<string, unknown>): unknown {
  return {
    modelTopology: {
      node: [
        { name: "w", op: "Const" },
        { name: "y", op: "Sigmoid", input: ["w", "^control"] },
      ],
    },
    signature: { outputs: { y: { name: "y:0" } } },
    weightsManifest: [{
      paths: ["a", "b"],
      weights: [{ name: "w", shape: [3], dtype: "int32" }],
    }],
    ...changes,
  };
}

/** Three little-endian integers, cut in the middle of the second. */
const FILES: Readonly<Record<string, Uint8Array>> = {
  a: Uint8Array.of(1, 0, 0, 0, 2, 0),
  b: Uint8Array.of(0, 0, 255, 255, 255, 255),
};
const read = (path: string) => FILES[path];

Deno.test("parseTfjsGraph() joins weight files and leaves out control inputs", () => {
  const graph = parseTfjsGraph(modelWith({}), read);
  assert.deepEqual(graph.constants.get("w"), {
    shape: [3],
    elements: { type: "int", values: Int32Array.of(1, 2, -1) },
  });
  assert.deepEqual(graph.nodes.get("y")?.inputs, ["w"]);
  assert.deepEqual(graph.outputs, ["y"]);
});

Deno.test("parseTfjsGraph() tells what is wrong with a model", () => {
  const weights = (...entries: unknown[]) => [{ paths: ["a", "b"], weights: entries }];
  const cases: [unknown, RegExp][] = [
    [null, /Cannot read model/],
    ["text", /Cannot read model/],
    [modelWith({ modelTopology: {} }), /modelTopology.node: not a list/],
    [modelWith({ modelTopology: { node: [{ op: "Const" }] } }), /node name: not a text/],
    [modelWith({ signature: undefined }), /signature/],
    [modelWith({ weightsManifest: weights() }), /covers 0 of 12 bytes/],
    [
      modelWith({ weightsManifest: weights({ name: "w", shape: [4], dtype: "int32" }) }),
      /w ends behind the last byte/,
    ],
    [
      modelWith({ weightsManifest: weights({ name: "w", shape: [3], dtype: "complex64" }) }),
      /w: elements of type complex64/,
    ],
    [
      modelWith({
        weightsManifest: weights({
          name: "w",
          shape: [12],
          dtype: "float32",
          quantization: { dtype: "uint8" },
        }),
      }),
      /w: packed as uint8/,
    ],
    [
      modelWith({ weightsManifest: weights({ name: "w", shape: ["x"], dtype: "int32" }) }),
      /shape of w: not a number/,
    ],
  ];
  for (const [json, message] of cases) assert.throws(() => parseTfjsGraph(json, read), message);
});
