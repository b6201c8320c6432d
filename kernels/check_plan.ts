/** Whether a plan of the right form stays inside its own memory, and each op finds there what it reads. */
import { OperandCheck } from "./check_operands.ts";
import { bytesOf } from "./memory.ts";
import type { Checker, OpDefinition } from "./op_definition.ts";
import { OPS } from "./ops.ts";
import {
  ELEMENT_BYTES,
  type Plan,
  type PlanOp,
  type PlanPort,
  type PlanTensor,
  type PlanType,
} from "./plan.ts";
import { workOf } from "./plan_work.ts";

/** A browser tab may hold more, but no phone should. */
const MAX_ARENA_BYTES = 512 * 2 ** 20;
const MAX_SIDE = 2 ** 20;
const MAX_ELEMENTS = 2 ** 29;
const MAX_PORTS = 4096;
/** Of all inputs and outputs together: what callers and the known answer hold copies of. */
const MAX_PORT_ELEMENTS = 2 ** 26;
/** Of a frame of fixed size: 4 million pixels. */
const MAX_FRAME_ELEMENTS = 2 ** 24;
/** What the known answer's frame has at most where any size will do. */
const ANY_SIDE = 128;
/** A phone would take minutes: far more than networks of its size, such as YOLO-v8m with 2^35.2. */
const MAX_WORK = 2 ** 36;
/** Of all ops together, constants that several ops read counted for each: loading looks at many of them. */
const MAX_CONSTANT_BYTES = 2 ** 29;

/** Throws `Error("Cannot load the plan: …")` where it does not. */
export function checkPlan(plan: Plan): void {
  require(within(plan.arenaBytes, 0, MAX_ARENA_BYTES), `an arena of ${plan.arenaBytes} bytes`);
  plan.tensors.forEach((tensor, index) => checkTensor(plan, tensor, `tensor ${index}`));
  checkPorts(plan);
  checkOps(plan);
}

function checkTensor(plan: Plan, tensor: PlanTensor, what: string): void {
  const { type, offset, height, width, channels, stride, scale, zero } = tensor;
  const sides = [height, width, channels, stride].every((side) => within(side, 0, MAX_SIDE));
  const isPossible = sides && height * width * Math.max(stride, 1) <= MAX_ELEMENTS;
  require(isPossible, `${what} has no possible size`);
  require(stride >= channels, `${what} has a stride below its channels`);
  require(within(offset, 0, plan.arenaBytes), `${what} begins outside the arena`);
  require(offset % ELEMENT_BYTES[type] === 0, `${what} is not aligned`);
  require(offset + bytesOf(tensor) <= plan.arenaBytes, `${what} ends outside the arena`);
  require(Math.fround(scale) > 0 && Number.isFinite(Math.fround(scale)), `${what} has no scale`);
  require(within(zero, 0, type === "u7" ? 127 : 0), `${what} has zero point ${zero}`);
}

function checkPorts(plan: Plan): void {
  const { inputs, outputs } = plan;
  for (const ports of [inputs, outputs]) {
    require(ports.length <= MAX_PORTS, `${ports.length} inputs or outputs`);
    const names = new Set(ports.map(({ name }) => name));
    require(names.size === ports.length, "two inputs or outputs of one name");
    const elements = ports.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
    require(elements <= MAX_PORT_ELEMENTS, `inputs or outputs of ${elements} elements`);
  }
  for (const input of inputs) {
    if (input.tensor === undefined) checkFrame(input);
    else checkPort(plan, input, "f32");
  }
  for (const output of outputs) checkPort(plan, output, "f32", "i32");
  const frames = inputs.filter(({ tensor }) => tensor === undefined).length;
  const images = plan.ops.filter(({ op }) => op === "image").length;
  require(frames === images && frames <= 1, `${images} image ops for ${frames} frames`);
  // Backends take a frame in before they run anything.
  require(frames === 0 || plan.ops[0].op === "image", "its image op is not the first");
}

function checkFrame({ name, shape }: PlanPort): void {
  const isFrame = shape.length === 3 && shape[2] === 4 &&
    shape.every((size) => within(size, 0, MAX_SIDE));
  const elements = elementsOf(shape.map((size) => size || ANY_SIDE));
  require(isFrame && elements <= MAX_FRAME_ELEMENTS, `${name} is not a possible frame`);
}

function checkPort(plan: Plan, { name, tensor: index, shape }: PlanPort, ...types: PlanType[]) {
  require(shape.every((size) => within(size, 0, MAX_SIDE)), `${name} has an impossible shape`);
  const tensor = index === undefined ? undefined : plan.tensors[index];
  if (!tensor) return require(false, `${name} has no tensor`);
  require(types.includes(tensor.type), `${name} has a tensor of ${tensor.type}, not ${types}`);
  const { height, width, channels, stride } = tensor;
  require(stride === channels, `${name} is not dense`);
  const isSame = elementsOf(shape) === height * width * channels;
  require(isSame, `${name} has another shape than its tensor`);
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function checkOps(plan: Plan): void {
  const constants = { bytes: 0 };
  const operands = new OperandCheck(plan);
  let work = 0;
  plan.ops.forEach((op, index) => {
    const checker = checkerOf(plan, `op ${index} (${op.op})`, constants);
    checkOp(op, checker);
    work += workOf(op, plan.tensors);
    require(work <= MAX_WORK, `a run of it takes more than ${MAX_WORK} steps`);
    operands.next(op, checker.require);
  });
}

function checkOp(op: PlanOp, checker: Checker): void {
  // The table holds for each name the definition for just that op, which the compiler cannot follow here.
  const definition = OPS[op.op] as OpDefinition<PlanOp>;
  definition.check(op, checker);
}

/** What an op's `check` asks; `what` names the op in its errors, `constants` adds up what ops read. */
export function checkerOf(plan: Plan, what: string, constants = { bytes: 0 }): Checker {
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
      constants.bytes += bytes;
      hold(constants.bytes <= MAX_CONSTANT_BYTES, "all ops together read too many constants");
    },
  };
}

function within(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function require(holds: boolean, why: string): void {
  if (!holds) throw new Error(`Cannot load the plan: ${why}`);
}
