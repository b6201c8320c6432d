// Each invocation decodes one cell, of all levels together, and lists it where it is a candidate
// (`gpu/candidates.ts`). `check` has proved that nothing here needs more than 32 bits.

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
  cells: u32,
  bins: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

/** Words of a level in the constants, in bytes. */
const FIRST = 0u;
const SCORES = 4u;
const SCORE_STRIDE = 8u;
const CLASSES = 12u;
const BOXES = 16u;
const BOX_STRIDE = 20u;
const WIDTH = 24u;
const STRIDE = 28u;
const LEVEL_BYTES = 32u;

/** Address of the level in which a cell lies. */
fn level_of(cell: u32) -> u32 {
  var level = op.levels;
  for (var left = op.level_count - 1u; left > 0u; left--) {
    if (data_word(level + LEVEL_BYTES + FIRST) > cell) {
      break;
    }
    level += LEVEL_BYTES;
  }
  return level;
}

/** The largest of a cell's logits and the first class that has it. */
fn best_class(scores: u32, classes: u32) -> vec2<i32> {
  var best = vec2<i32>(-32769, 0);
  for (var first = 0u; first < classes; first += 2u) {
    let pair = i32(load_quad(scores + first * 2u));
    let even = extractBits(pair, 0u, 16u);
    if (even > best.x) {
      best = vec2<i32>(even, i32(first));
    }
    let odd = pair >> 16u;
    if (odd > best.x && first + 1u < classes) {
      best = vec2<i32>(odd, i32(first) + 1);
    }
  }
  return best;
}

/** The mean bin under the softmax of its logits, times `stride`, in 1/16 pixel, rounded half up. */
fn distance_of(logits: u32, stride: u32) -> i32 {
  var peak = -32768;
  for (var bin = 0u; bin < op.bins; bin++) {
    peak = max(peak, load_half(logits + bin * 2u));
  }
  var sum = 0u;
  var weighted = 0u;
  for (var bin = 0u; bin < op.bins; bin++) {
    let below = min(u32(peak - load_half(logits + bin * 2u)), 511u);
    let share = data_unsigned_half(op.exp + below * 2u);
    sum += share;
    weighted += share * bin;
  }
  return i32((weighted * stride * 16u + (sum >> 1u)) / sum);
}

/** Left, top, right, bottom. */
fn box_of(item: u32, level: u32, pixel: u32) -> vec4<i32> {
  let stride = data_word(level + STRIDE);
  let width = data_word(level + WIDTH);
  let x = i32((2u * (pixel % width) + 1u) * stride * 8u);
  let y = i32((2u * (pixel / width) + 1u) * stride * 8u);
  let logits = item + data_word(level + BOXES) + pixel * data_word(level + BOX_STRIDE);
  let side = op.bins * 2u;
  return vec4<i32>(
    x - distance_of(logits, stride),
    y - distance_of(logits + side, stride),
    x + distance_of(logits + 2u * side, stride),
    y + distance_of(logits + 3u * side, stride),
  );
}

/** Lists a candidate, unless nothing of its box lies inside the input. */
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
  return data_unsigned_half(op.sigmoid + u32(clamp(logit + 512, 0, 1023)) * 2u);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let cell = lane_of(workgroup, workgroups, lane);
  if (cell >= op.cells) {
    return;
  }
  let item = workgroup.z * op.item_bytes;
  let level = level_of(cell);
  let pixel = cell - data_word(level + FIRST);
  let scores = item + data_word(level + SCORES) + pixel * data_word(level + SCORE_STRIDE);
  let best = best_class(scores, data_word(level + CLASSES));
  if (best.x < op.threshold) {
    return;
  }
  let box = box_of(item, level, pixel);
  list(workgroup.z * op.scratch_words, cell, score_of(best.x), cell, u32(best.y), box);
}
