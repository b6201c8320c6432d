// Softmax over a pixel's channels by LANES_A_PIXEL invocations, each of which does every LANES_A_PIXEL-th four.
//
// All in 32 bits: at most 65,536 channels, each an entry of at most 65,535, add up to 4,294,901,760 < 2^32; of
// that the half, and 127 entries, are below 2^32 too.
//
// Constant: LANES_A_PIXEL, a power of two up to LANES.

struct Params {
  item_bytes: u32,
  input: u32,
  input_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
  exp: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

var<workgroup> parts: array<u32, LANES>;

fn largest(first: u32, begin: u32, end: u32) -> u32 {
  var peak = 0u;
  for (var channel = begin; channel < end; channel += LANES_A_PIXEL * 4u) {
    let bytes = load_quad(first + channel);
    for (var i = 0u; i < min(4u, end - channel); i++) {
      peak = max(peak, (bytes >> (i * 8u)) & 0xffu);
    }
  }
  return peak;
}

fn share_of(bytes: u32, i: u32, peak: u32) -> u32 {
  return data_unsigned_half(op.exp + (peak - ((bytes >> (i * 8u)) & 0xffu)) * 2u);
}

fn sum_of_shares(first: u32, begin: u32, end: u32, peak: u32) -> u32 {
  var sum = 0u;
  for (var channel = begin; channel < end; channel += LANES_A_PIXEL * 4u) {
    let bytes = load_quad(first + channel);
    for (var i = 0u; i < min(4u, end - channel); i++) {
      sum += share_of(bytes, i, peak);
    }
  }
  return sum;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let pixel = lane_of(workgroup, workgroups, lane) / LANES_A_PIXEL;
  let part = lane % LANES_A_PIXEL;
  let first = item + op.input + pixel * op.input_stride;
  // None of the last workgroup's invocations may be missing at a barrier.
  let end = select(0u, op.channels, pixel < op.pixels);

  parts[lane] = largest(first, part * 4u, end);
  for (var half = LANES_A_PIXEL / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (part < half) {
      parts[lane] = max(parts[lane], parts[lane + half]);
    }
  }
  workgroupBarrier();
  let peak = parts[lane - part];
  workgroupBarrier();

  parts[lane] = sum_of_shares(first, part * 4u, end, peak);
  for (var half = LANES_A_PIXEL / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (part < half) {
      parts[lane] += parts[lane + half];
    }
  }
  workgroupBarrier();
  let sum = parts[lane - part];

  for (var channel = part * 4u; channel < end; channel += LANES_A_PIXEL * 4u) {
    let bytes = load_quad(first + channel);
    let count = min(4u, end - channel);
    var values = 0u;
    for (var i = 0u; i < count; i++) {
      values |= ((127u * share_of(bytes, i, peak) + sum / 2u) / sum) << (i * 8u);
    }
    store_bytes(item + op.output + pixel * op.output_stride + channel, values, count);
  }
}
