import { activationParams } from "../activation_f32/activation_params.ts";
import { type Dispatch, type GpuLayout, type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { placeParams, strideBytes } from "../gpu/params.ts";
import type { ConvF32Op, Plan } from "../plan.ts";
import { f32Grid, f32TilesByCost } from "./f32_tiles.ts";
import { isPointwise, isSameGrid } from "./op.ts";
import { isDepthwiseF32 } from "./pack.ts";
import { shapeOf } from "./reference.ts";

/** Products that a tile brings at a time: with the largest tile 8 KiB of workgroup memory. */
const STEP = 16;

export const convF32Gpu: GpuOp<ConvF32Op> = {
  dispatches(op, memory) {
    const { tensors } = memory.plan;
    const isDepthwise = isDepthwiseF32(shapeOf(op, tensors[op.input], tensors[op.output]));
    return [isDepthwise ? depthwise(op, memory) : tiled(op, memory)];
  },
};

function tiled(op: ConvF32Op, memory: GpuLayout): Dispatch {
  const { plan } = memory;
  const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
  const [inputs, outputs] = [input.channels / op.groups, output.channels / op.groups];
  const depth = op.kernel[0] * op.kernel[1] * inputs;
  const size = { pixels: output.height * output.width, outputs, groups: op.groups, depth };
  const layer = `conv_f32 ${size.pixels} ${outputs} ${op.groups} ${depth}`;
  const tile = memory.tiles.choose(layer, f32TilesByCost(size));
  return {
    shader: "conv_f32/conv_f32",
    constants: {
      PIXEL_QUADS: tile.pixelQuads,
      OUTPUT_QUADS: tile.outputQuads,
      STEP,
      POINTWISE: isPointwise(op) && isSameGrid(input, output),
    },
    sharesWords: false,
    params: [
      ...gridParams(op, plan),
      ...[inputs, outputs, depth, op.weights],
      memory.addConstants(
        `taps of floats ${op.kernel} ${op.dilation} ${inputs}`,
        () => taps(op, inputs),
      ),
      op.bias,
      ...activationParams(op.activation, plan),
    ],
    workgroups: f32Grid(tile, size),
  };
}

function depthwise(op: ConvF32Op, { plan }: GpuLayout): Dispatch {
  const { height, width, channels } = plan.tensors[op.output];
  return {
    shader: "conv_f32/depthwise_f32",
    sharesWords: false,
    params: [
      ...gridParams(op, plan),
      channels,
      ...op.kernel,
      ...op.dilation,
      ...[op.weights, op.bias],
      ...activationParams(op.activation, plan),
    ],
    workgroups: gridOf(height * width * channels),
  };
}

/** Both tensors, and where windows lie: what both shaders begin with. */
function gridParams(op: ConvF32Op, { tensors }: Plan): number[] {
  const [input, output] = [tensors[op.input], tensors[op.output]];
  return [
    ...[input.offset, input.height, input.width, strideBytes(input)],
    ...[output.offset, output.width, output.height * output.width, strideBytes(output)],
    ...placeParams(op),
    ...op.upsample,
  ];
}

/** For each product of a sum: its tap's row and column from the window's first, its input's first byte. */
function taps({ kernel, dilation }: ConvF32Op, inputs: number): Int32Array {
  const words: number[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      for (let input = 0; input < inputs; input++) {
        words.push(row * dilation[0], column * dilation[1], 4 * input);
      }
    }
  }
  return Int32Array.from(words);
}
