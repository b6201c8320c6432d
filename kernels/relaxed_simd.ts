const PROBE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // \0asm, version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // a type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // a function of it
  ...[0x0a, 0x3d, 0x01, 0x3b, 0x00], // its code, without locals
  ...v128Zero(),
  ...v128Zero(),
  ...v128Zero(),
  ...[0xfd, 0x93, 0x02, 0x0b], // i32x4.relaxed_dot_i8x16_i7x16_add_s, end
]);

function v128Zero(): number[] {
  return [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
}

/** Whether this device runs relaxed SIMD: a module that holds it fails validation elsewhere. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}
