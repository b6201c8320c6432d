// The same steps as `elementary.ts` and `activation.ts`, four values at once. No fused multiply-add.

const LOG2_E: f32 = 1.4426950216293335;
const LN2_HIGH: f32 = 0.693145751953125;
const LN2_LOW: f32 = 1.428606765330187e-6;
const EXP_LOW: f32 = -104;
const EXP_HIGH: f32 = 89;
const TANH_SMALL: f32 = 0.625;
const SIXTH: f32 = 1.0 / 6.0;
const CANONICAL_NAN: i32 = 0x7fc00000;

/** Every vector that an op stores has passed through here: not-a-number has one form. */
// @ts-ignore: decorator
@inline
export function canonical(x: v128): v128 {
  return v128.bitselect(x, i32x4.splat(CANONICAL_NAN), f32x4.eq(x, x));
}

/**
 * Four sums through the activation whose words are at `activation` (`activationWords`); `slope` is the
 * address of their channels' slopes, and used by a leaky ReLU alone. Not-a-number comes out canonical.
 */
export function activate(x: v128, activation: usize, slope: usize): v128 {
  return canonical(activated(x, activation, slope));
}

function activated(x: v128, activation: usize, slope: usize): v128 {
  switch (load<i32>(activation)) {
    case 1: return sigmoid(x);
    case 2: return tanh(x);
    case 3: return f32x4.mul(x, sigmoid(x));
    case 4: return f32x4.mul(x, hardSigmoid(x, f32x4.splat(SIXTH), f32x4.splat(0.5)));
    case 5: return exp(x);
    case 6: return f32x4.sqrt(x);
    case 7: return f32x4.abs(x);
    case 8: return hardSigmoid(x, v128.load32_splat(activation, 4), v128.load32_splat(activation, 8));
    case 9: return clip(x, v128.load32_splat(activation, 4), v128.load32_splat(activation, 8));
    case 10: return leaky(x, v128.load(slope));
  }
  return x;
}

/** Whether the activation's slopes matter: then a channel's value must go with its slope. */
// @ts-ignore: decorator
@inline
export function isLeaky(activation: usize): bool {
  return load<i32>(activation) == 10;
}

/** Address of the slopes of the channels from `channel` on. */
// @ts-ignore: decorator
@inline
export function slopeOf(activation: usize, channel: i32): usize {
  return <usize>load<u32>(activation, 12) + (<usize>channel << 2);
}

/** The first `count` (1..4) floats of the vector. */
// @ts-ignore: decorator
@inline
export function storeSome(to: usize, x: v128, count: i32): void {
  if (count >= 4) return v128.store(to, x);
  if (count == 1) return v128.store32_lane(to, x, 0);
  v128.store64_lane(to, x, 0);
  if (count == 3) v128.store32_lane(to, x, 2, 8);
}

export function exp(x: v128): v128 {
  const inside = clip(x, f32x4.splat(EXP_LOW), f32x4.splat(EXP_HIGH));
  const exponent = f32x4.nearest(f32x4.mul(inside, f32x4.splat(LOG2_E)));
  const rest = f32x4.sub(
    f32x4.sub(inside, f32x4.mul(exponent, f32x4.splat(LN2_HIGH))),
    f32x4.mul(exponent, f32x4.splat(LN2_LOW)),
  );
  let p = f32x4.splat(0.0013813880505040288);
  p = horner(p, rest, 0.008369063027203083);
  p = horner(p, rest, 0.041668422520160675);
  p = horner(p, rest, 0.166665181517601);
  p = horner(p, rest, 0.4999999403953552);
  const tail = f32x4.mul(f32x4.mul(rest, rest), p);
  const mantissa = f32x4.add(f32x4.splat(1), f32x4.add(rest, tail));
  const whole = i32x4.trunc_sat_f32x4_s(exponent);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(mantissa, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  const small = exp(f32x4.neg(f32x4.abs(x)));
  const top = v128.bitselect(small, one, f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(top, f32x4.add(one, small));
}

function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const isSmall = f32x4.lt(size, f32x4.splat(TANH_SMALL));
  const result = v128.bitselect(smallTanh(size), largeTanh(size), isSmall);
  return v128.bitselect(x, result, i32x4.splat(0x80000000)); // the sign of x
}

function smallTanh(size: v128): v128 {
  const square = f32x4.mul(size, size);
  let p = f32x4.splat(-0.005704987328499556);
  p = horner(p, square, 0.0206390880048275);
  p = horner(p, square, -0.05373971536755562);
  p = horner(p, square, 0.13331441581249237);
  p = horner(p, square, -0.3333328068256378);
  return f32x4.add(size, f32x4.mul(f32x4.mul(size, square), p));
}

function largeTanh(size: v128): v128 {
  const one = f32x4.splat(1);
  const grown = f32x4.add(exp(f32x4.add(size, size)), one);
  return f32x4.sub(one, f32x4.div(f32x4.splat(2), grown));
}

// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, term: f32): v128 {
  return f32x4.add(f32x4.mul(p, x), f32x4.splat(term));
}

// @ts-ignore: decorator
@inline
function clip(x: v128, low: v128, high: v128): v128 {
  return f32x4.min(f32x4.max(x, low), high);
}

// @ts-ignore: decorator
@inline
function hardSigmoid(x: v128, alpha: v128, beta: v128): v128 {
  const line = f32x4.add(f32x4.mul(x, alpha), beta);
  return clip(line, f32x4.splat(0), f32x4.splat(1));
}

// @ts-ignore: decorator
@inline
function leaky(x: v128, slope: v128): v128 {
  return v128.bitselect(f32x4.mul(x, slope), x, f32x4.lt(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, i32x4.splat(127)), 23);
}
