// Products of four inputs in float32, which holds integers up to 2^24 exactly: 256 words of four products of at
// most 127 · 127. Integers multiply at a fraction of that speed on many devices.
//
// Nor do devices convert integers at full speed. So a byte is set into the mantissa of a power of two, whose last
// bit, or whose eighth or sixteenth from there, then counts one; the power is subtracted again.

alias Inputs = vec4<f32>;
/** Four inputs' columns of four outputs. */
alias Weights = mat4x4<f32>;
/** Of four outputs. */
alias Sums = vec4<f32>;

const TWO_7 = 0x43000000u;
const TWO_15 = 0x47000000u;
const TWO_23 = 0x4b000000u;

/** 0..127 */
fn inputs_of(bytes: u32) -> Inputs {
  let mantissas = vec4<u32>(bytes, bytes, bytes, bytes >> 8u) &
    vec4<u32>(0x7fu, 0x7f00u, 0x7f0000u, 0x7f0000u);
  let powers = vec4<u32>(TWO_23, TWO_15, TWO_7, TWO_7);
  return bitcast<vec4<f32>>(mantissas | powers) - bitcast<vec4<f32>>(powers);
}

/** −128..127, as 0..255 first. */
fn weights_of(bytes: vec4<u32>) -> Weights {
  let low = bytes ^ vec4<u32>(0x80808080u);
  let high = low >> vec4<u32>(16u);
  return Weights(even_bytes(low), odd_bytes(low), even_bytes(high), odd_bytes(high));
}

fn even_bytes(words: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((words & vec4<u32>(0xffu)) | vec4<u32>(TWO_23)) - (8388608.0 + 128.0);
}

fn odd_bytes(words: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((words & vec4<u32>(0xff00u)) | vec4<u32>(TWO_15)) - (32768.0 + 128.0);
}

fn add_products(sums: Sums, inputs: Inputs, weights: Weights) -> Sums {
  let first = fma(weights[0], vec4<f32>(inputs.x), sums);
  let second = fma(weights[1], vec4<f32>(inputs.y), first);
  let third = fma(weights[2], vec4<f32>(inputs.z), second);
  return fma(weights[3], vec4<f32>(inputs.w), third);
}

/** Whether `Sums` of so many words of inputs may hold no more. */
fn is_full(words: u32) -> bool {
  return words % 256u == 0u;
}
