import { ELEMENT_BYTES, type Plan, type PlanTensor, type TensorIndex } from "./plan.ts";
import type { Frame } from "./engine.ts";

/** What the reference kernels work on: a plan's constants, and an arena with all its tensors. */
export interface Memory {
  readonly plan: Plan;
  /** `plan.arenaBytes` and slack. */
  readonly arena: ArrayBuffer;
  /** What an `image` op reads. */
  frame?: Frame;
}

export type Elements = Uint8Array | Int16Array | Int32Array | Float32Array;

export function tensorOf(memory: Memory, index: TensorIndex): PlanTensor {
  return memory.plan.tensors[index];
}

/** Elements the tensor spans, from its first to the last of its last pixel. */
export function spanOf({ height, width, channels, stride }: PlanTensor): number {
  const pixels = height * width;
  return pixels === 0 || channels === 0 ? 0 : (pixels - 1) * stride + channels;
}

/** The tensor's elements in the arena: what is written there stays. */
export function elementsOf(memory: Memory, index: TensorIndex): Elements {
  const tensor = tensorOf(memory, index);
  const span = spanOf(tensor);
  switch (tensor.type) {
    case "u7":
      return new Uint8Array(memory.arena, tensor.offset, span);
    case "i16":
      return new Int16Array(memory.arena, tensor.offset, span);
    case "i32":
      return new Int32Array(memory.arena, tensor.offset, span);
    case "f32":
      return new Float32Array(memory.arena, tensor.offset, span);
  }
}

export function bytesOf(tensor: PlanTensor): number {
  return spanOf(tensor) * ELEMENT_BYTES[tensor.type];
}

/** `count` constants at a byte offset of `plan.data`, as a copy. */
export function constants<T>(
  memory: Memory,
  offset: number,
  count: number,
  type: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const { data } = memory.plan;
  return new type(
    data.slice(offset, offset + count * type.BYTES_PER_ELEMENT).buffer as ArrayBuffer,
  );
}
