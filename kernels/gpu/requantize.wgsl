// The integer arithmetic of `../requantize.ts`, by which sums become activations.

/** Constants of four channels. */
struct Requantization {
  bias: vec4<i32>,
  multiplier: vec4<i32>,
  /** 32768 where there is none. */
  slope: vec4<i32>,
}

/** From a channel on; of those that there are not, noise. */
fn requantization_of(channel: u32, bias: u32, multiplier: u32, slope: u32) -> Requantization {
  var four: Requantization;
  four.slope = vec4<i32>(32768);
  for (var i = 0u; i < 4u; i++) {
    four.bias[i] = i32(data_word(bias + (channel + i) * 4u));
    four.multiplier[i] = data_half(multiplier + (channel + i) * 2u);
    if (slope != NONE) {
      four.slope[i] = data_half(slope + (channel + i) * 2u);
    }
  }
  return four;
}

fn saturate16(value: vec4<i32>) -> vec4<i32> {
  return clamp(value, vec4<i32>(-32768), vec4<i32>(32767));
}

/** i16 values as fractions of 32768, rounded half up; −32768 · −32768 does not occur. */
fn multiply_rounded(value: vec4<i32>, multiplier: vec4<i32>) -> vec4<i32> {
  return (value * multiplier + 0x4000) >> vec4<u32>(15u);
}

/** Of sums without their bias. */
fn requantize16(sums: vec4<i32>, shift: u32, four: Requantization) -> vec4<i32> {
  let narrow = saturate16((sums + four.bias) >> vec4<u32>(shift));
  let leaky = max(narrow, multiply_rounded(narrow, four.slope));
  return multiply_rounded(leaky, four.multiplier);
}

/** Clamped, and through a table of bytes where there is one: an u7. */
fn activate(value: i32, low: i32, high: i32, table: u32) -> u32 {
  let clamped = u32(clamp(value, low, high));
  if (table == NONE) {
    return clamped;
  }
  return data_byte(table + clamped);
}

fn activate_four(values: vec4<i32>, low: i32, high: i32, table: u32) -> u32 {
  var bytes = 0u;
  for (var i = 0u; i < 4u; i++) {
    bytes |= activate(values[i], low, high, table) << (i * 8u);
  }
  return bytes;
}
