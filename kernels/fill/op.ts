import { elementsOf, type Memory, tensorOf } from "../memory.ts";
import { runsOf, runStride } from "../elementwise_runs.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import { ELEMENT_BYTES, type FillOp, type PlanType } from "../plan.ts";
import { type Addresses, floatBits, tensorWords } from "../records.ts";

const RANGES: Readonly<Record<Exclude<PlanType, "f32">, readonly [number, number]>> = {
  u7: [0, 127],
  i16: [-32768, 32767],
  i32: [-(2 ** 31), 2 ** 31 - 1],
};

/** One value for all elements of a tensor; neighbours of a view stay. */
export const fill: OpDefinition<FillOp> = { check, reference, record };

function check({ output, value }: FillOp, checker: Checker): void {
  const { type } = checker.tensor(output, "u7", "i16", "i32", "f32");
  if (type === "f32") return checker.require(!Number.isNaN(value), "its value is not a number");
  const [low, high] = RANGES[type];
  const isElement = Number.isInteger(value) && value >= low && value <= high;
  checker.require(isElement, `${value} is no value of a ${type} tensor`);
}

function reference({ output: index, value }: FillOp, memory: Memory): void {
  const { height, width, channels, stride } = tensorOf(memory, index);
  const elements = elementsOf(memory, index);
  for (let pixel = 0; pixel < height * width; pixel++) {
    elements.fill(value, pixel * stride, pixel * stride + channels);
  }
}

/** output, bytes from run to run; count and bytes of the runs; a word of the pattern */
function record({ output: index, value }: FillOp, addresses: Addresses): number[] {
  const output = addresses.plan.tensors[index];
  const bytes = ELEMENT_BYTES[output.type];
  const runs = runsOf([output], false);
  return [
    tensorWords(addresses, index)[0],
    bytes * runStride(output, runs),
    runs.count,
    bytes * runs.length,
    patternOf(output.type, value),
  ];
}

/** The value as often as it fits into 32 bits. */
function patternOf(type: PlanType, value: number): number {
  switch (type) {
    case "u7":
      return Math.imul(value, 0x01010101);
    case "i16":
      return Math.imul(value & 0xffff, 0x00010001);
    case "i32":
      return value;
    case "f32":
      return floatBits(value);
  }
}
