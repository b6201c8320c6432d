import type { PlanPort } from "../plan.ts";
import { type GridAxes, spatialAxes } from "./layout.ts";
import { isFloat, type Lowering } from "./lowering.ts";
import { quantizeValue } from "./numbers.ts";
import type { ImageInput } from "./options.ts";
import { FLOATS, type Numbers } from "./plan_builder.ts";

const PIXEL_VALUES = 256;

/** Makes the graph's inputs what its nodes read; returns the plan's inputs. */
export function graphInputs(lowering: Lowering, image: ImageInput | undefined): PlanPort[] {
  const { inputs } = lowering.graph;
  if (image && inputs.length !== 1) {
    throw new Error(`Cannot feed frames: the network has ${inputs.length} inputs, not one`);
  }
  return inputs.map((name) =>
    image ? imageInput(lowering, name, image) : tensorInput(lowering, name)
  );
}

function tensorInput(lowering: Lowering, name: string): PlanPort {
  const shape = lowering.shape(name);
  const given = lowering.freshPort(shape, FLOATS);
  const port = lowering.port(name, given);
  const numbers = lowering.precision.numbersOf(name);
  if (isFloat(numbers)) {
    lowering.define(name, given);
    return port;
  }
  const quantized = lowering.freshPort(shape, numbers);
  const { tensors: [input, output] } = lowering.alike(name, given, quantized);
  const inverseScale = Math.fround(1 / numbers.scale);
  lowering.builder.op({ op: "quantize", input, output, inverseScale });
  lowering.define(name, quantized);
  return port;
}

function imageInput(lowering: Lowering, name: string, image: ImageInput): PlanPort {
  const shape = lowering.shape(name);
  const axes = imageAxes(name, shape, image);
  const numbers = lowering.precision.numbersOf(name);
  const stored = lowering.freshImage(shape, axes, numbers);
  lowering.builder.op({
    op: "image",
    output: lowering.operandOf(name, stored, axes).tensor,
    fit: image.fit,
    order: image.order,
    table: lowering.builder.constants.add(pixelTable(image, numbers)),
    fill: image.order.map(() => image.fill),
  });
  lowering.define(name, stored);
  return { name, shape: [0, 0, 4] };
}

/** Channels are the second axis, as in ONNX, or the last, as TensorFlow has them. */
function imageAxes(name: string, shape: readonly number[], { order }: ImageInput): GridAxes {
  const channels = order.length;
  if (shape.length === 4 && shape[1] === channels) return spatialAxes(shape);
  if (shape.length === 4 && shape[3] === channels) {
    return { rows: [0, 1], columns: [2], channels: [3] };
  }
  throw new Error(
    `Cannot feed frames: input ${name} has shape [${shape}], which is no picture of ${channels} channels`,
  );
}

/** Pixel value to network's number, channel by channel. */
function pixelTable(image: ImageInput, numbers: Numbers): Uint8Array | Float32Array {
  const reals = image.order.flatMap((_, channel) =>
    Array.from({ length: PIXEL_VALUES }, (_, value) => pixelReal(image, channel, value))
  );
  return isFloat(numbers)
    ? Float32Array.from(reals)
    : Uint8Array.from(reals, (real) => quantizeValue(real, numbers));
}

function pixelReal({ mean, deviation }: ImageInput, channel: number, value: number): number {
  return (value - mean[channel]) / deviation[channel];
}

/** All that pixels can become: what an input of frames needs no calibration for. */
export function imageRange(image: ImageInput): { readonly low: number; readonly high: number } {
  const ends = image.order.flatMap((_, channel) => [
    pixelReal(image, channel, 0),
    pixelReal(image, channel, PIXEL_VALUES - 1),
  ]);
  return { low: Math.min(...ends), high: Math.max(...ends) };
}
