import { CANDIDATE } from "../detection_candidates.as";
import { word } from "../record.as";

/** Words: candidates, room for them, detections, room for them, limit. Best first, in and out. */
export function suppress(record: usize): void {
  const input = <usize>word(record, 0);
  const output = <usize>word(record, 2);
  const room = word(record, 3);
  const count = max(0, min(load<i32>(input), word(record, 1)));
  let kept = 0;
  memory.fill(output, 0, <usize>(1 + room) * CANDIDATE);
  for (let i = 0; i < count && kept < room; i++) {
    const candidate = input + <usize>(1 + i) * CANDIDATE;
    if (isHidden(candidate, output, kept, word(record, 4))) continue;
    kept++;
    memory.copy(output + <usize>kept * CANDIDATE, candidate, CANDIDATE - 4);
  }
  store<i32>(output, kept);
}

function isHidden(candidate: usize, output: usize, kept: i32, limit: u32): bool {
  const category = load<i32>(candidate);
  for (let i = 0; i < kept; i++) {
    const better = output + <usize>(1 + i) * CANDIDATE;
    if (load<i32>(better) == category && isTooAlike(better, candidate, limit)) return true;
  }
  return false;
}

/** Sides in 1/8 pixel: areas are below 2^26, so that 64 and 128 times them are below 2^32. */
function isTooAlike(a: usize, b: usize, limit: u32): bool {
  const width = min(load<i32>(a, 16) >> 1, load<i32>(b, 16) >> 1) -
    max(load<i32>(a, 8) >> 1, load<i32>(b, 8) >> 1);
  const height = min(load<i32>(a, 20) >> 1, load<i32>(b, 20) >> 1) -
    max(load<i32>(a, 12) >> 1, load<i32>(b, 12) >> 1);
  if (width <= 0 || height <= 0) return false;
  const shared = <u32>(width * height);
  const union = area(a) + area(b) - shared;
  return shared * 64 > (union >> 1) * limit;
}

function area(box: usize): u32 {
  const width = (load<i32>(box, 16) >> 1) - (load<i32>(box, 8) >> 1);
  const height = (load<i32>(box, 20) >> 1) - (load<i32>(box, 12) >> 1);
  return <u32>(width * height);
}
