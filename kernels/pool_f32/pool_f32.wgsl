// Each invocation pools one channel under one window, rows first. AVERAGE: or the largest.

struct Params {
  item_bytes: u32,
  input: u32,
  input_height: u32,
  input_width: u32,
  input_stride: u32,
  output: u32,
  output_width: u32,
  output_pixels: u32,
  output_stride: u32,
  channels: u32,
  kernel_y: u32,
  kernel_x: u32,
  dilation_y: u32,
  dilation_x: u32,
  stride_y: u32,
  stride_x: u32,
  padding_y: u32,
  padding_x: u32,
  /** What an average is divided by; 0: the window's pixels that exist. */
  divisor: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const LEAST = -0x1.fffffep+127f;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let at = lane_of(workgroup, workgroups, lane);
  let pixel = at / op.channels;
  if (pixel >= op.output_pixels) {
    return;
  }
  let channel = at % op.channels;
  // Where the window begins; before the input that is a large number.
  let top = pixel / op.output_width * op.stride_y - op.padding_y;
  let left = pixel % op.output_width * op.stride_x - op.padding_x;
  let base = item + op.input + channel * 4u;
  var pooled = select(LEAST, 0.0, AVERAGE);
  var count = 0u;
  for (var down = 0u; down < op.kernel_y; down++) {
    let row = top + down * op.dilation_y;
    if (row >= op.input_height) {
      continue;
    }
    for (var across = 0u; across < op.kernel_x; across++) {
      let column = left + across * op.dilation_x;
      if (column >= op.input_width) {
        continue;
      }
      let value = load_f32(base + (row * op.input_width + column) * op.input_stride);
      pooled = select(max(pooled, value), pooled + value, AVERAGE);
      count++;
    }
  }
  if (AVERAGE) {
    pooled = pooled / f32(select(op.divisor, count, op.divisor == 0u));
  }
  store_f32(item + op.output + pixel * op.output_stride + channel * 4u, pooled);
}
