// Each invocation computes one element.

struct Params {
  item_bytes: u32,
  a: u32,
  a_stride: u32,
  b: u32,
  /** Bytes from pixel to pixel and from channel to channel, 0 where b has but one. */
  b_stride: u32,
  b_step: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
  kind: u32,
  activation: u32,
  first: u32,
  second: u32,
  slope: u32,
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
  let a = load_f32(item + op.a + pixel * op.a_stride + channel * 4u);
  let b = load_f32(item + op.b + pixel * op.b_stride + channel * op.b_step);
  let activation = vec4<u32>(op.activation, op.first, op.second, op.slope);
  let y = activate_f32(operate(a, b), activation, channel);
  store_f32(item + op.output + pixel * op.output_stride + channel * 4u, y);
}

/** The kinds are numbered by their place in gpu.ts. */
fn operate(a: f32, b: f32) -> f32 {
  var y = a + b;
  switch op.kind {
    case 1u: { y = a - b; }
    case 2u: { y = a * b; }
    case 3u: { y = a / b; }
    case 4u: { y = max(a, b); }
    case 5u: { y = min(a, b); }
    default: {}
  }
  return y;
}
