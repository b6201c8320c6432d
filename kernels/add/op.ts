import type { OpDefinition } from "../op_definition.ts";
import type { AddOp } from "../plan.ts";
import {
  checkElementwise,
  checkMultiplier,
  elementwiseRecord,
  runElementwise,
} from "./elementwise.ts";

export const add: OpDefinition<AddOp> = {
  check(op, checker) {
    checkElementwise(op, checker);
    checkMultiplier(op.multiplierA, checker);
    checkMultiplier(op.multiplierB, checker);
  },
  reference(op, memory) {
    runElementwise(op, memory, (a, b) => a * op.multiplierA + b * op.multiplierB);
  },
  record: (op, addresses) => [
    ...elementwiseRecord(op, addresses),
    op.multiplierA,
    op.multiplierB,
  ],
};
