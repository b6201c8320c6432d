import assert from "node:assert/strict";
import { adviceOn } from "./advice.ts";

Deno.test("adviceOn() always offers a way on", () => {
  for (const code of ["camera-denied", "camera-missing", "file-unreadable", "internal"] as const) {
    assert.notEqual(adviceOn({ code, message: "m" }).ways.length, 0, code);
  }
});

Deno.test("adviceOn() does not offer the camera again where it cannot work", () => {
  assert.equal(
    adviceOn({ code: "insecure-origin", message: "m" }).ways.includes("retry"),
    false,
  );
});
