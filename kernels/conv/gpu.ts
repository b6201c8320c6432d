import type { Dispatch, GpuLayout, GpuOp } from "../gpu/gpu_op.ts";
import { NONE } from "../gpu/gpu_op.ts";
import {
  isWhole,
  placeParams,
  requantizationParams,
  strideBytes,
  zeroBytes,
} from "../gpu/params.ts";
import { type ConvOp, ELEMENT_BYTES, type PlanTensor } from "../plan.ts";
import { convGrid, type ConvSize, type Reading, tilesByCost } from "./int8_tiles.ts";
import { BLOCK_OUTPUTS, packedDepth, packedGroupBytes, weightsShape } from "./pack.ts";

export const convGpu: GpuOp<ConvOp> = {
  dispatches: (op, memory) => [dispatch(op, memory)],
};

function dispatch(op: ConvOp, memory: GpuLayout): Dispatch {
  const { tensors } = memory.plan;
  const [input, output] = [tensors[op.input], tensors[op.output]];
  const shape = weightsShape(op, tensors);
  const [inputs, outputs] = [shape.inputsPerGroup, output.channels / op.groups];
  const depth = op.kernel[0] * op.kernel[1] * Math.ceil(inputs / 4);
  const pixels = output.height * output.width;
  const reading = readingOf(op, inputs, memory);
  const size = { pixels, outputs, groups: op.groups, depth, reading };
  const tile = memory.tiles.choose(layerName(op, size), tilesByCost(size, memory.packedDot));
  const residual = op.residual === undefined ? undefined : tensors[op.residual];
  const isParted = op.groups > 1;
  return {
    shader: "conv/conv",
    constants: {
      LANE_PIXELS: tile.lanePixels,
      PIXEL_LANES: tile.pixelLanes,
      OUTPUT_LANES: tile.outputLanes,
      SPLITS: tile.splits,
      STEP: tile.step,
      POINTWISE: reading === "pixel",
      WHOLE_TAPS: reading === "tap",
      ALIGNED: isAligned(op, tensors[op.input]),
    },
    packedDot: tile.packedDot,
    sharesWords: !isWhole(output) || (isParted && outputs % 4 > 0),
    params: [
      ...[input.offset, input.height, input.width, strideBytes(input), zeroBytes(input)],
      ...[output.offset, output.width, size.pixels, strideBytes(output)],
      ELEMENT_BYTES[output.type],
      ...placeParams(op),
      ...op.upsample,
      ...[op.groups, inputs, outputs],
      ...[depth, packedDepth(shape) / 4 * BLOCK_OUTPUTS, packedGroupBytes(shape) / 4],
      op.weights,
      memory.addConstants(`taps ${tapsName(op, inputs)}`, () => taps(op, inputs)),
      op.bias,
      ...requantizationParams(op),
      residual?.offset ?? NONE,
      residual?.stride ?? 0,
      op.residualMultiplier ?? NONE,
    ],
    workgroups: convGrid(tile, size),
  };
}

function readingOf(op: ConvOp, inputs: number, { plan: { tensors } }: GpuLayout): Reading {
  if (!isAligned(op, tensors[op.input])) return "words";
  if (isPointwise(op, tensors[op.input], tensors[op.output])) return "pixel";
  return Math.ceil(inputs / 4) % 4 === 0 ? "tap" : "words";
}

/** Whether each group's inputs of a pixel begin at a whole word. */
function isAligned({ groups }: ConvOp, input: PlanTensor): boolean {
  return isWhole(input) && (groups === 1 || input.channels / groups % 4 === 0);
}

/** One tap that lies on the pixel of its output. */
function isPointwise(op: ConvOp, input: PlanTensor, output: PlanTensor): boolean {
  const isPlain = [op.kernel, op.stride, op.upsample].every((pair) => pair[0] * pair[1] === 1);
  const isInside = op.padding[0] === 0 && op.padding[1] === 0;
  return isPlain && isInside && input.height === output.height && input.width === output.width;
}

/** Layers that share it are equally fast. */
function layerName({ kernel, stride }: ConvOp, size: ConvSize): string {
  const { pixels, outputs, groups, depth } = size;
  return `conv ${kernel.join("x")}/${stride.join("x")} ${depth} ${outputs}x${groups} ${pixels}`;
}

function tapsName({ kernel, dilation }: ConvOp, inputs: number): string {
  return `${kernel} ${dilation} ${inputs}`;
}

/** For each word of depth: its tap's row and column from the window's first, its inputs' first byte. */
function taps({ kernel, dilation }: ConvOp, inputs: number): Int32Array {
  const words: number[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      for (let first = 0; first < inputs; first += 4) {
        words.push(row * dilation[0], column * dilation[1], first);
      }
    }
  }
  return Int32Array.from(words);
}
