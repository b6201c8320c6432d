// The mean of four channels under a window, by PARTS invocations, each of which adds up every PARTS-th pixel.
// Up to 65,536 pixels, each below 256: 128 times their sum, and half their count, is below 2^32.
//
// Constants: QUADS, groups of four channels in a workgroup; PARTS, a power of two; COUNT_PADDING.

struct Params {
  item_bytes: u32,
  input: u32,
  /** Rows and columns, as all pairs are. */
  input_size: vec2<i32>,
  input_stride: u32,
  input_zero: u32,
  output: u32,
  output_width: u32,
  output_pixels: u32,
  output_stride: u32,
  kernel: vec2<i32>,
  dilation: vec2<i32>,
  stride: vec2<i32>,
  padding: vec2<i32>,
  channels: u32,
  multiplier: i32,
  bias: i32,
  shift: u32,
  low: i32,
  high: i32,
  table: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const INVOCATIONS = QUADS * PARTS;

var<workgroup> sums: array<vec4<u32>, INVOCATIONS>;

/** How many positions of a window that starts there lie before a place of the input. */
fn taps_before(place: vec2<i32>, start: vec2<i32>) -> vec2<i32> {
  return (max(place - start, vec2<i32>(0)) + op.dilation - 1) / op.dilation;
}

/** Of the `size` rows and columns of pixels that exist, every PARTS-th one from number `part` on. */
fn sum_of_part(base: u32, start: vec2<i32>, size: vec2<u32>, part: u32) -> vec4<u32> {
  let step = vec2<u32>(PARTS / size.y, PARTS % size.y);
  var at = vec2<u32>(part / size.y, part % size.y);
  var sum = vec4<u32>(0u);
  while (at.x < size.x) {
    let place = vec2<u32>(start + vec2<i32>(at) * op.dilation);
    let pixel = place.x * u32(op.input_size.y) + place.y;
    let bytes = vec4<u32>(load_quad(base + pixel * op.input_stride));
    sum += (bytes >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(0xffu);
    at += step;
    if (at.y >= size.y) {
      at = vec2<u32>(at.x + 1u, at.y - size.y);
    }
  }
  return sum;
}

fn activated(sum: vec4<u32>, count: u32) -> u32 {
  let means = vec4<i32>((sum * 128u + count / 2u) / count);
  let values = (means * op.multiplier + op.bias) >> vec4<u32>(op.shift);
  return activate_four(values, op.low, op.high, op.table);
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let at = (workgroup.y * workgroups.x + workgroup.x) * QUADS + lane % QUADS;
  let part = lane / QUADS;
  let quads = (op.channels + 3u) / 4u;
  let pixel = at / quads;
  let channel = at % quads * 4u;
  let place = vec2<i32>(vec2<u32>(pixel / op.output_width, pixel % op.output_width));
  let start = place * op.stride - op.padding;
  let first = taps_before(vec2<i32>(0), start);
  let end = min(taps_before(op.input_size, start), op.kernel);
  let size = vec2<u32>(max(end - first, vec2<i32>(0)));

  if (pixel < op.output_pixels && size.y > 0u) {
    let corner = start + first * op.dilation;
    sums[lane] = sum_of_part(item + op.input + channel, corner, size, part);
  } else {
    sums[lane] = vec4<u32>(0u);
  }
  for (var half = INVOCATIONS / 2u; half >= QUADS; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  if (pixel >= op.output_pixels || part > 0u) {
    return;
  }
  var sum = sums[lane];
  var count = size.x * size.y;
  if (COUNT_PADDING) {
    let all = u32(op.kernel.x * op.kernel.y);
    sum += (all - count) * op.input_zero;
    count = all;
  }
  let stored = min(4u, op.channels - channel);
  store_bytes(item + op.output + pixel * op.output_stride + channel, activated(sum, count), stored);
}
