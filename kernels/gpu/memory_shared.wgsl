// As `memory.wgsl`, for shaders whose invocations store to parts of the same word: each bit is changed by one
// atomic operation alone, so what others store beside it stays.

@group(0) @binding(0) var<storage, read_write> arena: array<atomic<u32>>;

fn load_word(address: u32) -> u32 {
  return atomicLoad(&arena[address >> 2u]);
}

fn store_word(address: u32, value: u32) {
  atomicStore(&arena[address >> 2u], value);
}

fn set_bits(word: u32, mask: u32, value: u32) {
  atomicAnd(&arena[word], ~mask | value);
  atomicOr(&arena[word], value & mask);
}

/** The lowest `count` bytes, 1 to 4, wherever they lie. */
fn store_bytes(address: u32, value: u32, count: u32) {
  let shift = (address & 3u) * 8u;
  let mask = 0xffffffffu >> (32u - count * 8u);
  set_bits(address >> 2u, mask << shift, (value & mask) << shift);
  if (shift + count * 8u > 32u) {
    set_bits((address >> 2u) + 1u, mask >> (32u - shift), (value & mask) >> (32u - shift));
  }
}
