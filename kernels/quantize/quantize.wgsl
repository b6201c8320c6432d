// Each invocation quantizes four elements of a pixel, in integers: these bits are the same on every device.

struct Params {
  item_bytes: u32,
  input: u32,
  input_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
  /** Bits of a float. */
  inverse_scale: u32,
  zero: i32,
}

@group(0) @binding(2) var<uniform> op: Params;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let at = lane_of(workgroup, workgroups, lane);
  let quads = (op.channels + 3u) / 4u;
  let pixel = at / quads;
  if (pixel >= op.pixels) {
    return;
  }
  let channel = at % quads * 4u;
  let count = min(4u, op.channels - channel);
  var values = 0u;
  for (var i = 0u; i < count; i++) {
    let x = load_word(item + op.input + pixel * op.input_stride + (channel + i) * 4u);
    values |= u32(clamp(op.zero + steps_of(x), 0, 127)) << (i * 8u);
  }
  store_bytes(item + op.output + pixel * op.output_stride + channel, values, count);
}

/** Far beyond what a clamp to 0..127 tells apart: 256 as a float. */
const MANY_STEPS = 0x43800000u;

/** A float, as bits, in whole steps, half to even; not-a-number is 0 of them. */
fn steps_of(x: u32) -> i32 {
  if ((x & ~F32_SIGN) > F32_INFINITY) {
    return 0;
  }
  let scaled = multiply_f32(x, op.inverse_scale);
  let size = min(scaled & ~F32_SIGN, MANY_STEPS);
  // 23 bits lie after the point where the exponent is 127; what is below a half has none before it.
  let exponent = size >> 23u;
  var steps = 0u;
  if (exponent >= 126u) {
    let digits = (size & 0x7fffffu) | 0x800000u;
    let shift = 150u - exponent;
    steps = half_to_even(digits >> shift, digits << (32u - shift));
  }
  return select(i32(steps), -i32(steps), (scaled & F32_SIGN) != 0u);
}
