/** Whether a plan of the right form stays inside its own memory. */
import { bytesOf } from "./memory.ts";
import type { Checker, OpDefinition } from "./op_definition.ts";
import { OPS } from "./ops.ts";
import { ELEMENT_BYTES, type Plan, type PlanOp, type PlanPort, type PlanTensor } from "./plan.ts";

/** A browser tab may hold more, but no phone should. */
const MAX_ARENA_BYTES = 512 * 2 ** 20;
const MAX_SIDE = 2 ** 20;
const MAX_ELEMENTS = 2 ** 29;

/** Throws `Error("Cannot load the plan: …")` where it does not. */
export function checkPlan(plan: Plan): void {
  require(within(plan.arenaBytes, 0, MAX_ARENA_BYTES), `an arena of ${plan.arenaBytes} bytes`);
  plan.tensors.forEach((tensor, index) => checkTensor(plan, tensor, `tensor ${index}`));
  for (const port of [...plan.inputs, ...plan.outputs]) checkPort(plan, port);
  const names = [plan.inputs, plan.outputs].map((ports) => new Set(ports.map(({ name }) => name)));
  const distinct = names[0].size === plan.inputs.length && names[1].size === plan.outputs.length;
  require(distinct, "two inputs or outputs of one name");
  const frames = plan.inputs.filter(({ tensor }) => tensor === undefined).length;
  const images = plan.ops.filter(({ op }) => op === "image").length;
  require(frames === images && frames <= 1, `${images} image ops for ${frames} frames`);
  plan.ops.forEach((op, index) => checkOp(op, checkerOf(plan, `op ${index} (${op.op})`)));
}

function checkTensor(plan: Plan, tensor: PlanTensor, what: string): void {
  const { type, offset, height, width, channels, stride, scale, zero } = tensor;
  const sides = [height, width, channels, stride].every((side) => within(side, 0, MAX_SIDE));
  require(sides && height * width * stride <= MAX_ELEMENTS, `${what} has no possible size`);
  require(stride >= channels, `${what} has a stride below its channels`);
  require(within(offset, 0, plan.arenaBytes), `${what} begins outside the arena`);
  require(offset % ELEMENT_BYTES[type] === 0, `${what} is not aligned`);
  require(offset + bytesOf(tensor) <= plan.arenaBytes, `${what} ends outside the arena`);
  require(Math.fround(scale) > 0 && Number.isFinite(Math.fround(scale)), `${what} has no scale`);
  require(within(zero, 0, type === "u7" ? 127 : 0), `${what} has zero point ${zero}`);
}

function checkPort(plan: Plan, { name, tensor: index, shape }: PlanPort): void {
  require(shape.every((size) => within(size, 0, MAX_SIDE)), `${name} has an impossible shape`);
  if (index === undefined) {
    const isInput = plan.inputs.some((port) => port.name === name && port.tensor === undefined);
    return require(isInput && shape.length === 3 && shape[2] === 4, `${name} is not a frame`);
  }
  const tensor = plan.tensors[index];
  require(tensor !== undefined && /^[if]32$/.test(tensor.type), `${name} has no f32 or i32 tensor`);
  const { height, width, channels, stride } = tensor;
  require(stride === channels, `${name} is not dense`);
  const elements = shape.reduce((product, size) => product * size, 1);
  require(elements === height * width * channels, `${name} has another shape than its tensor`);
}

function checkOp(op: PlanOp, checker: Checker): void {
  // The table holds for each name the definition for just that op, which the compiler cannot follow here.
  const definition = OPS[op.op] as OpDefinition<PlanOp>;
  definition.check(op, checker);
}

/** What an op's `check` asks; `what` names the op in its errors. */
export function checkerOf(plan: Plan, what: string): Checker {
  const hold = (holds: boolean, why: string) => require(holds, `${what}: ${why}`);
  return {
    plan,
    require: hold,
    tensor(index, ...types) {
      const tensor = plan.tensors[index];
      hold(tensor !== undefined, `there is no tensor ${index}`);
      hold(types.includes(tensor.type), `tensor ${index} is ${tensor.type}, not ${types}`);
      return tensor;
    },
    data(offset, bytes) {
      const isInside = within(offset, 0, plan.data.length) && offset % 16 === 0 &&
        Number.isSafeInteger(bytes) && bytes >= 0 && offset + bytes <= plan.data.length;
      hold(isInside, `${bytes} constants at ${offset} are not inside the data`);
    },
  };
}

function within(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function require(holds: boolean, why: string): void {
  if (!holds) throw new Error(`Cannot load the plan: ${why}`);
}
