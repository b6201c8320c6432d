import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import type { ProcessorStatus } from "../field/messages.ts";
import { someStatus } from "../page/fakes_for_tests.ts";
import { status } from "./live.ts";
import ProcessorCard from "./processor_card.tsx";

/** The card's words, without its elements. */
function wordsOf(processor: ProcessorStatus): string {
  status.value = { ...someStatus, engine: { ...someStatus.engine, processor } };
  try {
    return render(<ProcessorCard />).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  } finally {
    status.value = null;
  }
}

Deno.test("ProcessorCard says what is in use, by name, and what was measured", () => {
  const times = { gpuMs: 8, wasmMs: 14 };
  const words = wordsOf({ mode: "auto", inUse: "gpu", why: "faster", gpu: "nvidia ampere", times });
  assert.match(words, /In use: Graphics processor \(nvidia ampere\)/);
  assert.match(words, /Graphics processor 8 ms a frame Processor 14 ms a frame/);
});

Deno.test("ProcessorCard says why the graphics processor is not in use", () => {
  const words = wordsOf({ mode: "gpu", inUse: "wasm", why: "no-webgpu", gpu: "hidden" });
  assert.match(words, /In use: Processor This browser has no WebGPU in the background/);
});

Deno.test("ProcessorCard waits for a worker that says nothing of it", () => {
  assert.match(render(<ProcessorCard />), /skeleton/);
});
