// Each invocation does 32 bits of a pixel: four u7, or one f32.
//
// Constants: FLOAT; BLEND (else all shares are 0, and pixels are only repeated).

struct Params {
  item_bytes: u32,
  input: u32,
  input_width: u32,
  input_stride: u32,
  output: u32,
  output_width: u32,
  output_pixels: u32,
  output_stride: u32,
  pixel_bytes: u32,
  rows: u32,
  columns: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const ENTRY_BYTES = 6u;
const SHARES = 128u;

/** first, second, share of the second */
fn entry_of(table: u32, place: u32) -> vec3<u32> {
  let entry = table + place * ENTRY_BYTES;
  return vec3<u32>(vec3<i32>(data_half(entry), data_half(entry + 2u), data_half(entry + 4u)));
}

fn four_of(bytes: u32) -> vec4<u32> {
  return (vec4<u32>(bytes) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(0xffu);
}

fn blend_bytes(corners: vec4<u32>, row: u32, column: u32) -> u32 {
  let top = four_of(corners.x) * (SHARES - column) + four_of(corners.y) * column;
  let bottom = four_of(corners.z) * (SHARES - column) + four_of(corners.w) * column;
  let values = (top * (SHARES - row) + bottom * row + 8192u) >> vec4<u32>(14u);
  return values.x | (values.y << 8u) | (values.z << 16u) | (values.w << 24u);
}

fn between(a: f32, b: f32, share: u32) -> f32 {
  if (share == 0u) {
    return a;
  }
  return a + (b - a) * (f32(share) / f32(SHARES));
}

/** What is only copied keeps its bits. */
fn blend_float(corners: vec4<u32>, row: u32, column: u32) -> u32 {
  if (row == 0u && column == 0u) {
    return corners.x;
  }
  let floats = bitcast<vec4<f32>>(corners);
  let top = between(floats.x, floats.y, column);
  let bottom = between(floats.z, floats.w, column);
  return bitcast<u32>(between(top, bottom, row));
}

fn input_bits(row: u32, column: u32, base: u32) -> u32 {
  let address = base + (row * op.input_width + column) * op.input_stride;
  if (FLOAT) {
    return load_word(address);
  }
  return load_quad(address);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = workgroup.z * op.item_bytes;
  let at = lane_of(workgroup, workgroups, lane);
  let words = (op.pixel_bytes + 3u) / 4u;
  let pixel = at / words;
  if (pixel >= op.output_pixels) {
    return;
  }
  let byte = at % words * 4u;
  let base = item + op.input + byte;
  let row = entry_of(op.rows, pixel / op.output_width);
  let column = entry_of(op.columns, pixel % op.output_width);
  var bits = input_bits(row.x, column.x, base);
  if (BLEND) {
    let corners = vec4<u32>(
      bits,
      input_bits(row.x, column.y, base),
      input_bits(row.y, column.x, base),
      input_bits(row.y, column.y, base),
    );
    if (FLOAT) {
      bits = blend_float(corners, row.z, column.z);
    } else {
      bits = blend_bytes(corners, row.z, column.z);
    }
  }
  let count = min(4u, op.pixel_bytes - byte);
  store_bytes(item + op.output + pixel * op.output_stride + byte, bits, count);
}
