/** A symmetric matrix's eigenvalues, smallest first, each with its vector of length 1. */
export interface EigenPair {
  readonly value: number;
  readonly vector: readonly number[];
}

/** Each sweep squares what is left beside the diagonal, once it is small. */
const MOST_SWEEPS = 32;

/** Cyclic Jacobi rotations (Golub & Van Loan, "Matrix Computations", 4th edition, section 8.5). */
export function symmetricEigen(matrix: readonly (readonly number[])[]): readonly EigenPair[] {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_, j) => i === j ? 1 : 0));
  for (let sweep = 0; sweep < MOST_SWEEPS && isCoupled(a); sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, vectors, p, q);
    }
  }
  return a.map((row, i) => ({ value: row[i], vector: vectors.map((line) => line[i]) }))
    .sort((one, other) => one.value - other.value);
}

function isCoupled(a: readonly (readonly number[])[]): boolean {
  return a.some((row, i) => row.some((value, j) => i < j && value !== 0));
}

/** Turns the plane of axes p and q so that `a[p][q]` becomes zero. */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const tau = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const cos = 1 / Math.sqrt(1 + t * t);
  const sin = t * cos;
  for (const row of a) turn(row, p, q, cos, sin);
  for (let k = 0; k < a.length; k++) {
    const [up, uq] = [a[p][k], a[q][k]];
    a[p][k] = cos * up - sin * uq;
    a[q][k] = sin * up + cos * uq;
  }
  a[p][q] = a[q][p] = 0;
  for (const row of vectors) turn(row, p, q, cos, sin);
}

function turn(row: number[], p: number, q: number, cos: number, sin: number): void {
  const [up, uq] = [row[p], row[q]];
  row[p] = cos * up - sin * uq;
  row[q] = sin * up + cos * uq;
}
