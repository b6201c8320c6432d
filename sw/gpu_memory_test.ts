import assert from "node:assert/strict";
import { GpuMemory, parseRemembered } from "./gpu_memory.ts";

const KEY = "engine.gpu.times.0a";

function memoryOf(version: string, settings: Record<string, unknown> = {}) {
  const store = {
    setting: (key: string) => Promise.resolve(settings[key]),
    commit: (changed: { settings?: Readonly<Record<string, unknown>> }) => {
      Object.assign(settings, structuredClone(changed.settings));
      return Promise.resolve();
    },
  };
  return new GpuMemory(store, { key: KEY, version });
}

Deno.test("GpuMemory knows what was found of this GPU by this version, and nothing else", async () => {
  const settings = {};
  const found = { times: { gpuMs: 8, wasmMs: 14 } };
  assert.equal(await memoryOf("1", settings).recall("speedy"), null);
  await memoryOf("1", settings).remember("speedy", found);
  assert.deepEqual(await memoryOf("1", settings).recall("speedy"), found);
  assert.equal(await memoryOf("1", settings).recall("slow"), null);
  assert.equal(await memoryOf("2", settings).recall("speedy"), null);
  assert.deepEqual(Object.keys(settings), [KEY]);
});

Deno.test("GpuMemory takes a setting that is damaged for one that is not there", async () => {
  for (const damaged of [null, 7, "x", [], {}, { of: 3, found: {} }]) {
    assert.equal(await memoryOf("1", { [KEY]: damaged }).recall("speedy"), null);
  }
});

Deno.test("parseRemembered() reads what was written, and leaves out what is damaged", () => {
  const whole = { times: { gpuMs: 8, wasmMs: 14 }, refusals: 1 };
  assert.deepEqual(parseRemembered(whole), whole);
  assert.deepEqual(parseRemembered({ refusals: 2 }), { refusals: 2 });
  const damaged = [null, 1, {}, { times: 7 }, { times: { gpuMs: "8", wasmMs: 1 } }, {
    times: { gpuMs: NaN, wasmMs: 1 },
    refusals: "two",
  }];
  for (const found of damaged) assert.deepEqual(parseRemembered(found), {});
});
