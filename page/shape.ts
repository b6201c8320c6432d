/** Guards for what the worker says: those of `field/shape.ts`, and what only a page needs. */
import { type Guard, isString } from "../field/shape.ts";

export {
  type Guard,
  hasShape,
  isArrayOf,
  isBoolean,
  isEither,
  isNull,
  isNumber,
  isOneOf,
  isPair,
  isString,
} from "../field/shape.ts";

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return value instanceof ArrayBuffer;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** A union that a newer worker may know more of: views show those that they know and pass over the rest. */
export function isGrowing<T extends string>(): Guard<T> {
  return isString as Guard<T>;
}

export function isOptional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}
