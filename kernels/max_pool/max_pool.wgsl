// Each invocation finds the largest of four channels under a window.

struct Params {
  item_bytes: u32,
  input: u32,
  /** Rows and columns, as all pairs are. */
  input_size: vec2<i32>,
  input_stride: u32,
  output: u32,
  output_width: u32,
  output_pixels: u32,
  output_stride: u32,
  channels: u32,
  kernel: vec2<i32>,
  dilation: vec2<i32>,
  stride: vec2<i32>,
  padding: vec2<i32>,
}

@group(0) @binding(2) var<uniform> op: Params;

/** How many positions of a window that starts there lie before a place of the input. */
fn taps_before(place: vec2<i32>, start: vec2<i32>) -> vec2<i32> {
  return (max(place - start, vec2<i32>(0)) + op.dilation - 1) / op.dilation;
}

/** The larger of each two bytes; in those that are 0..127, whatever the higher ones are. */
fn larger(a: u32, b: u32) -> u32 {
  let is_larger = ((a | 0x80808080u) - b) & 0x80808080u;
  let mask = is_larger - (is_larger >> 7u);
  return (a & mask) | (b & ~mask);
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
  if (pixel >= op.output_pixels) {
    return;
  }
  let channel = at % quads * 4u;
  let place = vec2<i32>(vec2<u32>(pixel / op.output_width, pixel % op.output_width));
  let start = place * op.stride - op.padding;
  let first = taps_before(vec2<i32>(0), start);
  let end = min(taps_before(op.input_size, start), op.kernel);
  let base = item + op.input + channel;
  var most = 0u;
  for (var row = first.x; row < end.x; row++) {
    let line = (start.x + row * op.dilation.x) * op.input_size.y + start.y;
    for (var column = first.y; column < end.y; column++) {
      let tap = u32(line + column * op.dilation.y);
      most = larger(most, load_quad(base + tap * op.input_stride));
    }
  }
  let count = min(4u, op.channels - channel);
  store_bytes(item + op.output + pixel * op.output_stride + channel, most, count);
}
