/** True for a cell's id: up to 32 of a to z, 0 to 9 and "-", not beginning with "-". A site has one or few. */
export function isCell(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,31}$/.test(value);
}
