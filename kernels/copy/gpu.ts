import { type Dispatch, type GpuLayout, type GpuOp, gridOf, NONE } from "../gpu/gpu_op.ts";
import { type CopyOp, ELEMENT_BYTES } from "../plan.ts";
import { axesOf, type Axis, simplestAxes } from "./axes.ts";

export const copyGpu: GpuOp<CopyOp> = {
  dispatches: (op, memory) => op.size.includes(0) ? [] : [dispatch(op, memory)],
};

const WORD_BYTES = 4;

function dispatch(op: CopyOp, { plan }: GpuLayout): Dispatch {
  const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
  const bytes = ELEMENT_BYTES[output.type];
  const axes = finestFirst(op);
  const runAxes = runOf(axes);
  const run = runAxes.reduce((product, { size }) => product * size, 1);
  const span = run === 1 ? 1 : WORD_BYTES / bytes;
  const outer = axes.slice(runAxes.length);
  const words = outer.reduce((product, { size }) => product * size, Math.ceil(run / span));
  const to = output.offset + bytes * op.to;
  const isOwned = span * bytes === WORD_BYTES && to % WORD_BYTES === 0 &&
    outer.every((axis) => bytes * axis.to % WORD_BYTES === 0);
  const isDense = runAxes.length === 1 && runAxes[0].from === 1;
  return {
    shader: "copy/copy",
    constants: { BYTES: bytes, SPAN: span, DENSE: isDense },
    sharesWords: !isOwned,
    params: [
      ...[input.offset + bytes * op.from, to, op.table ?? NONE],
      ...[words, run, runAxes.length, axes.length],
      ...axes.flatMap(({ size, from, to }) => [size, bytes * from, bytes * to, 0]),
    ],
    workgroups: gridOf(words),
  };
}

/** The box's axes, as few as it has, by how densely they are written. */
function finestFirst(op: CopyOp): Axis[] {
  return simplestAxes(axesOf(op)).filter(({ size }) => size > 1)
    .sort((one, other) => Math.abs(one.to) - Math.abs(other.to));
}

/** The axes whose elements together lie side by side where they go to. */
function runOf(axes: readonly Axis[]): readonly Axis[] {
  let run = 1;
  const end = axes.findIndex(({ size, to }) => {
    const isNext = to === run;
    run *= size;
    return !isNext;
  });
  return end === -1 ? axes : axes.slice(0, end);
}
