/** The small guards that calls of pages are read with. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** 1 to `mostLength` characters. */
export function isText(value: unknown, mostLength: number): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= mostLength;
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** At least `least` and at most `most` bytes. */
export function isBuffer(value: unknown, least: number, most: number): value is ArrayBuffer {
  return value instanceof ArrayBuffer && value.byteLength >= least && value.byteLength <= most;
}

/** What `parse` makes of each of a list of 1 to `most`; null when one is not what it must be. */
export function parseList<T>(
  value: unknown,
  most: number,
  parse: (one: unknown) => T | null,
): T[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) return null;
  const list: T[] = [];
  for (const one of value) {
    const parsed = parse(one);
    if (parsed === null) return null;
    list.push(parsed);
  }
  return list;
}
