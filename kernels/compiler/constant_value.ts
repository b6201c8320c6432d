import { packConv } from "../conv/pack.ts";
import { packConvF32 } from "../conv_f32/pack.ts";
import type { TensorIndex } from "../plan.ts";
import { denseView, elementsIn, matrixAxes, plainOrder } from "./layout.ts";
import type { Lowering, Stored } from "./lowering.ts";
import { FLOATS, type Numbers } from "./plan_builder.ts";
import { quantizeValue } from "./numbers.ts";

/**
 * Constants that ops read as tensors must be in the arena, and no op puts them there but a convolution: its
 * bias, where the weights are 0.
 */

const ONE_PIXEL = {
  kernel: [1, 1],
  stride: [1, 1],
  dilation: [1, 1],
  padding: [0, 0],
  upsample: [1, 1],
  groups: 1,
} as const;

export function floatConstant(lowering: Lowering, name: string): Stored {
  const { data } = constantOf(lowering, name);
  if (isUniform(data)) return filled(lowering, name, FLOATS, data[0]);
  return byConvolution(lowering, name, FLOATS, (input, output) => {
    const { constants } = lowering.builder;
    const shape = { outputs: data.length, inputsPerGroup: 1, groups: 1, kernel: ONE_PIXEL.kernel };
    const weights = packConvF32({ ...shape, weights: new Float32Array(data.length) });
    lowering.builder.op({
      op: "conv_f32",
      input,
      output,
      ...ONE_PIXEL,
      weights: constants.add(weights),
      bias: constants.add(data),
      activation: { kind: "none" },
    });
  });
}

export function quantizedConstant(lowering: Lowering, name: string, numbers: Numbers): Stored {
  const data = constantOf(lowering, name).data.map((value) => quantizeValue(value, numbers));
  if (isUniform(data)) return filled(lowering, name, numbers, data[0]);
  return byConvolution(lowering, name, numbers, (input, output) => {
    const { constants } = lowering.builder;
    const shape = { outputs: data.length, inputsPerGroup: 1, groups: 1, kernel: ONE_PIXEL.kernel };
    const weights = packConv({ ...shape, weights: new Int8Array(data.length) });
    lowering.builder.op({
      op: "conv",
      input,
      output,
      ...ONE_PIXEL,
      weights: constants.add(weights),
      // (2q · 16384 + 16384) >> 15 is q.
      bias: constants.add(Int32Array.from(data, (q) => 2 * q)),
      multiplier: constants.add(new Int16Array(data.length).fill(16384)),
      shift: 0,
      zero: 0,
      low: 0,
      high: 127,
    });
  });
}

function byConvolution(
  lowering: Lowering,
  name: string,
  numbers: Numbers,
  run: (input: TensorIndex, output: TensorIndex) => void,
): Stored {
  const { data, shape } = constantOf(lowering, name);
  const axes = matrixAxes({ length: 1 });
  const nothing = lowering.fresh([1], axes, { ...numbers, scale: 1 });
  lowering.fill(name, nothing, 0);
  const list = lowering.fresh([data.length], axes, numbers);
  run(
    lowering.operandOf(name, nothing, axes).tensor,
    lowering.operandOf(name, list, axes).tensor,
  );
  return { ...list, view: denseView(shape, plainOrder(shape.length)) };
}

function filled(lowering: Lowering, name: string, numbers: Numbers, value: number): Stored {
  const { shape } = constantOf(lowering, name);
  const stored = lowering.freshPort(shape, numbers);
  lowering.fill(name, stored, value);
  return stored;
}

function constantOf(lowering: Lowering, name: string) {
  const constant = lowering.graph.constants.get(name);
  if (!constant || elementsIn(constant.shape) === 0) {
    throw new Error(`the constant ${name} is empty`);
  }
  return constant;
}

function isUniform(data: Float32Array): boolean {
  return data.every((value) => value === data[0]);
}
