import assert from "node:assert/strict";
import { hasRelaxedSimd } from "./relaxed_simd.ts";

Deno.test("hasRelaxedSimd() is true in Deno, which has it", () => {
  assert.equal(hasRelaxedSimd(), true);
});

Deno.test("hasRelaxedSimd() asks about a module that runs and holds the relaxed dot product", async () => {
  const asked = askedModule();
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(asked));
  assert.deepEqual(Object.keys(exports), []);
  // i32x4.relaxed_dot_i8x16_i7x16_add_s: prefix 0xfd, 0x113 as LEB128
  assert.match(asked.join(), /253,147,2/);
});

Deno.test("hasRelaxedSimd() is false where the device refuses the module", () => {
  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    assert.equal(hasRelaxedSimd(), false);
  } finally {
    WebAssembly.validate = validate;
  }
});

/** What `hasRelaxedSimd` has validated. */
function askedModule(): Uint8Array<ArrayBuffer> {
  const { validate } = WebAssembly;
  let asked = new Uint8Array();
  WebAssembly.validate = (bytes) => {
    assert.ok(bytes instanceof Uint8Array);
    asked = Uint8Array.from(bytes);
    return validate(bytes);
  };
  try {
    hasRelaxedSimd();
  } finally {
    WebAssembly.validate = validate;
  }
  return asked;
}
