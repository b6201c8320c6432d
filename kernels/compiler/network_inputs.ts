import { type OnnxModel, OnnxType, type OnnxValueInfo } from "./onnx_schema.ts";

export interface ShapedInput {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface NetworkInputs {
  readonly given: readonly ShapedInput[];
  /** The file's own shapes, where all are fixed and `given` has another. */
  readonly original?: readonly ShapedInput[];
}

const MAX_SIDE = 2 ** 16;

/** The network's inputs with fixed shapes of batch 1; `first` replaces that of the first. */
export function networkInputs(model: OnnxModel, first?: readonly number[]): NetworkInputs {
  const constants = new Set(model.initializers.map(({ name }) => name));
  const inputs = model.inputs.filter(({ name }) => !constants.has(name));
  if (inputs.length === 0) throw new Error("the network has no inputs");
  const given = inputs.map((input, k) => fixedInput(input, k === 0 ? first : undefined));
  const changes = first !== undefined && inputs[0].shape.join() !== first.join();
  const original = inputs.map(({ name, shape }) => ({ name, shape: numbersOf(shape) }));
  const isFixed = inputs.every(({ shape }, k) => shape.length === original[k].shape.length);
  return changes && isFixed ? { given, original } : { given };
}

function numbersOf(shape: OnnxValueInfo["shape"]): number[] {
  return shape.flatMap((size) => typeof size === "number" ? [size] : []);
}

function fixedInput(input: OnnxValueInfo, given?: readonly number[]): ShapedInput {
  const { name, shape, type = OnnxType.FLOAT } = input;
  if (type !== OnnxType.FLOAT && type !== OnnxType.FLOAT16) {
    throw new Error(`input ${name} does not hold floats (element type ${type}): not supported`);
  }
  if (given && shape.length !== given.length && shape.length > 0) {
    throw new Error(`input ${name} has ${shape.length} axes, [${shape}], not [${given}]`);
  }
  // Nothing but a batch of 1 can be compiled, so an open batch leaves no choice.
  const wanted = given ??
    shape.map((size, axis) => axis === 0 && typeof size === "string" ? 1 : size);
  const fixed = numbersOf(wanted);
  if (fixed.length < wanted.length || wanted.length === 0) {
    throw new Error(
      `input ${name} has no fixed shape, [${shape}]: give one, such as --input 1x3x320x320`,
    );
  }
  if (!fixed.every((size) => Number.isInteger(size) && size >= 1 && size <= MAX_SIDE)) {
    throw new Error(`input ${name} cannot have the shape [${fixed}]`);
  }
  if (fixed[0] !== 1) {
    throw new Error(
      `input ${name} has a batch of ${fixed[0]}: give 1, such as --input 1x3x320x320`,
    );
  }
  return { name, shape: fixed };
}
