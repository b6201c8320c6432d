// Each invocation looks up four elements of a pixel.

struct Params {
  item_bytes: u32,
  input: u32,
  input_stride: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  channels: u32,
  table: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let at = lane_of(workgroup, workgroups, lane);
  let quads = (op.channels + 3u) / 4u;
  let pixel = at / quads;
  if (pixel >= op.pixels) {
    return;
  }
  let channel = at % quads * 4u;
  let count = min(4u, op.channels - channel);
  let bytes = load_quad(item + op.input + pixel * op.input_stride + channel);
  var values = 0u;
  for (var i = 0u; i < count; i++) {
    values |= data_byte(op.table + ((bytes >> (i * 8u)) & 0xffu)) << (i * 8u);
  }
  store_bytes(item + op.output + pixel * op.output_stride + channel, values, count);
}
