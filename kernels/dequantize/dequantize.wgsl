// Each invocation makes one float, in integers: its bits are the same on every device. HALVES: of i16, not u7.

struct Params {
  item_bytes: u32,
  input: u32,
  input_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
  /** Bits of a float. */
  scale: u32,
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
  let pixel = at / op.channels;
  if (pixel >= op.pixels) {
    return;
  }
  let channel = at % op.channels;
  let input = item + op.input + pixel * op.input_stride;
  var q: i32;
  if (HALVES) {
    q = load_half(input + channel * 2u);
  } else {
    q = i32(load_byte(input + channel));
  }
  // Below 2^24 integers are floats.
  let x = multiply_f32(bitcast<u32>(f32(q - op.zero)), op.scale);
  store_word(item + op.output + pixel * op.output_stride + channel * 4u, x);
}
