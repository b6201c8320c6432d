import assert from "node:assert/strict";
import fc from "fast-check";
import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import { seal } from "../../field/checksum.ts";
import { toBase41 } from "./base41.ts";
import { halves } from "./half_for_tests.ts";
import { CODE_MOST_CHARS, pairCode, readPairCode } from "./pair_code.ts";
import { squeeze } from "./squeeze.ts";

const [sample] = fc.sample(halves, { numRuns: 1, seed: 5 });

Deno.test("readPairCode() gives back what was shown, however it was carried", () => {
  fc.assert(fc.property(halves, (half) => {
    const code = pairCode(half);
    assert.ok(code.length <= CODE_MOST_CHARS, `${code.length} characters`);
    const read = readPairCode(code);
    assert.ok(typeof read === "object");
    assert.deepEqual(squeeze(read), squeeze(half));
  }));
  const code = pairCode(sample);
  const carried = [code.toLowerCase(), ` ${code}\n`, `My code: ${code}`];
  for (const text of [...carried, code.replace(/(.{40})/g, "$1\n")]) {
    assert.deepEqual(readPairCode(text), readPairCode(code));
  }
});

Deno.test("readPairCode() names what is wrong", () => {
  const code = pairCode(sample);
  for (const text of ["", "hello", "https://hub.local/crew#join=abc", "FM", "FM:12"]) {
    assert.equal(readPairCode(text), "not-a-code", text);
  }
  for (
    const cut of [code.slice(0, -1), code.slice(0, -3), code.slice(0, 40), "FM1:", `${code} 7`]
  ) {
    assert.equal(readPairCode(cut), "damaged", cut);
  }
  assert.equal(readPairCode(code.replace("FM1:", "FM2:")), "other-version");
  const newer = squeeze(sample).with(0, 0x20);
  assert.equal(readPairCode(`FM1:${toBase41(seal(newer))}`), "other-version");
  assert.equal(
    readPairCode(`FM1:${toBase41(seal(newer.subarray(0, 50).with(0, 0x10)))}`),
    "damaged",
  );
});

Deno.test("readPairCode() sees every single character that was misread", () => {
  const code = pairCode(sample);
  for (let at = 4; at < code.length; at++) {
    const other = code[at] === "7" ? "8" : "7";
    assert.equal(readPairCode(code.slice(0, at) + other + code.slice(at + 1)), "damaged");
  }
});

Deno.test("pairCode() of the most bytes is a QR code that is read back from its picture", () => {
  const code = `FM1:${toBase41(seal(new Uint8Array(300).map((_, i) => i * 37)))}`;
  assert.equal(code.length, CODE_MOST_CHARS);
  const rows = encodeQR(code, "raw", { ecc: "medium", border: 4 });
  const [modules, scale] = [rows.length, 3];
  const side = modules * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let i = 0; i < side * side; i++) {
    const dark = rows[Math.floor(i / side / scale)][Math.floor(i % side / scale)];
    if (dark) data.fill(0, 4 * i, 4 * i + 3);
  }
  assert.equal(decodeQR({ width: side, height: side, data }), code);
  // 280 px on a phone are at least three to a module
  assert.ok(modules * 3 <= 280, `${modules} modules`);
});
