// What every shader reads. Addresses are bytes; `data` are the plan's constants.

@group(0) @binding(1) var<storage, read> data: array<u32>;
/** Frames of a batch: see `image/image.wgsl`. */
@group(0) @binding(3) var<storage, read> frames: array<u32>;
/** Working space of one op at a time, noise at first. */
@group(0) @binding(4) var<storage, read_write> scratch: array<atomic<u32>>;

/** Address of what is not there. */
const NONE = 0xffffffffu;
const LANES = 64u;

fn load_byte(address: u32) -> u32 {
  return (load_word(address) >> ((address & 3u) * 8u)) & 0xffu;
}

fn load_half(address: u32) -> i32 {
  return extractBits(i32(load_word(address)), (address & 2u) * 8u, 16u);
}

/** Four bytes from any address. */
fn load_quad(address: u32) -> u32 {
  let shift = (address & 3u) * 8u;
  let low = load_word(address);
  if (shift == 0u) {
    return low;
  }
  return (low >> shift) | (load_word(address + 4u) << (32u - shift));
}

fn data_word(address: u32) -> u32 {
  return data[address >> 2u];
}

fn data_byte(address: u32) -> u32 {
  return (data[address >> 2u] >> ((address & 3u) * 8u)) & 0xffu;
}

fn data_half(address: u32) -> i32 {
  return extractBits(i32(data[address >> 2u]), (address & 2u) * 8u, 16u);
}

fn data_unsigned_half(address: u32) -> u32 {
  return extractBits(data[address >> 2u], (address & 2u) * 8u, 16u);
}

/** One number for each invocation of a dispatch whose workgroups of `LANES` are spread by `gridOf` (gpu_op.ts). */
fn lane_of(workgroup: vec3<u32>, workgroups: vec3<u32>, lane: u32) -> u32 {
  return (workgroup.y * workgroups.x + workgroup.x) * LANES + lane;
}
