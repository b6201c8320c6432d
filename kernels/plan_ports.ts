/** What callers give and get, to and from a plan's arena. */
import type { Frame, Tensor, Tensors } from "./engine.ts";
import type { Plan, PlanPort, PlanTensor, TensorIndex } from "./plan.ts";
import { ELEMENT_BYTES } from "./plan.ts";

/** Where the arena lies. */
export interface ArenaView {
  readonly buffer: ArrayBuffer;
  /** Bytes from the buffer's start; negative where the buffer holds only a later part of the arena. */
  readonly start: number;
}

type PlanHeader = Omit<Plan, "data">;

/** What a plan is given to run on: numbers for its arena, or a frame, which stays outside. */
export interface CheckedInputs {
  readonly tensors: readonly {
    /** Bytes from the arena's start. */
    readonly offset: number;
    readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  }[];
  readonly frame?: Frame;
}

/** Throws `Error("Cannot run: …")` when a name, shape or type differs from the plan's. */
export function checkInputs(plan: PlanHeader, inputs: Tensors): CheckedInputs {
  const stranger = Object.keys(inputs).find((name) => !plan.inputs.some((p) => p.name === name));
  if (stranger !== undefined) {
    const known = plan.inputs.map(({ name }) => name).join(", ");
    throw new Error(`Cannot run: the network has no input ${stranger}, only ${known}`);
  }
  for (const { name } of plan.inputs) {
    if (!Object.hasOwn(inputs, name)) throw new Error(`Cannot run: input ${name} is missing`);
  }
  const tensors: CheckedInputs["tensors"][number][] = [];
  let frame: Frame | undefined;
  for (const port of plan.inputs) {
    const given = inputs[port.name];
    assertShape(port, given);
    if (port.tensor === undefined) frame ??= frameOf(port, given);
    else tensors.push(numbersFor(port, given, plan.tensors[port.tensor]));
  }
  return frame ? { tensors, frame } : { tensors };
}

function numbersFor(
  { name }: PlanPort,
  { data }: Tensor,
  { type, offset }: PlanTensor,
): CheckedInputs["tensors"][number] {
  const fits = (type === "f32" && data instanceof Float32Array) ||
    (type === "i32" && data instanceof Int32Array);
  if (!fits) throw new Error(`Cannot run: input ${name} is not ${type}`);
  return { offset, data: data as Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> };
}

/** Copies the inputs into the arena; returns the frame, if the plan takes one. Throws like `checkInputs`. */
export function writeInputs(
  plan: PlanHeader,
  arena: ArenaView,
  inputs: Tensors,
): Frame | undefined {
  const { tensors, frame } = checkInputs(plan, inputs);
  for (const { offset, data } of tensors) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(arena.buffer, arena.start + offset, bytes.length).set(bytes);
  }
  return frame;
}

function assertShape({ name, tensor, shape }: PlanPort, given: Tensor): void {
  const anySize = tensor === undefined;
  const fits = given.shape.length === shape.length &&
    shape.every((size, axis) => size === given.shape[axis] || (anySize && size === 0));
  if (!fits) {
    throw new Error(
      `Cannot run: input ${name} has shape [${given.shape}], the network wants [${shape}]`,
    );
  }
  const count = given.shape.reduce((product, size) => product * size, 1);
  if (given.data.length !== count) {
    throw new Error(`Cannot run: input ${name} holds ${given.data.length} elements, not ${count}`);
  }
}

function frameOf({ name }: PlanPort, { data, shape: [height, width] }: Tensor): Frame {
  if (!(data instanceof Uint8Array)) throw new Error(`Cannot run: input ${name} is not uint8 RGBA`);
  const sized = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (!sized) throw new Error(`Cannot run: a frame of ${width}×${height} holds nothing`);
  return { width, height, data };
}

/** Copies of the outputs, as the network's ports name and shape them. */
export function readOutputs(plan: PlanHeader, arena: ArenaView): Tensors {
  return Object.fromEntries(
    plan.outputs.filter(({ tensor }) => tensor !== undefined)
      .map((port) => [port.name, readOutput(plan, arena, port)]),
  );
}

/** A copy of one output, which has a tensor. */
export function readOutput(
  { tensors }: PlanHeader,
  { buffer, start }: ArenaView,
  { tensor, shape }: PlanPort,
): Tensor {
  if (tensor === undefined) throw new Error("Cannot read an output that is no tensor");
  const { type, offset, height, width, channels } = tensors[tensor];
  const place = [buffer, start + offset, height * width * channels] as const;
  const data = type === "i32" ? new Int32Array(...place) : new Float32Array(...place);
  return { data: data.slice(), shape };
}

/** The bytes of a tensor's own channels, without what lies between its pixels. */
export function denseBytes(plan: PlanHeader, arena: ArenaView, index: TensorIndex): Uint8Array {
  const { type, offset, height, width, channels, stride } = plan.tensors[index];
  const size = ELEMENT_BYTES[type];
  const count = height * width * channels * size;
  if (stride === channels) return new Uint8Array(arena.buffer, arena.start + offset, count).slice();
  const bytes = new Uint8Array(count);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = arena.start + offset + pixel * stride * size;
    bytes.set(new Uint8Array(arena.buffer, from, channels * size), pixel * channels * size);
  }
  return bytes;
}
