/**
 * How far floats of a GPU may be from those of the other backends, which agree in every bit.
 *
 * WGSL (https://www.w3.org/TR/WGSL/#floating-point-evaluation) lets a device round a sum or a product up or
 * down, fuse the two, add in another order, divide to 2.5 units in the last place, take denormal numbers for 0,
 * and calculate as if there were no infinity and no not-a-number. So two things are promised, both by `NEAR`:
 *
 * - _Of an op_: its output is one that the oracle might give if each number that goes in were off by up to
 *   `NEAR` of itself. Where every sum is rounded towards 0 it ends some n · 2⁻²⁵ of itself too low after n terms:
 *   up to 3,000 are within that.
 * - _Of a network_: no element of an output is off by more than `NEAR` of the output's largest. Not of the
 *   element: a small difference of large numbers has hardly a digit that is certain.
 *
 * Networks of a dozen layers end within 1.3 · 10⁻⁷ of the largest where single operations round as IEEE 754 wants,
 * within 7 · 10⁻⁶ where all are rounded up, or all towards 0, though that moves some elements by 2 · 10⁻² of
 * themselves. `NEAR` is a fortieth of what int8 rounds by, half of 1/127.
 *
 * Nothing is promised of infinities and not-a-number, nor where a number that goes in, comes out or lies between
 * is not 0 and its size below 2⁻¹⁰⁰ or above 2¹⁰⁰. Weights of a convolution must be finite.
 */
export const NEAR = 1e-4;
export const LEAST = 2 ** -100;
const MOST = 2 ** 100;

/** Whether something is promised of such a number. */
export function isPromised(value: number): boolean {
  const size = Math.abs(value);
  return value === 0 || (size >= LEAST && size <= MOST);
}

/**
 * Whether f32 values, given as bytes, are near those expected, by the largest of these. An infinity or
 * not-a-number must be the same: a device that cannot is none for a network that answers so.
 */
export function isNear(actual: Uint8Array, expected: Uint8Array): boolean {
  if (actual.length !== expected.length) return false;
  const [values, wanted] = [floatsOf(actual), floatsOf(expected)];
  const allowed = Math.max(NEAR * largestOf(wanted), LEAST);
  return wanted.every((value, at) =>
    Object.is(value, values[at]) || Math.abs(value - values[at]) <= allowed
  );
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => {
    return Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most;
  }, 0);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
