import assert from "node:assert/strict";
import {
  FIRST_LINKS,
  LATENCY,
  latencyWords,
  linkSettings,
  LOSS,
  lossWords,
} from "./link_choice.ts";

Deno.test("linkSettings() spreads latency around its mean, and gives loss as a share", () => {
  const settings = linkSettings({ latencyMs: 100, lossPercent: 30, isCut: true });
  assert.deepEqual(settings, { latencyMs: [60, 140], loss: 0.3, partition: true });
});

Deno.test("linkSettings() of every slider's end is what a swarm takes", () => {
  for (const latencyMs of [0, LATENCY.most]) {
    for (const lossPercent of [0, LOSS.most]) {
      const { latencyMs: [least, most], loss } = linkSettings({
        ...FIRST_LINKS,
        latencyMs,
        lossPercent,
      });
      assert.ok(0 <= least && least <= most && 0 <= loss && loss <= 0.95);
    }
  }
});

Deno.test("latencyWords() and lossWords() say the figures", () => {
  assert.equal(latencyWords(100), "60 to 140 ms");
  assert.equal(latencyWords(0), "0 ms");
  assert.equal(lossWords(0), "none");
  assert.equal(lossWords(30), "30 % of frames");
});
