/** Guards for what comes from a disk or from elsewhere, built from smaller ones. Further fields are let through. */
export type Guard<T> = (value: unknown) => value is T;

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

export function isNull(value: unknown): value is null {
  return value === null;
}

/** Two numbers: metres, or whole millimetres. */
export function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isNumber);
}

export function isOneOf<const T extends string>(...allowed: readonly T[]): Guard<T> {
  return (value): value is T => allowed.some((one) => one === value);
}

export function isEither<T extends readonly unknown[]>(
  ...guards: { readonly [K in keyof T]: Guard<T[K]> }
): Guard<T[number]> {
  return (value): value is T[number] => guards.some((is) => is(value));
}

export function isArrayOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(guard);
}

/** `[key, value]`: a row of a map. */
export function isEntryOf<V>(guard: Guard<V>): Guard<readonly [string, V]> {
  return (value): value is readonly [string, V] =>
    Array.isArray(value) && value.length === 2 && isString(value[0]) && guard(value[1]);
}

export function hasShape<T extends object>(
  guards: { readonly [K in keyof T]-?: Guard<T[K]> },
): Guard<T> {
  const entries = Object.entries<Guard<unknown>>(guards);
  return (value): value is T =>
    typeof value === "object" && value !== null &&
    entries.every(([key, is]) => is((value as Readonly<Record<string, unknown>>)[key]));
}
