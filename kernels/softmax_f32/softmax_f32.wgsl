// A workgroup takes a pixel: each invocation every LANES-th of its channels, which no other reads or writes.

struct Params {
  item_bytes: u32,
  input: u32,
  input_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const LEAST = -0x1.fffffep+127f;

var<workgroup> parts: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let pixel = workgroup.y * workgroups.x + workgroup.x;
  if (pixel >= op.pixels) {
    return;
  }
  let input = item + op.input + pixel * op.input_stride;
  let output = item + op.output + pixel * op.output_stride;

  var most = LEAST;
  for (var channel = lane; channel < op.channels; channel += LANES) {
    most = max(most, load_f32(input + channel * 4u));
  }
  parts[lane] = most;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      parts[lane] = max(parts[lane], parts[lane + half]);
    }
    workgroupBarrier();
  }
  most = parts[0];
  workgroupBarrier();

  var sum = 0.0;
  for (var channel = lane; channel < op.channels; channel += LANES) {
    let power = exp_f32(load_f32(input + channel * 4u) - most);
    store_f32(output + channel * 4u, power);
    sum += power;
  }
  parts[lane] = sum;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      parts[lane] += parts[lane + half];
    }
    workgroupBarrier();
  }
  for (var channel = lane; channel < op.channels; channel += LANES) {
    store_f32(output + channel * 4u, load_f32(output + channel * 4u) / parts[0]);
  }
}
