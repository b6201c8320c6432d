import type { Frame, Tensors } from "./engine.ts";
import { goldenParts } from "./golden.ts";
import type { Plan } from "./plan.ts";
import type { LoadedPlan } from "./plan_engine.ts";
import { type ArenaView, denseBytes, readOutputs, writeInputs } from "./plan_ports.ts";

/** A plan whose arena lies in memory of this program, and whose ops run while it waits. */
export abstract class ArenaPlan implements LoadedPlan {
  abstract readonly arena: ArenaView;
  readonly #plan: Omit<Plan, "data">;

  constructor({ data: _, ...plan }: Plan) {
    this.#plan = plan;
  }

  /** Runs the ops from `first`, 0 by default, up to `end`. A frame is fed before. */
  abstract run(end: number, frame?: Frame, first?: number): void;

  answer(batch: readonly Tensors[]): Tensors[] {
    return batch.map((inputs) => {
      const frame = writeInputs(this.#plan, this.arena, inputs);
      this.run(this.#plan.ops.length, frame);
      return readOutputs(this.#plan, this.arena);
    });
  }

  tell(inputs: Tensors): Uint8Array[] {
    let frame = writeInputs(this.#plan, this.arena, inputs);
    let done = 0;
    return goldenParts(this.#plan).flatMap(({ ops, tensors }) => {
      this.run(ops, frame, done);
      [done, frame] = [ops, undefined];
      return tensors.map((index) => denseBytes(this.#plan, this.arena, index));
    });
  }

  dispose(): void {}
}
