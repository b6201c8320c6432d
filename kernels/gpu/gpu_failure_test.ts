import assert from "node:assert/strict";
import { gpuFailureOf, GpuProblem } from "./gpu_failure.ts";
import { withinMemory } from "./within_memory.ts";

Deno.test("gpuFailureOf() tells by the engine's words what became of a GPU", () => {
  const words = [
    ["lost", "Cannot run: the GPU gives no answer (it was lost: reset)"],
    ["lost", "Cannot tune: the GPU was lost (reset)"],
    ["failed", "Cannot run: the GPU gives no answer (a buffer was destroyed)"],
    ["lost", "Cannot load the plan: the GPU does not take it (Cannot run: the GPU was lost)"],
    ["memory", "Cannot load the plan: the GPU does not take it (the GPU is out of memory (1))"],
    ["refused", "Cannot load the plan: the GPU does not take it (the shader conv is refused)"],
    ["wrong", "Cannot load the plan: fieldmesh gpu does not give its known answer on this device"],
    ["failed", "something else"],
  ];
  for (const [kind, message] of words) {
    assert.deepEqual(gpuFailureOf(new Error(message)), { kind, message });
  }
  assert.deepEqual(gpuFailureOf("text"), { kind: "failed", message: "text" });
});

Deno.test("gpuFailureOf() leaves a failure that is known what it is", () => {
  const failure = { kind: "late", message: "the GPU was lost" } as const;
  assert.equal(gpuFailureOf(new GpuProblem(failure)), failure);
});

Deno.test("gpuFailureOf() knows what withinMemory says of a full device", async () => {
  const errors = [{ message: "heap 0" }, null];
  const device = { pushErrorScope() {}, popErrorScope: () => Promise.resolve(errors.shift()) };
  const full = withinMemory(device as unknown as GPUDevice, () => 1);
  await assert.rejects(full, (thrown) => gpuFailureOf(thrown).kind === "memory");
});
