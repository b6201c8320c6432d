import type { Memory } from "./memory.ts";
import type { Plan, PlanOp, PlanTensor, PlanType, TensorIndex } from "./plan.ts";
import type { Addresses } from "./records.ts";

/** One op, in `<op>/op.ts`; its Wasm kernel stands beside it in `<op>.as.ts`. */
export interface OpDefinition<T extends PlanOp> {
  /**
   * Throws by `Checker.require` where the op would read or write outside its tensors and constants, or has
   * a number that its kernel does not define. The op comes from a file: its fields have been parsed to the
   * right types (`plan_file.ts`), nothing else is known. Tensors themselves are inside the arena already.
   */
  check(op: T, checker: Checker): void;
  /** Scalar, obvious, the oracle. */
  reference(op: T, memory: Memory): void;
  /** Words after opcode and length, as `<op>.as.ts` reads them. */
  record(op: T, addresses: Addresses): number[];
  /** Bytes of `Addresses.scratch` that the Wasm kernel needs; 0 if left out. */
  scratchBytes?(op: T, plan: Plan): number;
}

/** What `check` asks about the plan. */
export interface Checker {
  readonly plan: Plan;
  /** The tensor, if there is one and it has one of the types. */
  tensor(index: TensorIndex, ...types: PlanType[]): PlanTensor;
  /** That `bytes` constants lie inside the data, at a multiple of 16. */
  data(offset: number, bytes: number): void;
  /** Throws "Cannot load the plan: op 12 (conv): <what>" unless it holds. */
  require(holds: boolean, what: string): void;
}
