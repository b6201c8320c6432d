// Before a decoder: there are no candidates yet. One invocation an item.

struct Params {
  item_bytes: u32,
  scratch_words: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>) {
  atomicStore(&scratch[workgroup.z * op.scratch_words], 0u);
}
