// Each invocation looks at up to `CLASSES_AT_ONCE` classes of an anchor, of all levels together, and lists
// those that are candidates (`gpu/candidates.ts`). `check` has proved that nothing here needs more than 32
// bits.

struct Params {
  item_bytes: u32,
  scratch_words: u32,
  /** From the item's scratch to its boxes, in words. */
  found_boxes: u32,
  threshold: i32,
  sigmoid: u32,
  exp: u32,
  /** The input's size, 1/16 pixel. */
  right: i32,
  bottom: i32,
  levels: u32,
  level_count: u32,
  anchors: u32,
  classes: u32,
  first_class: u32,
  /** Of offsets, 32 times the network's. */
  divisor: i32,
}

@group(0) @binding(2) var<uniform> op: Params;

const CLASSES_AT_ONCE = 8u;

/** Words of a level in the constants, in bytes. */
const FIRST = 0u;
const SCORES = 4u;
const SCORE_STRIDE = 8u;
const BOXES = 12u;
const BOX_STRIDE = 16u;
const PER_CELL = 20u;
const ANCHORS = 24u;
const LEVEL_BYTES = 32u;
const ANCHOR_BYTES = 16u;

/** Address of the level to which an anchor belongs. */
fn level_of(anchor: u32) -> u32 {
  var level = op.levels;
  for (var left = op.level_count - 1u; left > 0u; left--) {
    if (data_word(level + LEVEL_BYTES + FIRST) > anchor) {
      break;
    }
    level += LEVEL_BYTES;
  }
  return level;
}

fn logit_index(logit: i32) -> u32 {
  return u32(clamp(logit + 512, 0, 1023));
}

fn side_of(logit: i32, size: i32) -> i32 {
  let scale = i32(data_unsigned_half(op.exp + logit_index(logit) * 2u));
  return (scale * size + 1024) >> 11u;
}

/** offset · size / divisor, rounded half up: an integer division rounds to 0, so it is one less below. */
fn moved(offset: i32, size: i32) -> i32 {
  let dividend = 2 * offset * size + op.divisor;
  let quotient = dividend / (2 * op.divisor);
  return quotient - i32(dividend < quotient * 2 * op.divisor);
}

/** Left, top, right, bottom. The offsets are y, x, height, width in 1/32. */
fn box_of(anchor: u32, offsets: u32) -> vec4<i32> {
  let width = i32(data_word(anchor + 8u));
  let height = i32(data_word(anchor + 12u));
  let side_x = side_of(load_half(offsets + 6u), width);
  let side_y = side_of(load_half(offsets + 4u), height);
  let left = i32(data_word(anchor)) + moved(load_half(offsets + 2u), width) - (side_x >> 1u);
  let top = i32(data_word(anchor + 4u)) + moved(load_half(offsets), height) - (side_y >> 1u);
  return vec4<i32>(left, top, left + side_x, top + side_y);
}

/**
 * Lists a candidate, unless nothing of its box lies inside the input. All classes of an anchor store the same
 * box to one place.
 */
fn list(scratch_base: u32, order: u32, score: u32, box_place: u32, category: u32, box: vec4<i32>) {
  let cut = vec4<u32>(clamp(box, vec4<i32>(0), vec4<i32>(op.right, op.bottom, op.right, op.bottom)));
  if (any(cut.xy >= cut.zw)) {
    return;
  }
  let place = scratch_base + 1u + atomicAdd(&scratch[scratch_base], 1u) * 2u;
  atomicStore(&scratch[place], 65535u - score);
  atomicStore(&scratch[place + 1u], order);
  let found = scratch_base + op.found_boxes + box_place * 3u;
  atomicStore(&scratch[found], cut.x | (cut.y << 16u));
  atomicStore(&scratch[found + 1u], cut.z | (cut.w << 16u));
  atomicStore(&scratch[found + 2u], category);
}

fn score_of(logit: i32) -> u32 {
  return data_unsigned_half(op.sigmoid + logit_index(logit) * 2u);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let parts = (op.classes - op.first_class + CLASSES_AT_ONCE - 1u) / CLASSES_AT_ONCE;
  let at = lane_of(workgroup, workgroups, lane);
  let anchor = at / parts;
  if (anchor >= op.anchors) {
    return;
  }
  let item = workgroup.z * op.item_bytes;
  let level = level_of(anchor);
  let of_level = anchor - data_word(level + FIRST);
  let pixel = of_level / data_word(level + PER_CELL);
  let in_cell = of_level % data_word(level + PER_CELL);
  let scores = item + data_word(level + SCORES) + pixel * data_word(level + SCORE_STRIDE) +
    in_cell * op.classes * 2u;
  let offsets = item + data_word(level + BOXES) + pixel * data_word(level + BOX_STRIDE) + in_cell * 8u;
  let first = op.first_class + at % parts * CLASSES_AT_ONCE;
  let end = min(first + CLASSES_AT_ONCE, op.classes);
  for (var category = first; category < end; category++) {
    let logit = load_half(scores + category * 2u);
    if (logit >= op.threshold) {
      let box = box_of(data_word(level + ANCHORS) + of_level * ANCHOR_BYTES, offsets);
      let order = anchor * op.classes + category;
      list(workgroup.z * op.scratch_words, order, score_of(logit), anchor, 0u, box);
    }
  }
}
