import {
  BOXES, clearCandidates, EXP, hasRoom, HEIGHT, keep, logitPlace, OWN, scoreOf, STRIDE, THRESHOLD, WIDTH,
} from "../detection_candidates.as";
import { word } from "../record.as";

const CLASSES: i32 = OWN;
const FIRST_CLASS: i32 = OWN + 1;
/** Of offsets, 32 times the network's. */
const DIVISOR: i32 = OWN + 2;
const LEVELS: i32 = OWN + 3;
const FIRST_LEVEL: i32 = OWN + 4;
/** Of a level, behind its two tensors. */
const PER_CELL: i32 = 12;
const ANCHORS: i32 = 13;
const LEVEL_WORDS: i32 = 14;

export function decode_anchors(record: usize): void {
  clearCandidates(record);
  let level = record + (FIRST_LEVEL << 2);
  let order = 0;
  for (let left = word(record, LEVELS); left > 0; left--) {
    const pixels = word(level, HEIGHT) * word(level, WIDTH);
    for (let pixel = 0; pixel < pixels; pixel++) {
      decodePixel(record, level, pixel, order);
      order += word(level, PER_CELL) * word(record, CLASSES);
    }
    level += LEVEL_WORDS << 2;
  }
}

function decodePixel(record: usize, level: usize, pixel: i32, order: i32): void {
  const classes = word(record, CLASSES);
  const anchors = word(level, PER_CELL);
  let scores = <usize>(word(level, 0) + (pixel * word(level, STRIDE) << 1));
  let boxes = <usize>(word(level, BOXES) + (pixel * word(level, BOXES + STRIDE) << 1));
  let anchor = <usize>(word(level, ANCHORS) + (pixel * anchors << 4));
  for (let left = anchors; left > 0; left--) {
    decodeAnchor(record, scores, boxes, anchor, order);
    scores += classes << 1;
    boxes += 8;
    anchor += 16;
    order += classes;
  }
}

/** Looks at 8 classes at once: seldom does one reach the threshold. */
function decodeAnchor(record: usize, scores: usize, boxes: usize, anchor: usize, order: i32): void {
  const classes = word(record, CLASSES);
  const threshold = i16x8.splat(<i16>word(record, THRESHOLD));
  for (let first = word(record, FIRST_CLASS); first < classes; first += 8) {
    const logits = v128.load(scores + (first << 1));
    let found = i16x8.bitmask(i16x8.ge_s(logits, threshold));
    if (classes - first < 8) found &= (1 << (classes - first)) - 1;
    for (; found; found &= found - 1) {
      const category = first + ctz(found);
      const score = scoreOf(record, load<i16>(scores + (category << 1)));
      if (hasRoom(record, score)) keepBox(record, category, score, boxes, anchor, order + category);
    }
  }
}

function keepBox(
  record: usize, category: i32, score: i32, boxes: usize, anchor: usize, order: i32,
): void {
  const divisor = word(record, DIVISOR);
  const exp = <usize>word(record, EXP);
  const anchorWidth = load<i32>(anchor, 8);
  const anchorHeight = load<i32>(anchor, 12);
  const width = scaled(exp, load<i16>(boxes, 6), anchorWidth);
  const height = scaled(exp, load<i16>(boxes, 4), anchorHeight);
  const left = load<i32>(anchor) + moved(load<i16>(boxes, 2), anchorWidth, divisor) - (width >> 1);
  const top = load<i32>(anchor, 4) + moved(load<i16>(boxes), anchorHeight, divisor) - (height >> 1);
  keep(record, category, score, left, top, left + width, top + height, order);
}

function scaled(exp: usize, logit: i32, size: i32): i32 {
  return (<i32>load<u16>(exp + logitPlace(logit)) * size + 1024) >> 11;
}

/** offset · size / divisor, rounded half up: an integer division rounds to 0, so it is one less below. */
function moved(offset: i32, size: i32, divisor: i32): i32 {
  const dividend = 2 * offset * size + divisor;
  const quotient = dividend / (2 * divisor);
  return quotient - i32(dividend < quotient * 2 * divisor);
}
