import {
  BOXES, clearCandidates, EXP, hasRoom, HEIGHT, keep, OWN, scoreOf, STRIDE, THRESHOLD, WIDTH,
} from "../detection_candidates.as";
import { word } from "../record.as";

const BINS: i32 = OWN;
const LEVELS: i32 = OWN + 1;
const FIRST_LEVEL: i32 = OWN + 2;
/** Of a level, behind its two tensors. */
const CELL: i32 = 12;
const LEVEL_WORDS: i32 = 13;
const CLASSES: i32 = 3;

export function decode_distribution(record: usize): void {
  clearCandidates(record);
  let level = record + (FIRST_LEVEL << 2);
  let order = 0;
  for (let left = word(record, LEVELS); left > 0; left--) {
    const height = word(level, HEIGHT);
    for (let y = 0; y < height; y++) {
      decodeRow(record, level, y, order);
      order += word(level, WIDTH);
    }
    level += LEVEL_WORDS << 2;
  }
}

function decodeRow(record: usize, level: usize, y: i32, order: i32): void {
  const width = word(level, WIDTH);
  const classes = word(level, CLASSES);
  const threshold = word(record, THRESHOLD);
  const stride = word(level, STRIDE) << 1;
  let scores = <usize>(word(level, 0) + y * width * stride);
  for (let x = 0; x < width; x++) {
    if (reaches(scores, classes, threshold)) decodeCell(record, level, scores, x, y, order + x);
    scores += stride;
  }
}

/** Whether one of `count` logits is at least `threshold`. */
function reaches(logits: usize, count: i32, threshold: i32): bool {
  const least = i16x8.splat(-32768);
  let most = least;
  let i = 0;
  for (; i + 8 <= count; i += 8) most = i16x8.max_s(most, v128.load(logits + (i << 1)));
  if (i < count) {
    const isLogit = i16x8.lt_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(<i16>(count - i)));
    most = i16x8.max_s(most, v128.bitselect(v128.load(logits + (i << 1)), least, isLogit));
  }
  return v128.any_true(i16x8.ge_s(most, i16x8.splat(<i16>threshold)));
}

function decodeCell(record: usize, level: usize, scores: usize, x: i32, y: i32, order: i32): void {
  const category = firstLargest(scores, word(level, CLASSES));
  const score = scoreOf(record, load<i16>(scores + (category << 1)));
  if (!hasRoom(record, score)) return;
  const bins = word(record, BINS);
  const cell = word(level, CELL);
  const pixel = y * word(level, WIDTH) + x;
  const boxes = word(level, BOXES) + (pixel * word(level, BOXES + STRIDE) << 1);
  const exp = <usize>word(record, EXP);
  const centreX = (2 * x + 1) * cell * 8;
  const centreY = (2 * y + 1) * cell * 8;
  const side = bins << 1;
  keep(
    record, category, score,
    centreX - distance(boxes, bins, exp, cell),
    centreY - distance(boxes + side, bins, exp, cell),
    centreX + distance(boxes + 2 * side, bins, exp, cell),
    centreY + distance(boxes + 3 * side, bins, exp, cell),
    order,
  );
}

function firstLargest(values: usize, count: i32): i32 {
  let best = 0;
  let most = <i32>load<i16>(values);
  for (let i = 1; i < count; i++) {
    const value = <i32>load<i16>(values + (i << 1));
    if (value > most) {
      most = value;
      best = i;
    }
  }
  return best;
}

/** The mean bin, times the cell's size, in 1/16 pixel. `check` has seen that 32 bits do. */
function distance(logits: usize, bins: i32, exp: usize, cell: i32): i32 {
  const peak = <i32>load<i16>(logits + (firstLargest(logits, bins) << 1));
  let sum: u32 = 0;
  let weighted: u32 = 0;
  for (let bin = 0; bin < bins; bin++) {
    const below = min(peak - load<i16>(logits + (bin << 1)), 511);
    const share = <u32>load<u16>(exp + (below << 1));
    sum += share;
    weighted += share * bin;
  }
  return (weighted * <u32>(cell << 4) + (sum >> 1)) / sum;
}
