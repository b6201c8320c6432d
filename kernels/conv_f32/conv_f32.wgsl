// Convolution in floats as an implicit matrix product, in tiles that a workgroup computes together: of
// 4·PIXEL_QUADS output pixels by 4·OUTPUT_QUADS output channels, STEP products of each at a time. An invocation
// computes four pixels by four channels, in the reference's order of summation. Weights as `pack.ts` has them.
//
// Constants: PIXEL_QUADS, OUTPUT_QUADS, STEP; POINTWISE (one tap, no stride, nothing beside the input).

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
  /** Of a group. */
  inputs: u32,
  outputs: u32,
  /** Products of an output's sum: taps times inputs. */
  depth: u32,
  weights: u32,
  /** Of each product three words: its tap's row and column from the window's first; its input's first byte. */
  taps: u32,
  bias: u32,
  activation: u32,
  first: u32,
  second: u32,
  slope: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const INVOCATIONS = PIXEL_QUADS * OUTPUT_QUADS;

var<workgroup> input_tile: array<vec4<f32>, STEP * PIXEL_QUADS>;
var<workgroup> weight_tile: array<vec4<f32>, STEP * OUTPUT_QUADS>;

/** The input under a tap of the window whose first row and column are given; 0 where there is none. */
fn gather(first: vec2<u32>, product: u32, base: u32) -> f32 {
  let tap = op.taps + product * 12u;
  var place = first + vec2<u32>(data_word(tap), data_word(tap + 4u));
  if (op.upsample_y != 1u || op.upsample_x != 1u) {
    let spread = vec2<u32>(op.upsample_y, op.upsample_x);
    if (any(place % spread != vec2<u32>(0u))) {
      return 0.0;
    }
    place = place / spread;
  }
  // A negative place is a large one, divided too: `check` bounds what an input is spread to.
  if (place.x >= op.input_height || place.y >= op.input_width) {
    return 0.0;
  }
  let pixel = place.x * op.input_width + place.y;
  return load_f32(base + pixel * op.input_stride + data_word(tap + 8u));
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let item = tile.z * op.item_bytes;
  let tiles = (op.outputs + OUTPUT_QUADS * 4u - 1u) / (OUTPUT_QUADS * 4u);
  let group = tile.y / tiles;
  let first_output = (tile.y % tiles) * OUTPUT_QUADS * 4u;
  let first_pixel = tile.x * PIXEL_QUADS * 4u;
  let base = item + op.input + group * op.inputs * 4u;
  let block_words = op.depth * 8u;
  let weights = op.weights / 4u + group * ((op.outputs + 7u) / 8u) * block_words;

  // Of the four pixels whose inputs this invocation brings.
  let brought_quad = lane % PIXEL_QUADS;
  let brought_pixel = first_pixel + brought_quad * 4u;
  var firsts: array<vec2<u32>, 4>;
  for (var i = 0u; i < 4u; i++) {
    let pixel = min(brought_pixel + i, op.output_pixels - 1u);
    firsts[i] = vec2<u32>(
      pixel / op.output_width * op.stride_y - op.padding_y,
      pixel % op.output_width * op.stride_x - op.padding_x,
    );
  }

  let pixel_quad = lane / OUTPUT_QUADS;
  let output_quad = lane % OUTPUT_QUADS;
  let output = first_output + output_quad * 4u;
  let channel = group * op.outputs + output;
  let count = select(0u, min(4u, op.outputs - output), output < op.outputs);
  var bias = vec4<f32>(0.0);
  for (var i = 0u; i < count; i++) {
    bias[i] = data_f32(op.bias + (channel + i) * 4u);
  }
  var sums = array<vec4<f32>, 4>(bias, bias, bias, bias);
  for (var start = 0u; start < op.depth; start += STEP) {
    for (var at = lane; at < STEP * PIXEL_QUADS; at += INVOCATIONS) {
      let product = start + at / PIXEL_QUADS;
      var four = vec4<f32>(0.0);
      if (product < op.depth) {
        if (POINTWISE) {
          let last = op.output_pixels - 1u;
          let place = base + product * 4u;
          four = vec4<f32>(
            load_f32(place + min(brought_pixel, last) * op.input_stride),
            load_f32(place + min(brought_pixel + 1u, last) * op.input_stride),
            load_f32(place + min(brought_pixel + 2u, last) * op.input_stride),
            load_f32(place + min(brought_pixel + 3u, last) * op.input_stride),
          );
        } else {
          four = vec4<f32>(
            gather(firsts[0], product, base),
            gather(firsts[1], product, base),
            gather(firsts[2], product, base),
            gather(firsts[3], product, base),
          );
        }
      }
      input_tile[at] = four;
    }
    for (var at = lane; at < STEP * OUTPUT_QUADS; at += INVOCATIONS) {
      let product = start + at / OUTPUT_QUADS;
      let brought = first_output + (at % OUTPUT_QUADS) * 4u;
      var four = vec4<f32>(0.0);
      if (product < op.depth && brought < op.outputs) {
        let first = weights + brought / 8u * block_words + product * 8u + (brought & 4u);
        four = bitcast<vec4<f32>>(
          vec4<u32>(data[first], data[first + 1u], data[first + 2u], data[first + 3u]),
        );
      }
      weight_tile[at] = four;
    }
    workgroupBarrier();
    for (var step = 0u; step < STEP; step++) {
      let inputs = input_tile[step * PIXEL_QUADS + pixel_quad];
      let weight = weight_tile[step * OUTPUT_QUADS + output_quad];
      sums[0] += inputs.x * weight;
      sums[1] += inputs.y * weight;
      sums[2] += inputs.z * weight;
      sums[3] += inputs.w * weight;
    }
    workgroupBarrier();
  }

  let activation = vec4<u32>(op.activation, op.first, op.second, op.slope);
  for (var i = 0u; i < 4u; i++) {
    let pixel = first_pixel + pixel_quad * 4u + i;
    if (pixel < op.output_pixels) {
      let address = item + op.output + pixel * op.output_stride + channel * 4u;
      for (var j = 0u; j < count; j++) {
        store_f32(address + j * 4u, activate_f32(sums[i][j], activation, channel + j));
      }
    }
  }
}
