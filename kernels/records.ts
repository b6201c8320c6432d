import type { Plan, PlanOp, TensorIndex } from "./plan.ts";

/** Where a plan lies in the Wasm module's memory, bytes. */
export interface Addresses {
  readonly plan: Plan;
  readonly arena: number;
  readonly data: number;
  /** Working space of one op at a time: `scratchBytes` of the largest. 16-byte aligned. */
  readonly scratch: number;
}

/** Words that `tensorWords` gives. */
export const TENSOR_WORDS = 6;

/** address, height, width, channels, stride (elements), zero */
export function tensorWords({ plan, arena }: Addresses, index: TensorIndex): number[] {
  const { offset, height, width, channels, stride, zero } = plan.tensors[index];
  return [arena + offset, height, width, channels, stride, zero];
}

const float = new DataView(new ArrayBuffer(4));

/** A float32 as the word that `floatWord` reads. */
export function floatBits(value: number): number {
  float.setFloat32(0, value);
  return float.getInt32(0);
}

/** Address of a constant, 0 where there is none. */
export function dataAddress({ data }: Addresses, offset: number | undefined): number {
  return offset === undefined ? 0 : data + offset;
}

export type Opcode = PlanOp["op"];
