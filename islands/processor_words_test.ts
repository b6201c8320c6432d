import assert from "node:assert/strict";
import type { ProcessorReason, ProcessorStatus } from "../field/messages.ts";
import { formats } from "./format.ts";
import { modeHint, reasonFor } from "./processor_words.ts";

const NOW = Date.UTC(2026, 10, 21, 16, 44);
const AT = NOW - 40_000;

function statusOf(changes: Partial<ProcessorStatus> = {}): ProcessorStatus {
  return { mode: "auto", inUse: "wasm", why: "not-tried", ...changes };
}

Deno.test("reasonFor() says what was measured", () => {
  const words = [
    ["gpu", 8.04, 14.4, "It is the faster one here: 8 ms a frame, 14 ms on the processor."],
    ["wasm", 31, 14, "It is the faster one here: 14 ms a frame, 31 ms on the graphics processor."],
    [
      "wasm",
      13,
      14,
      "The graphics processor gains too little for the power it takes: 14 ms a frame, 13 ms on the graphics processor.",
    ],
  ] as const;
  for (const [inUse, gpuMs, wasmMs, text] of words) {
    const status = statusOf({ why: "faster", inUse, times: { gpuMs, wasmMs } });
    assert.equal(reasonFor(status, NOW), text);
  }
});

Deno.test("reasonFor() says when the graphics processor failed, that nothing was lost, what is next", () => {
  const status = statusOf({ why: "lost", failedAt: AT, retryAt: AT + 60_000 });
  const begin = `The graphics processor was lost at ${formats.minute(AT)}. ` +
    "The processor looks, and no frame was lost. ";
  assert.equal(reasonFor(status, NOW), `${begin}It is tried again in 20 s.`);
  assert.equal(
    reasonFor(status, AT + 60_000),
    `${begin}It is tried again with the next frame.`,
  );
  assert.equal(
    reasonFor(statusOf({ why: "lost", failedAt: AT }), NOW),
    `${begin}It is not tried again until you choose anew.`,
  );
});

Deno.test("reasonFor() has words of its own for every reason, and some for a later version's", () => {
  const reasons: Record<ProcessorReason, true> = {
    forced: true,
    faster: true,
    "not-tried": true,
    trying: true,
    measuring: true,
    model: true,
    "no-webgpu": true,
    "no-adapter": true,
    "no-device": true,
    software: true,
    lost: true,
    memory: true,
    refused: true,
    wrong: true,
    late: true,
    failed: true,
  };
  const texts = (Object.keys(reasons) as ProcessorReason[])
    .map((why) => reasonFor(statusOf({ why, failedAt: AT }), NOW));
  assert.equal(new Set(texts).size, texts.length);
  for (const text of texts) assert.match(text, /^[A-Z].*\.$/);
  assert.equal(reasonFor(statusOf({ why: "new" as ProcessorReason }), NOW), "Processor looks.");
});

Deno.test("modeHint() tells times once there are any", () => {
  const measured = statusOf({ times: { gpuMs: 8.26, wasmMs: 141.7 } });
  assert.match(modeHint("gpu", measured), /^8.3 ms a frame$|^8,3 ms a frame$/);
  assert.equal(modeHint("wasm", measured), "142 ms a frame");
  for (const mode of ["auto", "gpu", "wasm"] as const) {
    assert.doesNotMatch(modeHint(mode, statusOf()), /\d/);
  }
});
