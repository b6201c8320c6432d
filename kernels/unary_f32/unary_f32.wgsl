// Each invocation takes one element through the activation.

struct Params {
  item_bytes: u32,
  input: u32,
  input_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
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
  let x = load_f32(item + op.input + pixel * op.input_stride + channel * 4u);
  let activation = vec4<u32>(op.activation, op.first, op.second, op.slope);
  let y = activate_f32(x, activation, channel);
  store_f32(item + op.output + pixel * op.output_stride + channel * 4u, y);
}
