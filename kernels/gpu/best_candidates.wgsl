// After a decoder: the best of the candidates that it has listed, in whatever order, become records. One
// workgroup an item. It goes in rounds of as many as its memory holds: finds the last key of the round,
// digit by digit (radix selection), gathers all up to it and sorts them. Where all fit, there is one round
// and nothing to find; where the best themselves are many rounds, they are first listed apart.
//
// Scratch of an item as `candidates.ts` has it.

struct Params {
  item_bytes: u32,
  scratch_words: u32,
  /** From the item's scratch to its boxes and to the keys listed apart, in words. */
  boxes: u32,
  apart: u32,
  orders_per_box: u32,
  output: u32,
  /** Records that the output has room for. */
  limit: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const INVOCATIONS = 256u;
const ROOM = 1024u;
const RECORD_BYTES = 32u;
const DIGITS = 256u;

/** Of a key: 65535 − score, then order. The lower, the better; no two are alike. */
alias Key = vec2<u32>;

var<workgroup> listed: u32;
var<workgroup> gathered: atomic<u32>;
var<workgroup> keys: array<Key, ROOM>;
var<workgroup> counts: array<atomic<u32>, DIGITS>;
/** A digit, how many keys have a lower one, and how many have it. */
var<workgroup> chosen: vec3<u32>;

/** `list` is the word of the first. */
fn key_at(list: u32, index: u32) -> Key {
  let at = list + index * 2u;
  return Key(atomicLoad(&scratch[at]), atomicLoad(&scratch[at + 1u]));
}

fn is_before(a: Key, b: Key) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}

/** A key that has `wanted` of the keys from `first` on up to it, of which there are more. */
fn last_of(list: u32, count: u32, lane: u32, first: Key, wanted: u32) -> Key {
  var known = Key(0xffff0000u, 0u); // which bits of `last` are found; a score has 16
  var last = Key(0u);
  var missing = wanted;
  for (var step = 0u; step < 6u; step++) {
    let is_score = step < 2u;
    let shift = select(5u - step, 1u - min(step, 1u), is_score) * 8u;
    atomicStore(&counts[lane], 0u);
    workgroupBarrier();
    for (var i = lane; i < count; i += INVOCATIONS) {
      let key = key_at(list, i);
      if (!is_before(key, first) && all((key & known) == last)) {
        atomicAdd(&counts[(select(key.y, key.x, is_score) >> shift) & 0xffu], 1u);
      }
    }
    workgroupBarrier();
    if (lane == 0u) {
      chosen = digit_of(missing);
    }
    let found = workgroupUniformLoad(&chosen);
    let place = select(Key(0u, 1u), Key(1u, 0u), is_score);
    known |= place * (0xffu << shift);
    last |= place * (found.x << shift);
    missing -= found.y;
    if (found.z == missing) {
      break; // all that begin so
    }
  }
  return last | ~known;
}

/** The least digit up to which there are as many. */
fn digit_of(wanted: u32) -> vec3<u32> {
  var before = 0u;
  for (var digit = 0u; digit < DIGITS; digit++) {
    let here = atomicLoad(&counts[digit]);
    if (before + here >= wanted) {
      return vec3<u32>(digit, before, here);
    }
    before += here;
  }
  return vec3<u32>(DIGITS - 1u, before, 0u);
}

fn store_record(address: u32, base: u32, key: Key) {
  let box = base + op.boxes + key.y / op.orders_per_box * 3u;
  let start = atomicLoad(&scratch[box]);
  let end = atomicLoad(&scratch[box + 1u]);
  store_word(address, atomicLoad(&scratch[box + 2u]) + key.y % op.orders_per_box);
  store_word(address + 4u, 65535u - key.x);
  store_word(address + 8u, start & 0xffffu);
  store_word(address + 12u, start >> 16u);
  store_word(address + 16u, end & 0xffffu);
  store_word(address + 20u, end >> 16u);
  store_word(address + 24u, key.y);
  store_word(address + 28u, 0u);
}

/**
 * Copies all keys up to `last` to another list, so that rounds need not go through all. It also keeps
 * invocations short: Mesa's software adapter ends all loops of one after 65,535 iterations.
 */
fn list_apart(list: u32, count: u32, lane: u32, apart: u32, last: Key) {
  atomicStore(&gathered, 0u);
  workgroupBarrier();
  for (var i = lane; i < count; i += INVOCATIONS) {
    let key = key_at(list, i);
    if (!is_before(last, key)) {
      let at = apart + atomicAdd(&gathered, 1u) * 2u;
      atomicStore(&scratch[at], key.x);
      atomicStore(&scratch[at + 1u], key.y);
    }
  }
  storageBarrier();
}

/** Brings the keys from `first` to `last`, of which there are `wanted`, into `keys`, the best first. */
fn sort_round(list: u32, count: u32, lane: u32, first: Key, last: Key, wanted: u32) {
  var size = 1u;
  while (size < wanted) {
    size *= 2u;
  }
  for (var i = lane; i < size; i += INVOCATIONS) {
    keys[i] = Key(0xffffffffu);
  }
  atomicStore(&gathered, 0u);
  workgroupBarrier();
  for (var i = lane; i < count; i += INVOCATIONS) {
    let key = key_at(list, i);
    if (!is_before(key, first) && !is_before(last, key)) {
      keys[atomicAdd(&gathered, 1u)] = key;
    }
  }
  // Bitonic: https://en.wikipedia.org/wiki/Bitonic_sorter
  for (var block = 2u; block <= size; block *= 2u) {
    for (var reach = block / 2u; reach > 0u; reach /= 2u) {
      workgroupBarrier();
      for (var pair = lane; pair < size / 2u; pair += INVOCATIONS) {
        let low = pair / reach * reach * 2u + pair % reach;
        let high = low + reach;
        let a = keys[low];
        let b = keys[high];
        if (is_before(b, a) == ((low & block) == 0u)) {
          keys[low] = b;
          keys[high] = a;
        }
      }
    }
  }
  workgroupBarrier();
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let base = workgroup.z * op.scratch_words;
  let output = workgroup.z * op.item_bytes + op.output;
  if (lane == 0u) {
    listed = atomicLoad(&scratch[base]);
  }
  var list = base + 1u;
  var count = workgroupUniformLoad(&listed);
  let total = min(count, op.limit);
  if (count > total && total > ROOM) {
    let last = last_of(list, count, lane, Key(0u), total);
    list_apart(list, count, lane, base + op.apart, last);
    list = base + op.apart;
    count = total;
  }
  var first = Key(0u);
  var done = 0u;
  while (done < total) {
    let wanted = min(total - done, ROOM);
    var last = Key(0xffffffffu);
    if (count - done > wanted) {
      last = last_of(list, count, lane, first, wanted);
    }
    sort_round(list, count, lane, first, last, wanted);
    for (var i = lane; i < wanted; i += INVOCATIONS) {
      store_record(output + (1u + done + i) * RECORD_BYTES, base, keys[i]);
    }
    workgroupBarrier();
    first = select(last + Key(0u, 1u), Key(last.x + 1u, 0u), last.y == 0xffffffffu);
    done += wanted;
  }
  for (var word = lane; word < RECORD_BYTES / 4u; word += INVOCATIONS) {
    store_word(output + word * 4u, select(0u, total, word == 0u));
  }
  let end = (1u + op.limit) * RECORD_BYTES / 4u;
  for (var word = (1u + total) * RECORD_BYTES / 4u + lane; word < end; word += INVOCATIONS) {
    store_word(output + word * 4u, 0u);
  }
}
