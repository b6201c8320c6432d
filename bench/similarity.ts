/** Cosine of the angle between two lists of numbers: 1 for the same direction; NaN if one is all 0 or longer. */
export function similarity(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return NaN;
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * b[at], 0);
}
