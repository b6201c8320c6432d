/** What callers give and get, to and from a plan's arena. */
import type { Frame, Tensor, Tensors } from "./engine.ts";
import type { Plan, PlanPort, PlanTensor, TensorIndex } from "./plan.ts";
import { ELEMENT_BYTES } from "./plan.ts";

/** Where the arena lies. */
export interface ArenaView {
  readonly buffer: ArrayBuffer;
  /** Bytes from the buffer's start. */
  readonly start: number;
}

type PlanHeader = Omit<Plan, "data">;

/**
 * Copies the inputs into the arena; returns the frame, which stays outside, if the plan takes one.
 * Throws `Error("Cannot run: …")` when a name, shape or type differs from the plan's.
 */
export function writeInputs(
  plan: PlanHeader,
  arena: ArenaView,
  inputs: Tensors,
): Frame | undefined {
  const stranger = Object.keys(inputs).find((name) => !plan.inputs.some((p) => p.name === name));
  if (stranger !== undefined) {
    const known = plan.inputs.map(({ name }) => name).join(", ");
    throw new Error(`Cannot run: the network has no input ${stranger}, only ${known}`);
  }
  for (const { name } of plan.inputs) {
    if (!Object.hasOwn(inputs, name)) throw new Error(`Cannot run: input ${name} is missing`);
  }
  const frames = plan.inputs.map((port) => writeInput(plan, arena, port, inputs[port.name]));
  return frames.find((frame) => frame !== undefined);
}

function writeInput(
  plan: PlanHeader,
  arena: ArenaView,
  port: PlanPort,
  given: Tensor,
): Frame | undefined {
  assertShape(port, given);
  if (port.tensor === undefined) return frameOf(port, given);
  const { type, offset } = plan.tensors[port.tensor];
  const at = arena.start + offset;
  const { data } = given;
  if (type === "f32" && data instanceof Float32Array) {
    new Float32Array(arena.buffer, at, data.length).set(data);
  } else if (type === "i32" && data instanceof Int32Array) {
    new Int32Array(arena.buffer, at, data.length).set(data);
  } else throw new Error(`Cannot run: input ${port.name} is not ${type}`);
  return undefined;
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
    plan.outputs.flatMap(({ name, tensor, shape }) =>
      tensor === undefined
        ? []
        : [[name, { data: elementsAt(arena, plan.tensors[tensor]), shape }] as const]
    ),
  );
}

function elementsAt({ buffer, start }: ArenaView, tensor: PlanTensor): Tensor["data"] {
  const { type, offset, height, width, channels } = tensor;
  const count = height * width * channels;
  return type === "i32"
    ? new Int32Array(buffer, start + offset, count).slice()
    : new Float32Array(buffer, start + offset, count).slice();
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
