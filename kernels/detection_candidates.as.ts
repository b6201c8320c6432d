import { word } from "./record.as";

/** Words of a record of `decodeRecord`. Each decoder's own follow, then its levels. */
export const OUTPUT: i32 = 0;
/** Candidates that the output has room for. */
export const LIMIT: i32 = 1;
export const THRESHOLD: i32 = 2;
export const SIGMOID: i32 = 3;
export const EXP: i32 = 4;
/** The input's size, 1/16 pixel. */
export const RIGHT: i32 = 5;
export const BOTTOM: i32 = 6;
export const OWN: i32 = 7;

/** Words of a level: scores and boxes as `tensorWords` has them. */
export const HEIGHT: i32 = 1;
export const WIDTH: i32 = 2;
export const STRIDE: i32 = 4;
export const BOXES: i32 = 6;

/** Bytes of a candidate. */
export const CANDIDATE: usize = 32;

export function clearCandidates(record: usize): void {
  memory.fill(<usize>word(record, OUTPUT), 0, <usize>(1 + word(record, LIMIT)) * CANDIDATE);
}

/** The place of a logit in tables of 1024 entries, in bytes. */
// @ts-ignore: decorator
@inline
export function logitPlace(logit: i32): usize {
  return <usize>(min(max(logit + 512, 0), 1023) << 1);
}

export function scoreOf(record: usize, logit: i32): i32 {
  return load<u16>(<usize>word(record, SIGMOID) + logitPlace(logit));
}

/** Whether there is room for a later candidate of this score: earlier ones go before it if they are as good. */
export function hasRoom(record: usize, score: i32): bool {
  const limit = word(record, LIMIT);
  const output = <usize>word(record, OUTPUT);
  if (load<i32>(output) < limit) return true;
  return limit > 0 && score > load<i32>(output + <usize>limit * CANDIDATE, 4);
}

/**
 * Puts a candidate, later in order than all there are, behind those that are as good, if there is room
 * (`hasRoom`) and something of it inside the input. The worst falls off the end.
 */
export function keep(
  record: usize, category: i32, score: i32, left: i32, top: i32, right: i32, bottom: i32, order: i32,
): void {
  left = min(max(left, 0), word(record, RIGHT));
  right = min(max(right, 0), word(record, RIGHT));
  top = min(max(top, 0), word(record, BOTTOM));
  bottom = min(max(bottom, 0), word(record, BOTTOM));
  if (left >= right || top >= bottom) return;
  const place = makeRoom(<usize>word(record, OUTPUT), word(record, LIMIT), score);
  store<i32>(place, category);
  store<i32>(place, score, 4);
  store<i32>(place, left, 8);
  store<i32>(place, top, 12);
  store<i32>(place, right, 16);
  store<i32>(place, bottom, 20);
  store<i32>(place, order, 24);
  store<i32>(place, 0, 28);
}

/** Moves those of a lower score one place on; the address that becomes free. */
function makeRoom(output: usize, limit: i32, score: i32): usize {
  const count = load<i32>(output);
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i32>(output + <usize>(1 + middle) * CANDIDATE, 4) >= score) low = middle + 1;
    else high = middle;
  }
  const place = output + <usize>(1 + low) * CANDIDATE;
  const moved = min(count, limit - 1) - low;
  memory.copy(place + CANDIDATE, place, <usize>moved * CANDIDATE);
  store<i32>(output, min(count + 1, limit));
  return place;
}
