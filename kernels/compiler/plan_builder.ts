import { inPlaceOperand, operandsOf } from "../op_operands.ts";
import {
  ELEMENT_BYTES,
  type Plan,
  type PlanOp,
  type PlanPort,
  type PlanTensor,
  type PlanType,
  type TensorIndex,
} from "../plan.ts";
import { ConstantPool } from "./constant_pool.ts";
import type { Grid } from "./layout.ts";
import { type Lifetime, planMemory } from "./plan_memory.ts";

/** Index of a piece of the arena whose place is not known yet. */
export type BufferIndex = number;

interface Buffer {
  readonly type: PlanType;
  readonly elements: number;
}

/** How an element stands for a real number: (q − zero) · scale. */
export interface Numbers {
  readonly type: PlanType;
  readonly scale: number;
  readonly zero: number;
}

export const FLOATS: Numbers = { type: "f32", scale: 1, zero: 0 };

export interface TensorSpec {
  readonly name: string;
  readonly buffer: BufferIndex;
  /** Elements from the buffer's start. */
  readonly offset: number;
  readonly grid: Grid;
  readonly numbers: Numbers;
}

export interface Ports {
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
}

/** The part of a plan that lowering makes. */
export type PlanBody = Pick<Plan, "inputs" | "outputs" | "tensors" | "ops" | "arenaBytes" | "data">;

/** Collects the ops of a plan on tensors in buffers, then finds the buffers' places. */
export class PlanBuilder {
  readonly constants = new ConstantPool();
  readonly #buffers: Buffer[] = [];
  readonly #tensors: TensorSpec[] = [];
  readonly #known = new Map<string, TensorIndex>();
  readonly #ops: PlanOp[] = [];

  buffer(type: PlanType, elements: number): BufferIndex {
    return this.#buffers.push({ type, elements }) - 1;
  }

  bufferElements(buffer: BufferIndex): number {
    return this.#buffers[buffer].elements;
  }

  tensor(spec: TensorSpec): TensorIndex {
    const { name: _, ...place } = spec;
    const key = JSON.stringify(place);
    const index = this.#known.get(key) ?? this.#tensors.push(spec) - 1;
    this.#known.set(key, index);
    return index;
  }

  op(op: PlanOp): void {
    this.#ops.push(op);
  }

  /** Lays out the memory. Inputs are there from the start, outputs to the end. */
  finish({ inputs, outputs }: Ports): PlanBody {
    const home = this.#shareInPlace(outputs);
    const lifetimes = this.#lifetimes(home, { inputs, outputs });
    const used = [...lifetimes.keys()];
    const memory = planMemory([...lifetimes.values()]);
    const offsets = new Map(used.map((buffer, place) => [buffer, memory.offsets[place]]));
    return {
      inputs,
      outputs,
      tensors: this.#tensors.map((spec) => this.#placed(spec, offsets.get(home[spec.buffer]) ?? 0)),
      ops: this.#ops,
      arenaBytes: memory.bytes,
      data: this.constants.bytes(),
    };
  }

  #placed({ name, offset, grid, numbers }: TensorSpec, start: number): PlanTensor {
    return { name, offset: start + offset * ELEMENT_BYTES[numbers.type], ...grid, ...numbers };
  }

  /** For each buffer the one whose place it takes: its own, or that of an operand that dies there. */
  #shareInPlace(outputs: readonly PlanPort[]): BufferIndex[] {
    const home = this.#buffers.map((_, buffer) => buffer);
    const lives = this.#lifetimes(home, { inputs: [], outputs });
    this.#ops.forEach((op, step) => {
      const operand = inPlaceOperand(op);
      if (operand === undefined) return;
      const { reads, writes } = operandsOf(op);
      const from = this.#tensors[operand];
      const to = this.#tensors[writes];
      const dies = lives.get(from.buffer)?.last === step;
      const isBorn = lives.get(to.buffer)?.first === step;
      // The other operand may be another part of the same buffer, which must not be written over either.
      const inBuffer = reads.map((read) => this.#tensors[read])
        .filter(({ buffer }) => buffer === from.buffer);
      const isExact = inBuffer.every((tensor) => this.#coincide(tensor, to));
      if (dies && isBorn && isExact) home[to.buffer] = home[from.buffer];
    });
    return home;
  }

  #coincide(a: TensorSpec, b: TensorSpec): boolean {
    const isSame = JSON.stringify([a.grid, a.offset, a.numbers.type]) ===
      JSON.stringify([b.grid, b.offset, b.numbers.type]);
    return isSame && this.#buffers[a.buffer].elements === this.#buffers[b.buffer].elements;
  }

  #lifetimes(home: readonly BufferIndex[], { inputs, outputs }: Ports): Map<BufferIndex, Lifetime> {
    const lives = new Map<BufferIndex, Lifetime>();
    const touch = (tensor: TensorIndex, step: number) => {
      const buffer = home[this.#tensors[tensor].buffer];
      const { type, elements } = this.#buffers[buffer];
      const life = lives.get(buffer) ?? { bytes: 0, first: step, last: step };
      lives.set(buffer, {
        bytes: elements * ELEMENT_BYTES[type],
        first: Math.min(life.first, step),
        last: Math.max(life.last, step),
      });
    };
    const touchPorts = (ports: readonly PlanPort[], step: number) =>
      ports.forEach(({ tensor }) => tensor !== undefined && touch(tensor, step));
    touchPorts(inputs, -1);
    this.#ops.forEach((op, step) => {
      const { reads, writes } = operandsOf(op);
      for (const tensor of [...reads, writes]) touch(tensor, step);
    });
    touchPorts(outputs, this.#ops.length);
    return lives;
  }
}
