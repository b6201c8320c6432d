// Copies a box of elements, of which `run` lie side by side where they go to: each invocation brings a 32-bit word
// of them. Where no two do, run is 1, and an invocation brings an element. Addresses and steps are modulo 2^32, so
// steps may be negative.
//
// Constants: BYTES of an element; SPAN, elements that an invocation brings; DENSE (they lie side by side where they
// come from, too).

struct Params {
  item_bytes: u32,
  input: u32,
  output: u32,
  table: u32,
  /** All words to bring. */
  words: u32,
  run: u32,
  /** That make up the run, and all. */
  run_axes: u32,
  axes: u32,
  /** The finest first: size, bytes from an index to the next in the input and in the output. */
  axis: array<vec4<u32>, 6>,
}

@group(0) @binding(2) var<uniform> op: Params;

/** Bytes from the first element of some axes to one of their elements, in the input and in the output. */
fn steps_to(element: u32, first_axis: u32, end: u32) -> vec2<u32> {
  var steps = vec2<u32>(0u);
  var rest = element;
  for (var i = first_axis; i < end; i++) {
    let axis = op.axis[i];
    steps += rest % axis.x * axis.yz;
    rest /= axis.x;
  }
  return steps;
}

fn load_element(address: u32) -> u32 {
  if (BYTES == 4u) {
    return load_word(address);
  }
  if (BYTES == 2u) {
    return u32(load_half(address)) & 0xffffu;
  }
  return load_byte(address);
}

/** What is no u7 becomes 0. */
fn through_table(bytes: u32) -> u32 {
  var entries = 0u;
  for (var i = 0u; i < SPAN; i++) {
    let byte = (bytes >> (i * 8u)) & 0xffu;
    if (byte < 128u) {
      entries |= data_byte(op.table + byte) << (i * 8u);
    }
  }
  return entries;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = lane_of(workgroup, workgroups, lane);
  if (at >= op.words) {
    return;
  }
  let words_a_run = (op.run + SPAN - 1u) / SPAN;
  let element = at % words_a_run * SPAN;
  let count = min(SPAN, op.run - element);
  let run = steps_to(at / words_a_run, op.run_axes, op.axes);
  let input = workgroup.z * op.item_bytes + op.input + run.x;
  let output = workgroup.z * op.item_bytes + op.output + run.y;
  var bytes = 0u;
  if (DENSE) {
    bytes = load_quad(input + element * BYTES);
  } else {
    for (var i = 0u; i < count; i++) {
      let source = input + steps_to(element + i, 0u, op.run_axes).x;
      bytes |= load_element(source) << (i * BYTES * 8u);
    }
  }
  if (op.table != NONE) {
    bytes = through_table(bytes);
  }
  store_bytes(output + element * BYTES, bytes, count * BYTES);
}
