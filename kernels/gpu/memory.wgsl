// Begins every shader that owns the words it stores to: no other invocation of the same dispatch touches
// them. `memory_shared.wgsl` is the same for those that do not. Addresses are bytes.

@group(0) @binding(0) var<storage, read_write> arena: array<u32>;

fn load_word(address: u32) -> u32 {
  return arena[address >> 2u];
}

fn store_word(address: u32, value: u32) {
  arena[address >> 2u] = value;
}

/** The lowest `count` bytes, 1 to 4, to one word; its other bytes stay. */
fn store_bytes(address: u32, value: u32, count: u32) {
  if (count == 4u && (address & 3u) == 0u) {
    arena[address >> 2u] = value;
    return;
  }
  let shift = (address & 3u) * 8u;
  let mask = (0xffffffffu >> (32u - count * 8u)) << shift;
  let word = arena[address >> 2u];
  arena[address >> 2u] = (word & ~mask) | ((value << shift) & mask);
}
