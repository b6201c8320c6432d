// IEEE 754's multiplication in integers: between int8 and float every bit counts, and WGSL lets a device round
// its own products up or down, or take denormal numbers for 0.

const F32_SIGN = 0x80000000u;
const F32_INFINITY = 0x7f800000u;

/** A positive float's whole significand, and the power of two of its lowest bit plus 150. */
struct Significand {
  /** 2^23 to 2^24 − 1. */
  digits: u32,
  exponent: i32,
}

fn significand_of(bits: u32) -> Significand {
  if (bits >= 0x800000u) {
    return Significand((bits & 0x7fffffu) | 0x800000u, i32(bits >> 23u));
  }
  let shift = countLeadingZeros(bits) - 8u;
  return Significand(bits << shift, 1 - i32(shift));
}

/**
 * The bits of a · b, rounded once, to the nearest float, of two to the even one; where that is denormal only if
 * `a` is a whole number, else cut off. `b` is positive and finite, `a` is no NaN.
 */
fn multiply_f32(a: u32, b: u32) -> u32 {
  let sign = a & F32_SIGN;
  let size = a & ~F32_SIGN;
  if (size == 0u || size == F32_INFINITY) {
    return a;
  }
  let one = significand_of(size);
  let other = significand_of(b);
  // 24 by 24 bits in parts of 12: `high` · 2^24 + `low`.
  let outer = (one.digits >> 12u) * (other.digits >> 12u);
  let inner = (one.digits & 0xfffu) * (other.digits & 0xfffu);
  let middle = (one.digits >> 12u) * (other.digits & 0xfffu) +
    (one.digits & 0xfffu) * (other.digits >> 12u) + (inner >> 12u);
  var high = outer + (middle >> 12u);
  var low = ((middle & 0xfffu) << 12u) | (inner & 0xfffu);
  var exponent = one.exponent + other.exponent - 126;
  if (high < 0x800000u) {
    high = (high << 1u) | (low >> 23u);
    low = (low << 1u) & 0xffffffu;
    exponent -= 1;
  }
  if (exponent >= 255) {
    return sign | F32_INFINITY;
  }
  if (exponent >= 1) {
    // A carry out of the digits lands in the exponent, as it should.
    return sign | ((u32(exponent - 1) << 23u) + half_to_even(high, low << 8u));
  }
  // Whole numbers have no digits below a denormal float's last, and the others are too small to be a step.
  return sign | (high >> min(u32(1 - exponent), 31u));
}

/** A whole part and the rest of a number, the latter in 1/2^32. */
fn half_to_even(whole: u32, rest: u32) -> u32 {
  let is_up = rest > 0x80000000u || (rest == 0x80000000u && (whole & 1u) == 1u);
  return whole + select(0u, 1u, is_up);
}
