import assert from "node:assert/strict";
import { assertSameAsOnnxRuntime, noise } from "../../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../../tests/fixtures/onnx_network.ts";
import { importOnnx } from "../import_onnx.ts";
import { OnnxType } from "../onnx_schema.ts";

/** Adds a constant to a fresh value, so that onnxruntime says what it is. */
async function assertFolded(
  make: (network: OnnxNetwork) => string,
  shape: readonly number[],
  opset?: number,
): Promise<void> {
  const network = new OnnxNetwork(opset);
  const floats = network.node("Cast", [make(network)], { to: OnnxType.FLOAT });
  const output = network.node("Add", [network.input([1, ...shape]), floats]);
  await assertSameAsOnnxRuntime(network, [output]);
}

const vector = (network: OnnxNetwork, seed: number) => network.floats([5], noise(seed, 5, 0.5, 3));

Deno.test("arithmetic on constants is onnxruntime's", async () => {
  for (const op of ["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum"]) {
    await assertFolded((network) => network.node(op, [vector(network, 1), vector(network, 2)]), [
      5,
    ]);
  }
  for (
    const op of [
      "Neg",
      "Abs",
      "Sign",
      "Floor",
      "Ceil",
      "Round",
      "Sqrt",
      "Exp",
      "Log",
      "Reciprocal",
      "Relu",
    ]
  ) {
    await assertFolded((network) => network.node(op, [vector(network, 1)]), [5]);
  }
});

Deno.test("halves are rounded to even integers, as onnxruntime does", async () => {
  await assertFolded(
    (network) => network.node("Round", [network.floats([6], [-1.5, -0.5, 0.5, 1.5, 2.5, 2.6])]),
    [6],
  );
});

Deno.test("arithmetic on integer constants is onnxruntime's: divisions are cut, remainders signed", async () => {
  const operands = (network: OnnxNetwork) => [
    network.integers(-7, 7, -8, 8, 9),
    network.integers(2, -2, 3, -3, 3),
  ];
  await assertFolded((network) => network.node("Div", operands(network)), [5]);
  await assertFolded((network) => network.node("Mod", operands(network)), [5]);
  await assertFolded((network) => network.node("Mod", operands(network), { fmod: 1 }), [5]);
});

Deno.test("comparisons and choices on constants are onnxruntime's", async () => {
  const operands = (network: OnnxNetwork) => [network.integers(1, 2, 3), network.integers(3, 2, 1)];
  for (const op of ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"]) {
    await assertFolded((network) => network.node(op, operands(network)), [3]);
    await assertFolded((network) => network.node("Not", [network.node(op, operands(network))]), [
      3,
    ]);
    await assertFolded((network) => {
      const condition = network.node(op, operands(network));
      return network.node("Where", [condition, ...operands(network)]);
    }, [3]);
  }
  await assertFolded((network) => {
    const [a, b] = operands(network);
    const less = network.node("Less", [a, b]);
    const equal = network.node("Equal", [a, b]);
    return network.node("Xor", [
      network.node("Or", [less, equal]),
      network.node("And", [less, less]),
    ]);
  }, [3]);
});

Deno.test("constants are moved as onnxruntime moves them", async () => {
  const matrix = (network: OnnxNetwork) => network.floats([2, 3], noise(1, 6));
  await assertFolded((network) => network.node("Transpose", [matrix(network)]), [3, 2]);
  await assertFolded((network) => network.node("Flatten", [matrix(network)], { axis: 0 }), [1, 6]);
  await assertFolded((network) => {
    return network.node("Reshape", [matrix(network), network.integers(3, -1)]);
  }, [3, 2]);
  await assertFolded((network) => {
    return network.node("Unsqueeze", [matrix(network), network.integers(1)]);
  }, [2, 1, 3]);
  await assertFolded((network) => {
    return network.node("Concat", [matrix(network), matrix(network)], { axis: 1 });
  }, [2, 6]);
  await assertFolded((network) => {
    const [starts, ends] = [network.integers(2), network.integers(-100)];
    return network.node("Slice", [
      matrix(network),
      starts,
      ends,
      network.integers(1),
      network.integers(-1),
    ]);
  }, [2, 3]);
  await assertFolded((network) => {
    return network.node("Gather", [matrix(network), network.integers(-1, 0)], { axis: 1 });
  }, [2, 2]);
  await assertFolded((network) => {
    return network.node("Tile", [matrix(network), network.integers(2, 3)]);
  }, [4, 9]);
  await assertFolded((network) => {
    return network.node("Expand", [matrix(network), network.integers(4, 1, 3)]);
  }, [4, 2, 3]);
  await assertFolded((network) => network.nodes("Split", [matrix(network)], { axis: 1 }, 3)[1], [
    2,
    1,
  ]);
});

Deno.test("reductions of constants are onnxruntime's", async () => {
  for (const op of ["ReduceSum", "ReduceMean", "ReduceProd", "ReduceMax", "ReduceMin"]) {
    await assertFolded(
      (network) => {
        const input = network.floats([2, 3, 2], noise(1, 12));
        return network.node(op, [input, network.integers(0, -1)], { keepdims: 0 });
      },
      [3],
      18,
    );
  }
});

Deno.test("constants of every kind are read", async () => {
  await assertFolded((network) => {
    const range = [0, 10, 3].map((value) => network.node("Constant", [], { value_int: value }));
    return network.node("Range", range);
  }, [4]);
  await assertFolded((network) => network.node("Constant", [], { value_ints: [3, 4] }), [2]);
  await assertFolded(
    (network) => network.node("Constant", [], { value_floats: { floats: [0.5, 4] } }),
    [2],
  );
  await assertFolded((network) => network.node("Constant", [], { value_float: { float: 0.5 } }), [
    2,
  ]);
  await assertFolded((network) => {
    const value = {
      name: "",
      type: OnnxType.INT64,
      shape: [1],
      bytes: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0),
    };
    return network.node("ConstantOfShape", [network.integers(2, 2)], { value: { tensor: value } });
  }, [2, 2]);
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x3555);
  await assertFolded((network) => {
    const wide = network.node("Cast", [network.constant(OnnxType.FLOAT16, [6], halves)], { to: 1 });
    return network.node("Mul", [wide, network.floats([], [2 ** 24])]);
  }, [6]);
  await assertFolded(
    (network) => network.constant(OnnxType.DOUBLE, [2], Float64Array.of(0.1, -3)),
    [2],
  );
  await assertFolded((network) => network.constant(OnnxType.BOOL, [2], Uint8Array.of(1, 0)), [2]);
  await assertFolded((network) => network.constant(OnnxType.INT32, [2], Int32Array.of(-5, 9)), [2]);
});

Deno.test("a shape computed as PyTorch exports it is folded", async () => {
  const network = new OnnxNetwork();
  const input = network.input([1, 6, 4, 5]);
  const sizeOf = (axis: number) => {
    const size = network.node("Gather", [
      network.node("Shape", [input]),
      network.node("Constant", [], {
        value_int: axis,
      }),
    ]);
    return network.node("Unsqueeze", [size, network.integers(0)]);
  };
  const half = network.node("Div", [sizeOf(1), network.integers(2)]);
  const target = network.node("Concat", [
    sizeOf(0),
    half,
    network.integers(2),
    network.integers(-1),
  ], {
    axis: 0,
  });
  const graph = await assertSameAsOnnxRuntime(network, [network.node("Reshape", [input, target])]);
  assert.deepEqual([...graph.shapes.values()].at(-1), [1, 3, 2, 20]);
  assert.equal(graph.nodes.length, 1);
});

Deno.test("a constant that would fill the memory is refused", () => {
  const network = new OnnxNetwork();
  const huge = network.node("ConstantOfShape", [network.integers(100_000, 100_000)]);
  const output = network.node("Add", [network.input([1]), huge]);
  assert.throws(
    () => importOnnx(network.encode([output])),
    /op ConstantOfShape\) would make a constant of shape \[100000,100000\]/,
  );
});

Deno.test("an output that does not depend on the inputs is refused", () => {
  const network = new OnnxNetwork();
  network.input([1]);
  const output = network.node("Neg", [network.floats([1], [1])]);
  assert.throws(
    () => importOnnx(network.encode([output])),
    /output neg_0 does not depend on the inputs/,
  );
});
