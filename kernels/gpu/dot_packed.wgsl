// Products of four inputs by the language's packed_4x8_integer_dot_product.

alias Inputs = u32;
/** Of four outputs, four inputs each. */
alias Weights = vec4<u32>;
/** Of four outputs. */
alias Sums = vec4<i32>;

fn inputs_of(bytes: u32) -> Inputs {
  return bytes;
}

fn weights_of(bytes: vec4<u32>) -> Weights {
  return bytes;
}

fn add_products(sums: Sums, inputs: Inputs, weights: Weights) -> Sums {
  return sums + vec4<i32>(
    dot4I8Packed(inputs, weights.x),
    dot4I8Packed(inputs, weights.y),
    dot4I8Packed(inputs, weights.z),
    dot4I8Packed(inputs, weights.w),
  );
}

/** Whether `Sums` of so many words of inputs may hold no more. */
fn is_full(words: u32) -> bool {
  return false;
}
