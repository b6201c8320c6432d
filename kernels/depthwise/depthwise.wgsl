// One filter a channel: each invocation computes four channels of COLUMNS output pixels of a row. Of a row of taps
// it loads KERNEL_COLUMNS weights, and the SPAN input pixels that all its outputs need under them, once.
//
// Products and sums are float32 (`inputs_of` is in `dot_plain.wgsl`), which holds them exactly: at most 1,040 taps
// of 127 · 127 are below 2^24. With more (MANY_TAPS) they are moved to integers on the way.
//
// Constants: COLUMNS; KERNEL_COLUMNS, STRIDE and DILATION along the row (all 1 with any kernel and dilation, where
// COLUMNS is 1); MANY_TAPS; ALIGNED (whether four channels are a whole word).

struct Params {
  item_bytes: u32,
  input: u32,
  input_height: u32,
  input_width: u32,
  /** Bytes from pixel to pixel. */
  input_stride: u32,
  /** Four bytes of the input's zero point. */
  input_zero: u32,
  output: u32,
  output_height: u32,
  output_width: u32,
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
  /** [tap][four channels] */
  weights: u32,
  bias: u32,
  shift: u32,
  multiplier: u32,
  slope: u32,
  low: i32,
  high: i32,
  zero: i32,
  table: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const SPAN = (COLUMNS - 1u) * STRIDE + (KERNEL_COLUMNS - 1u) * DILATION + 1u;

fn inputs_at(row: u32, column: u32, base: u32) -> vec4<f32> {
  var bytes = op.input_zero;
  // A negative place is a large one.
  if (row < op.input_height && column < op.input_width) {
    let address = base + (row * op.input_width + column) * op.input_stride;
    if (ALIGNED) {
      bytes = load_word(address);
    } else {
      bytes = load_quad(address);
    }
  }
  return inputs_of(bytes);
}

fn weights_at(word: u32) -> vec4<f32> {
  let bytes = vec4<i32>(i32(data[word])) << vec4<u32>(24u, 16u, 8u, 0u);
  return vec4<f32>(bytes >> vec4<u32>(24u));
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
  let parts = (op.output_width + COLUMNS - 1u) / COLUMNS;
  let quad = at % quads;
  let output_row = at / quads / parts;
  let output_column = at / quads % parts * COLUMNS;
  if (output_row >= op.output_height) {
    return;
  }
  let channel = quad * 4u;
  let base = item + op.input + channel;
  let first_row = output_row * op.stride_y - op.padding_y;
  let first_column = output_column * op.stride_x - op.padding_x;
  var sums: array<vec4<f32>, COLUMNS>;
  var totals: array<vec4<i32>, COLUMNS>;
  for (var tap_row = 0u; tap_row < op.kernel_y; tap_row++) {
    let row = first_row + tap_row * op.dilation_y;
    for (var tap = 0u; tap < op.kernel_x; tap += KERNEL_COLUMNS) {
      let column = first_column + tap * op.dilation_x;
      var inputs: array<vec4<f32>, SPAN>;
      for (var i = 0u; i < SPAN; i++) {
        inputs[i] = inputs_at(row, column + i, base);
      }
      let first_weight = op.weights / 4u + (tap_row * op.kernel_x + tap) * quads + quad;
      for (var k = 0u; k < KERNEL_COLUMNS; k++) {
        let four = weights_at(first_weight + k * quads);
        for (var i = 0u; i < COLUMNS; i++) {
          sums[i] = fma(inputs[i * STRIDE + k * DILATION], four, sums[i]);
        }
      }
      if (MANY_TAPS) {
        for (var i = 0u; i < COLUMNS; i++) {
          totals[i] += vec4<i32>(sums[i]);
          sums[i] = vec4<f32>(0.0);
        }
      }
    }
  }

  let four = requantization_of(channel, op.bias, op.multiplier, op.slope);
  let count = min(4u, op.channels - channel);
  let first_pixel = output_row * op.output_width + output_column;
  for (var i = 0u; i < COLUMNS; i++) {
    if (output_column + i < op.output_width) {
      let values = requantize16(totals[i] + vec4<i32>(sums[i]), op.shift, four) + op.zero;
      let address = item + op.output + (first_pixel + i) * op.output_stride + channel;
      store_bytes(address, activate_four(values, op.low, op.high, op.table), count);
    }
  }
}
