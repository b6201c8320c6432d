import { type Dispatch, type GpuLayout, type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import {
  isWhole,
  placeParams,
  requantizationParams,
  strideBytes,
  zeroBytes,
} from "../gpu/params.ts";
import type { DepthwiseOp, PlanTensor } from "../plan.ts";
import { packedDepthwiseBytes, packedPlace } from "./pack.ts";

/** Output pixels along a row that an invocation computes. */
interface Columns {
  readonly name: string;
  readonly columns: number;
}

const WAYS: readonly Columns[] = [4, 2, 1].map((columns) => ({ name: `${columns}`, columns }));
/** Below, a GPU has units without work. */
const BUSY_INVOCATIONS = 8192;
/** Input pixels that an invocation holds at a time, at most; their four channels take as many vectors. */
const MAX_SPAN = 12;
/** Of 127 · 127 each are below 2^24. */
const MAX_EXACT_TAPS = 1040;

export const depthwiseGpu: GpuOp<DepthwiseOp> = {
  dispatches: (op, memory) => [dispatch(op, memory)],
};

function dispatch(op: DepthwiseOp, memory: GpuLayout): Dispatch {
  const [input, output] = [memory.plan.tensors[op.input], memory.plan.tensors[op.output]];
  const { columns } = memory.tiles.choose(layerName(op, output), columnsByCost(op, output));
  const weights = `depthwise ${op.weights} ${op.kernel} ${output.channels}`;
  return {
    shader: "depthwise/depthwise",
    constants: {
      COLUMNS: columns,
      ...rowConstants(op, columns),
      MANY_TAPS: op.kernel[0] * op.kernel[1] > MAX_EXACT_TAPS,
      ALIGNED: isWhole(input),
    },
    packedDot: false,
    sharesWords: !isWhole(output),
    params: [
      ...[input.offset, input.height, input.width, strideBytes(input), zeroBytes(input)],
      ...[output.offset, output.height, output.width, strideBytes(output), output.channels],
      ...op.kernel,
      ...op.dilation,
      ...placeParams(op),
      memory.addConstants(weights, () => weightQuads(op, output, memory.plan.data)),
      op.bias,
      ...requantizationParams(op),
    ],
    workgroups: gridOf(invocationsOf(output, columns)),
  };
}

/** What is known of a row's taps when the shader is compiled: with one column, nothing. */
function rowConstants({ kernel, stride, dilation }: DepthwiseOp, columns: number) {
  return columns === 1
    ? { KERNEL_COLUMNS: 1, STRIDE: 1, DILATION: 1 }
    : { KERNEL_COLUMNS: kernel[1], STRIDE: stride[1], DILATION: dilation[1] };
}

/** As many as leave work for all; those whose inputs are too many to hold are left out. */
function columnsByCost(op: DepthwiseOp, output: PlanTensor): Columns[] {
  const able = WAYS.filter(({ columns }) => columns === 1 || spanOf(op, columns) <= MAX_SPAN);
  const isBusy = ({ columns }: Columns) => invocationsOf(output, columns) >= BUSY_INVOCATIONS;
  const [busy, idle] = [able.filter(isBusy), able.filter((way) => !isBusy(way))];
  return [...busy, ...idle.reverse()];
}

function spanOf({ kernel, stride, dilation }: DepthwiseOp, columns: number): number {
  return (columns - 1) * stride[1] + (kernel[1] - 1) * dilation[1] + 1;
}

function invocationsOf({ height, width, channels }: PlanTensor, columns: number): number {
  return Math.ceil(channels / 4) * height * Math.ceil(width / columns);
}

/** Layers that share it are equally fast. */
function layerName({ kernel, stride }: DepthwiseOp, output: PlanTensor): string {
  const { height, width, channels } = output;
  return `depthwise ${kernel.join("x")}/${stride.join("x")} ${channels} ${height}x${width}`;
}

/** s8 [tap][channels rounded up to 4]: what an invocation takes of a tap is one word. */
function weightQuads(op: DepthwiseOp, { channels }: PlanTensor, data: Uint8Array): Uint8Array {
  const bytes = packedDepthwiseBytes({ kernel: op.kernel, channels });
  const packed = data.subarray(op.weights, op.weights + bytes);
  const [rows, columns] = op.kernel;
  const tapBytes = Math.ceil(channels / 4) * 4;
  const quads = new Uint8Array(rows * columns * tapBytes);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const tap = (row * columns + column) * tapBytes;
      for (let channel = 0; channel < channels; channel++) {
        quads[tap + channel] = packed[packedPlace(op, row, column, channel)];
      }
    }
  }
  return quads;
}
