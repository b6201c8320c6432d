// One filter a channel, in floats: each invocation computes one channel of one output pixel, tap by tap, so that
// any window will do. Weights as `pack.ts` has them: by tap, channels rounded up to four.

struct Params {
  item_bytes: u32,
  input: u32,
  input_height: u32,
  input_width: u32,
  /** Bytes from pixel to pixel. */
  input_stride: u32,
  output: u32,
  output_width: u32,
  output_pixels: u32,
  output_stride: u32,
  stride_y: u32,
  stride_x: u32,
  padding_y: u32,
  padding_x: u32,
  upsample_y: u32,
  upsample_x: u32,
  channels: u32,
  kernel_y: u32,
  kernel_x: u32,
  dilation_y: u32,
  dilation_x: u32,
  weights: u32,
  bias: u32,
  activation: u32,
  first: u32,
  second: u32,
  slope: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

/** The input position under a spread one, which beyond the input is a large number: also a negative one's is. */
fn position_of(spread: u32, upsample: u32) -> u32 {
  return select(0xffffffffu, spread / upsample, spread % upsample == 0u);
}

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
  let top = pixel / op.output_width * op.stride_y - op.padding_y;
  let left = pixel % op.output_width * op.stride_x - op.padding_x;
  let base = item + op.input + channel * 4u;
  let filter_bytes = (op.channels + 3u) / 4u * 16u;
  var sum = data_f32(op.bias + channel * 4u);
  for (var down = 0u; down < op.kernel_y; down++) {
    let row = position_of(top + down * op.dilation_y, op.upsample_y);
    if (row >= op.input_height) {
      continue;
    }
    let line = base + row * op.input_width * op.input_stride;
    var weight = op.weights + down * op.kernel_x * filter_bytes + channel * 4u;
    for (var across = 0u; across < op.kernel_x; across++) {
      let column = position_of(left + across * op.dilation_x, op.upsample_x);
      if (column < op.input_width) {
        sum += load_f32(line + column * op.input_stride) * data_f32(weight);
      }
      weight += filter_bytes;
    }
  }
  let activation = vec4<u32>(op.activation, op.first, op.second, op.slope);
  let address = item + op.output + pixel * op.output_stride + channel * 4u;
  store_f32(address, activate_f32(sum, activation, channel));
}
