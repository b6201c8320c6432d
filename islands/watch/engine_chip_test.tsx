import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import type { EngineStatus } from "../../field/messages.ts";
import EngineChip from "./engine_chip.tsx";
import type { Pace } from "./pace.ts";

const ENGINE: EngineStatus = { name: "e", model: "NanoDet-g", state: "ready", p50Ms: 19.6, fps: 0 };

function words(pace: Pace | null, engine: EngineStatus | undefined = ENGINE): string {
  return render(<EngineChip engine={engine} pace={pace} />).replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ").trim();
}

Deno.test("EngineChip says how long looks take and how many there are while something moves", () => {
  assert.equal(words({ kind: "moving", looksPerSecond: 5.2 }), "NanoDet-g 20 ms 5 looks/s");
});

Deno.test("EngineChip says that nothing moves, and no rate of zero", () => {
  assert.equal(words({ kind: "still" }), "NanoDet-g nothing moves");
});

Deno.test("EngineChip says no rate that it does not know", () => {
  assert.equal(words(null), "NanoDet-g 20 ms");
  assert.equal(words(null, { ...ENGINE, p50Ms: null }), "NanoDet-g – ms");
});

Deno.test("EngineChip says that the model loads, or has failed, whatever was seen before", () => {
  const still = { kind: "still" } as const;
  assert.equal(words(still, { ...ENGINE, state: "loading" }), "Loading NanoDet-g …");
  assert.equal(words(still, { ...ENGINE, state: "failed" }), "Detector failed");
});

Deno.test("EngineChip is nothing before the worker has answered", () => {
  assert.equal(render(<EngineChip pace={null} />), "");
});
