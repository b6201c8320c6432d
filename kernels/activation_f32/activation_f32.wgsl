// Floats for every shader: the same steps as `elementary.ts` and `activation.ts`. A device may fuse, reorder or
// round them its own way, and take neither infinities nor not-a-number: `../near.ts` says what is promised.

const LOG2_E = 1.4426950216293335f;
const LN2_HIGH = 0.693145751953125f;
const LN2_LOW = 1.428606765330187e-6f;
const TANH_SMALL = 0.625f;
/** From here on the nearest float to tanh is 1; its powers of e stay far from infinity. */
const TANH_LARGE = 10.0f;
const SIXTH = 0.1666666716337204f;

fn load_f32(address: u32) -> f32 {
  return bitcast<f32>(load_word(address));
}

fn store_f32(address: u32, value: f32) {
  store_word(address, bitcast<u32>(value));
}

fn data_f32(address: u32) -> f32 {
  return bitcast<f32>(data_word(address));
}

/** A value through the activation whose words are given (`activationParams`); `channel` finds its slope. */
fn activate_f32(x: f32, activation: vec4<u32>, channel: u32) -> f32 {
  let first = bitcast<f32>(activation.y);
  let second = bitcast<f32>(activation.z);
  var y = x;
  switch activation.x {
    case 1u: { y = sigmoid_f32(x); }
    case 2u: { y = tanh_f32(x); }
    case 3u: { y = x * sigmoid_f32(x); }
    case 4u: { y = x * hard_sigmoid_f32(x, SIXTH, 0.5); }
    case 5u: { y = exp_f32(x); }
    case 6u: { y = sqrt(x); }
    case 7u: { y = abs(x); }
    case 8u: { y = hard_sigmoid_f32(x, first, second); }
    case 9u: { y = min(max(x, first), second); }
    case 10u: {
      if (x < 0.0) {
        y = x * data_f32(activation.w + channel * 4u);
      }
    }
    default: {}
  }
  return y;
}

fn exp_f32(x: f32) -> f32 {
  let inside = min(max(x, -104.0), 89.0);
  let exponent = round(inside * LOG2_E);
  let rest = (inside - exponent * LN2_HIGH) - exponent * LN2_LOW;
  var p = 0.0013813880505040288f;
  p = p * rest + 0.008369063027203083;
  p = p * rest + 0.041668422520160675;
  p = p * rest + 0.166665181517601;
  p = p * rest + 0.4999999403953552;
  let mantissa = 1.0 + (rest + (rest * rest) * p);
  let whole = i32(exponent);
  let lower = whole >> 1u;
  return (mantissa * power_of_two(lower)) * power_of_two(whole - lower);
}

fn power_of_two(exponent: i32) -> f32 {
  return bitcast<f32>(u32(exponent + 127) << 23u);
}

fn sigmoid_f32(x: f32) -> f32 {
  let small = exp_f32(-abs(x));
  return select(1.0, small, x < 0.0) / (1.0 + small);
}

fn tanh_f32(x: f32) -> f32 {
  let size = abs(x);
  var result: f32;
  if (size < TANH_SMALL) {
    let square = size * size;
    var p = -0.005704987328499556f;
    p = p * square + 0.0206390880048275;
    p = p * square - 0.05373971536755562;
    p = p * square + 0.13331441581249237;
    p = p * square - 0.3333328068256378;
    result = size + (size * square) * p;
  } else {
    let inside = min(size, TANH_LARGE);
    result = 1.0 - 2.0 / (exp_f32(inside + inside) + 1.0);
  }
  return select(result, -result, x < 0.0);
}

fn hard_sigmoid_f32(x: f32, alpha: f32, beta: f32) -> f32 {
  return min(max(x * alpha + beta, 0.0), 1.0);
}
