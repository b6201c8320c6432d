/**
 * exp, tanh, sigmoid in float32 additions, multiplications and divisions alone, each rounded once, so that
 * they give the same bits wherever IEEE 754 holds (`Math.exp` does not). `activation_f32.as.ts` has the same
 * steps. Polynomials: minimax in relative error (Remez's exchange), coefficients rounded to float32.
 */
const { fround } = Math;

const LOG2_E = fround(1.4426950216293335);
/** ln 2 in two parts: the first has 15 bits, so its products with exponents are exact. */
const LN2_HIGH = fround(0.693145751953125);
const LN2_LOW = fround(1.428606765330187e-6);
/** Outside these exp is 0 or infinite in float32. */
const EXP_LOW = -104;
const EXP_HIGH = 89;
/** (eʳ − 1 − r) / r², |r| ≤ ln 2 / 2, highest power first. */
const EXP_TERMS = [
  0.0013813880505040288,
  0.008369063027203083,
  0.041668422520160675,
  0.166665181517601,
  0.4999999403953552,
];
const TANH_SMALL = 0.625;
/** (tanh √z / √z − 1) / z, z ≤ 0.625², highest power first. */
const TANH_TERMS = [
  -0.005704987328499556,
  0.0206390880048275,
  -0.05373971536755562,
  0.13331441581249237,
  -0.3333328068256378,
];

/** eˣ, relative error below 2⁻²³ where the result is a normal number. */
export function expF32(x: number): number {
  const inside = Math.min(Math.max(x, EXP_LOW), EXP_HIGH);
  const exponent = roundHalfEven(fround(inside * LOG2_E));
  const rest = fround(
    fround(inside - fround(exponent * LN2_HIGH)) - fround(exponent * LN2_LOW),
  );
  const tail = fround(fround(rest * rest) * polynomial(EXP_TERMS, rest));
  const mantissa = fround(1 + fround(rest + tail));
  // in two steps: the power of two itself may be beyond float32's exponents, the result denormal
  const half = Math.floor(exponent / 2);
  return fround(fround(mantissa * 2 ** half) * 2 ** (exponent - half));
}

/** 1 / (1 + e⁻ˣ), from e⁻|ˣ| so that neither side loses digits. */
export function sigmoidF32(x: number): number {
  const small = expF32(-Math.abs(x));
  return fround((x < 0 ? small : 1) / fround(1 + small));
}

/** A polynomial near 0, 1 − 2 / (e²ˣ + 1) elsewhere. */
export function tanhF32(x: number): number {
  const size = Math.abs(x);
  const result = size < TANH_SMALL ? smallTanh(size) : largeTanh(size);
  return isNegative(x) ? -result : result;
}

/** To the nearest integer, of two the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function smallTanh(size: number): number {
  const square = fround(size * size);
  return fround(size + fround(fround(size * square) * polynomial(TANH_TERMS, square)));
}

function largeTanh(size: number): number {
  return fround(1 - fround(2 / fround(expF32(fround(size + size)) + 1)));
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

/** Horner's rule, highest power first. */
function polynomial(terms: readonly number[], x: number): number {
  return terms.reduce((sum, term) => fround(fround(sum * x) + term));
}
