// Each invocation stores four bytes of a pixel.

struct Params {
  item_bytes: u32,
  output: u32,
  output_stride: u32,
  pixels: u32,
  pixel_bytes: u32,
  /** The value, as often as it fits into 32 bits. */
  pattern: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = lane_of(workgroup, workgroups, lane);
  let quads = (op.pixel_bytes + 3u) / 4u;
  let pixel = at / quads;
  if (pixel >= op.pixels) {
    return;
  }
  let byte = at % quads * 4u;
  let address = workgroup.z * op.item_bytes + op.output + pixel * op.output_stride + byte;
  store_bytes(address, op.pattern, min(4u, op.pixel_bytes - byte));
}
