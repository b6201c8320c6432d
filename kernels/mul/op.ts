import {
  checkElementwise,
  checkMultiplier,
  elementwiseRecord,
  runElementwise,
} from "../add/elementwise.ts";
import { tensorOf } from "../memory.ts";
import type { OpDefinition } from "../op_definition.ts";
import type { MulOp } from "../plan.ts";

export const mul: OpDefinition<MulOp> = {
  check(op, checker) {
    checkElementwise(op, checker);
    checkMultiplier(op.multiplier, checker);
  },
  reference(op, memory) {
    const [aZero, bZero] = [op.a, op.b].map((index) => tensorOf(memory, index).zero);
    runElementwise(op, memory, (a, b) => (a - aZero) * (b - bZero) * op.multiplier);
  },
  record: (op, addresses) => [...elementwiseRecord(op, addresses), op.multiplier],
};
