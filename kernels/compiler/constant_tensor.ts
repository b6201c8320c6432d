import { type OnnxElementType, type OnnxInitializer, OnnxType } from "./onnx_schema.ts";

/** 64-bit integers are held as doubles: exact up to 2^53, and beyond they only ever mean "to the end". */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A value that is known before the network runs. */
export interface ConstantTensor {
  /** FLOAT16 is widened to FLOAT when it is read. */
  readonly type: OnnxElementType;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** `data` as elements of `type`, copied. */
export function tensorOf(
  type: OnnxElementType,
  shape: readonly number[],
  data: ArrayLike<number>,
): ConstantTensor {
  const tensor = emptyTensor(type, shape);
  tensor.data.set(data);
  return tensor;
}

/** Zeros. */
export function emptyTensor(type: OnnxElementType, shape: readonly number[]): ConstantTensor {
  const count = countOf(shape);
  switch (type) {
    case OnnxType.FLOAT:
    case OnnxType.FLOAT16:
      return { type: OnnxType.FLOAT, shape, data: new Float32Array(count) };
    case OnnxType.DOUBLE:
    case OnnxType.INT64:
      return { type, shape, data: new Float64Array(count) };
    case OnnxType.INT8:
      return { type, shape, data: new Int8Array(count) };
    case OnnxType.UINT8:
    case OnnxType.BOOL:
      return { type, shape, data: new Uint8Array(count) };
    case OnnxType.INT16:
      return { type, shape, data: new Int16Array(count) };
    case OnnxType.UINT16:
      return { type, shape, data: new Uint16Array(count) };
    case OnnxType.INT32:
      return { type, shape, data: new Int32Array(count) };
    case OnnxType.UINT32:
      return { type, shape, data: new Uint32Array(count) };
  }
}

/** The elements of an initializer, whose bytes agree with its shape (`decodeOnnx` sees to it). */
export function readTensor({ type, shape, bytes }: OnnxInitializer): ConstantTensor {
  // Not bytes.slice(): under Node and Deno they may be a Buffer, whose slice is no copy.
  const { buffer } = new Uint8Array(bytes);
  switch (type) {
    case OnnxType.FLOAT:
      return { type, shape, data: new Float32Array(buffer) };
    case OnnxType.FLOAT16:
      return tensorOf(OnnxType.FLOAT, shape, Float32Array.from(new Uint16Array(buffer), widen));
    case OnnxType.DOUBLE:
      return { type, shape, data: new Float64Array(buffer) };
    case OnnxType.INT64:
      return { type, shape, data: Float64Array.from(new BigInt64Array(buffer), Number) };
    case OnnxType.INT8:
      return { type, shape, data: new Int8Array(buffer) };
    case OnnxType.UINT8:
    case OnnxType.BOOL:
      return { type, shape, data: new Uint8Array(buffer) };
    case OnnxType.INT16:
      return { type, shape, data: new Int16Array(buffer) };
    case OnnxType.UINT16:
      return { type, shape, data: new Uint16Array(buffer) };
    case OnnxType.INT32:
      return { type, shape, data: new Int32Array(buffer) };
    case OnnxType.UINT32:
      return { type, shape, data: new Uint32Array(buffer) };
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function widen(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export function isFloat({ type }: ConstantTensor): boolean {
  return type === OnnxType.FLOAT || type === OnnxType.DOUBLE;
}

/** Float32 elements: the tensor's own where they are that already. */
export function floatsOf({ data }: ConstantTensor): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Elements from one index of an axis to the next, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  }
  return strides;
}

/** The shape that operands of these shapes have together (NumPy's rule), undefined where they cannot. */
export function broadcastShape(
  a: readonly number[],
  b: readonly number[],
): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const left = padShape(a, rank);
  const right = padShape(b, rank);
  const fits = left.every((size, axis) => size === right[axis] || size === 1 || right[axis] === 1);
  return fits ? left.map((size, axis) => size === 1 ? right[axis] : size) : undefined;
}

/** The same elements with leading axes of size 1. */
export function padShape(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
}

/**
 * Copies a tensor, element [i0, i1, …] of the result from position `start` + Σ i · `steps` of the source.
 * Slices, transposes, broadcasts (steps of 0) are all this.
 */
export function gather(
  source: ConstantTensor,
  shape: readonly number[],
  start: number,
  steps: readonly number[],
): ConstantTensor {
  const result = emptyTensor(source.type, shape);
  const index = new Array<number>(shape.length).fill(0);
  let from = start;
  for (let to = 0; to < result.data.length; to++) {
    result.data[to] = source.data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < shape[axis]) break;
      from -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/** A tensor repeated along its axes of size 1 up to `shape`, which must be what it broadcasts to. */
export function broadcastTo(tensor: ConstantTensor, shape: readonly number[]): ConstantTensor {
  const padded = padShape(tensor.shape, shape.length);
  const strides = stridesOf(padded);
  return gather(tensor, shape, 0, strides.map((stride, axis) => padded[axis] === 1 ? 0 : stride));
}
