/**
 * What a TensorFlow tensor becomes. TensorFlow's graph keeps turning tensors round (NHWC and NCHW);
 * instead of copying them, a turned tensor remembers which stored axis each of its axes is.
 */
import type { OnnxWriter } from "./onnx_writer.ts";
import type { TfConstant } from "./tfjs_graph.ts";

export interface ConstantValue {
  readonly kind: "constant";
  readonly constant: TfConstant;
}

export interface Padding {
  /** Elements added in front of and behind each stored axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly fill: number;
}

export interface StoredValue {
  readonly kind: "stored";
  /** Name of the ONNX tensor. */
  readonly tensor: string;
  /** Its shape, before `padding`. */
  readonly shape: readonly number[];
  /** TensorFlow's axis `k` is stored axis `order[k]`. */
  readonly order: readonly number[];
  /** Asked for but not yet done: convolution and pooling take it as an attribute. */
  readonly padding?: Padding;
}

export type Value = ConstantValue | StoredValue;

/** TensorFlow's NHWC, stored as ONNX's NCHW. */
export const NHWC_STORED_AS_NCHW = [0, 2, 3, 1] as const;

export function stored(
  tensor: string,
  shape: readonly number[],
  order: readonly number[] = shape.map((_, axis) => axis),
): StoredValue {
  return { kind: "stored", tensor, shape, order };
}

/** The stored axis behind TensorFlow's `axis`, which may count from the end. */
export function storedAxis(value: StoredValue, axis: number): number {
  return value.order[axis < 0 ? axis + value.order.length : axis];
}

/** The value with TensorFlow's axes turned by `permutation`. Nothing is copied. */
export function turned(value: StoredValue, permutation: readonly number[]): StoredValue {
  return { ...value, order: permutation.map((axis) => value.order[axis]) };
}

/** The value with its axes stored in `order`: copied if they are not. */
export function storedInOrder(
  writer: OnnxWriter,
  value: StoredValue,
  order: readonly number[],
  name: string,
): StoredValue {
  const settled = padded(writer, value, name);
  if (settled.order.every((axis, k) => axis === order[k])) return settled;
  const perm: number[] = [];
  order.forEach((axis, k) => perm[axis] = settled.order[k]);
  const [tensor] = writer.node("Transpose", `${name}_turned`, [settled.tensor], { perm });
  return stored(tensor, perm.map((axis) => settled.shape[axis]), order);
}

/** The value with its padding done, for operations that have no padding of their own. */
export function padded(writer: OnnxWriter, value: StoredValue, name: string): StoredValue {
  const { padding } = value;
  if (!padding) return value;
  const pads = writer.integers(`${name}_pads`, [...padding.before, ...padding.after]);
  const fill = writer.scalar(`${name}_fill`, padding.fill);
  const [tensor] = writer.node("Pad", `${name}_padded`, [value.tensor, pads, fill]);
  const shape = value.shape.map((size, k) => size + padding.before[k] + padding.after[k]);
  return stored(tensor, shape, value.order);
}

export function asStored(value: Value | undefined, what: string): StoredValue {
  if (value?.kind === "stored") return value;
  throw new Error(`Cannot convert ${what}: it needs a computed input`);
}

export function asConstant(value: Value | undefined, what: string): TfConstant {
  if (value?.kind === "constant") return value.constant;
  throw new Error(`Cannot convert ${what}: it needs a constant`);
}

/** A constant's numbers, whatever their type. */
export function numbersOf(value: Value | undefined, what: string): number[] {
  const { type, values } = asConstant(value, what).elements;
  return Array.from(type === "float16" ? new Float16Array(values.buffer) : values);
}

export function integerConstant(shape: readonly number[], values: readonly number[]): Value {
  const elements = { type: "int", values: Int32Array.from(values) } as const;
  return { kind: "constant", constant: { shape, elements } };
}
