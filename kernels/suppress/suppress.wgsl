// One workgroup an item. Candidates come best first, as many at once as there are invocations: each holds its
// own against those that were kept before; then the first that is left is kept and the others hold theirs
// against it, until none is left.

struct Params {
  item_bytes: u32,
  input: u32,
  /** Records that the input has room for. */
  input_room: i32,
  output: u32,
  room: u32,
  limit: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const INVOCATIONS = 256u;
const RECORD_BYTES = 32u;

struct Candidate {
  category: u32,
  /** Left, top, right, bottom in 1/8 pixel. */
  box: vec4<i32>,
}

var<workgroup> given: u32;
var<workgroup> chunk: array<Candidate, INVOCATIONS>;
/** Whether a candidate of the chunk may still be kept. */
var<workgroup> waiting: array<u32, INVOCATIONS>;
var<workgroup> next: u32;

fn candidate_at(address: u32) -> Candidate {
  let box = vec4<u32>(
    load_word(address + 8u),
    load_word(address + 12u),
    load_word(address + 16u),
    load_word(address + 20u),
  );
  return Candidate(load_word(address), vec4<i32>(box) >> vec4<u32>(1u));
}

fn area_of(box: vec4<i32>) -> u32 {
  return u32(box.z - box.x) * u32(box.w - box.y);
}

/** Unsigned 32 bits, wrapping: enough for boxes inside an input, defined for any others. */
fn hides(a: Candidate, b: Candidate) -> bool {
  let shared_size = min(a.box.zw, b.box.zw) - max(a.box.xy, b.box.xy);
  if (a.category != b.category || any(shared_size <= vec2<i32>(0))) {
    return false;
  }
  let shared_area = u32(shared_size.x) * u32(shared_size.y);
  let whole = area_of(a.box) + area_of(b.box) - shared_area;
  return shared_area * 64u > (whole >> 1u) * op.limit;
}

/** The first of the chunk from `first` on that waits; `INVOCATIONS` where none does. */
fn next_waiting(lane: u32, first: u32) -> u32 {
  workgroupBarrier();
  if (lane == 0u) {
    var at = first;
    while (at < INVOCATIONS && waiting[min(at, INVOCATIONS - 1u)] == 0u) {
      at++;
    }
    next = at;
  }
  return workgroupUniformLoad(&next);
}

fn copy_record(source: u32, destination: u32) {
  for (var word = 0u; word < RECORD_BYTES / 4u - 1u; word++) {
    store_word(destination + word * 4u, load_word(source + word * 4u));
  }
  store_word(destination + RECORD_BYTES - 4u, 0u);
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let input = workgroup.z * op.item_bytes + op.input;
  let output = workgroup.z * op.item_bytes + op.output;
  if (lane == 0u) {
    given = u32(clamp(i32(load_word(input)), 0, op.input_room));
  }
  let count = workgroupUniformLoad(&given);
  var kept = 0u;
  for (var start = 0u; start < count && kept < op.room; start += INVOCATIONS) {
    let source = input + (1u + start + lane) * RECORD_BYTES;
    var mine: Candidate;
    var waits = start + lane < count;
    if (waits) {
      mine = candidate_at(source);
      for (var i = 0u; i < kept && waits; i++) {
        waits = !hides(candidate_at(output + (1u + i) * RECORD_BYTES), mine);
      }
    }
    chunk[lane] = mine;
    waiting[lane] = u32(waits);
    var best = next_waiting(lane, 0u);
    while (best < INVOCATIONS && kept < op.room) {
      kept++;
      if (lane == best) {
        copy_record(source, output + kept * RECORD_BYTES);
      }
      if (waits && lane > best && hides(chunk[best], mine)) {
        waits = false;
        waiting[lane] = 0u;
      }
      best = next_waiting(lane, best + 1u);
    }
    storageBarrier(); // the next chunk reads what was kept
  }
  for (var word = lane; word < RECORD_BYTES / 4u; word += INVOCATIONS) {
    store_word(output + word * 4u, select(0u, kept, word == 0u));
  }
  let end = (1u + op.room) * RECORD_BYTES / 4u;
  for (var word = (1u + kept) * RECORD_BYTES / 4u + lane; word < end; word += INVOCATIONS) {
    store_word(output + word * 4u, 0u);
  }
}
