// `add` and `mul`: each invocation does four elements of a pixel.
//
// Constants: PRODUCT (`mul`); ONE_CHANNEL (b has one value for all channels of a pixel).

struct Params {
  item_bytes: u32,
  a: u32,
  a_stride: u32,
  b: u32,
  /** 0 where b is one pixel. */
  b_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
  a_zero: i32,
  b_zero: i32,
  /** Of the product, in `mul`. */
  a_multiplier: i32,
  b_multiplier: i32,
  bias: i32,
  shift: u32,
  low: i32,
  high: i32,
  table: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

fn four_of(bytes: u32) -> vec4<i32> {
  return vec4<i32>((vec4<u32>(bytes) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(0xffu));
}

fn combined(a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  if (PRODUCT) {
    return (a - op.a_zero) * (b - op.b_zero) * op.a_multiplier;
  }
  return a * op.a_multiplier + b * op.b_multiplier;
}

/** Four values of b, of a pixel that begins there. */
fn b_bytes(address: u32, channel: u32) -> u32 {
  if (ONE_CHANNEL) {
    return load_byte(address) * 0x01010101u;
  }
  return load_quad(address + channel);
}

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
  let a = load_quad(item + op.a + pixel * op.a_stride + channel);
  let b = b_bytes(item + op.b + pixel * op.b_stride, channel);
  let values = (combined(four_of(a), four_of(b)) + op.bias) >> vec4<u32>(op.shift);
  let bytes = activate_four(values, op.low, op.high, op.table);
  let count = min(4u, op.channels - channel);
  store_bytes(item + op.output + pixel * op.output_stride + channel, bytes, count);
}
