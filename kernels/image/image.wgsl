// Each invocation makes one pixel of the output, of its item's frame as `gpu_frame.ts` places it.
//
// Constant: FLOATS (whether the output is f32; else u7).

struct Params {
  item_bytes: u32,
  output: u32,
  output_stride: u32,
  width: u32,
  height: u32,
  channels: u32,
  /** A byte for each channel: its source; its pixel value in bars. */
  order: u32,
  fill: u32,
  table: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const HEADER_WORDS = 8u;
const ENTRIES = 256u;

struct Header {
  size: vec2<u32>,
  /** Word of the first pixel. */
  pixels: u32,
  /** The letterbox. */
  first: vec2<u32>,
  inner: vec2<u32>,
}

fn header_of(item: u32) -> Header {
  let at = item * HEADER_WORDS;
  return Header(
    vec2<u32>(frames[at], frames[at + 1u]),
    frames[at + 2u] / 4u,
    vec2<u32>(frames[at + 3u], frames[at + 4u]),
    vec2<u32>(frames[at + 5u], frames[at + 6u]),
  );
}

/** Where pixels of the letterbox lie in the frame, in 1/256 of its pixels: below 2^31 all along. */
fn positions_of(place: vec2<u32>, header: Header) -> vec2<u32> {
  let centres = (2u * place + 1u) * header.size * 128u / header.inner;
  return min(max(centres, vec2<u32>(128u)) - 128u, (header.size - 1u) * 256u);
}

/** Red and blue, green and alpha, each in 16 bits: at most 255 · 256. */
fn between_columns(left: u32, right: u32, share: u32) -> vec2<u32> {
  let lefts = vec2<u32>(left, left >> 8u) & vec2<u32>(0x00ff00ffu);
  let rights = vec2<u32>(right, right >> 8u) & vec2<u32>(0x00ff00ffu);
  return lefts * (256u - share) + rights * share;
}

/** The four pixels around a position, by the areas opposite them: RGBA. */
fn blend(header: Header, position: vec2<u32>) -> u32 {
  let near = position >> vec2<u32>(8u);
  let far = min(near + 1u, header.size - 1u);
  let share = position & vec2<u32>(255u);
  let upper_row = header.pixels + near.y * header.size.x;
  let lower_row = header.pixels + far.y * header.size.x;
  let upper = between_columns(frames[upper_row + near.x], frames[upper_row + far.x], share.x);
  let lower = between_columns(frames[lower_row + near.x], frames[lower_row + far.x], share.x);
  let low = (upper & vec2<u32>(0xffffu)) * (256u - share.y) + (lower & vec2<u32>(0xffffu)) * share.y;
  let high = (upper >> vec2<u32>(16u)) * (256u - share.y) + (lower >> vec2<u32>(16u)) * share.y;
  let lows = (low + 32768u) >> vec2<u32>(16u);
  let highs = (high + 32768u) >> vec2<u32>(16u);
  return lows.x | (lows.y << 8u) | (highs.x << 16u) | (highs.y << 24u);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let pixel = lane_of(workgroup, workgroups, lane);
  if (pixel >= op.width * op.height) {
    return;
  }
  let header = header_of(workgroup.z);
  // Left of the letterbox and above it is a large number.
  let place = vec2<u32>(pixel % op.width, pixel / op.width) - header.first;
  let is_bar = any(place >= header.inner);
  var rgba = 0u;
  if (!is_bar) {
    rgba = blend(header, positions_of(place, header));
  }
  let address = workgroup.z * op.item_bytes + op.output + pixel * op.output_stride;
  var bytes = 0u;
  for (var channel = 0u; channel < op.channels; channel++) {
    var value = (op.fill >> (channel * 8u)) & 0xffu;
    if (!is_bar) {
      let source = (op.order >> (channel * 8u)) & 0xffu;
      value = (rgba >> (source * 8u)) & 0xffu;
    }
    let entry = channel * ENTRIES + value;
    if (FLOATS) {
      store_word(address + channel * 4u, data_word(op.table + entry * 4u));
    } else {
      bytes |= data_byte(op.table + entry) << (channel * 8u);
    }
  }
  if (!FLOATS) {
    store_bytes(address, bytes, op.channels);
  }
}
