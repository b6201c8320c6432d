import assert from "node:assert/strict";
import { findAdapter } from "./gpu_device.ts";

interface FakeAdapter {
  readonly info: Partial<GPUAdapterInfo>;
  readonly isFallbackAdapter?: boolean;
  readonly features?: readonly string[];
  readonly limits?: {
    readonly maxBufferSize: number;
    readonly maxStorageBufferBindingSize: number;
  };
  readonly requestDevice?: (wanted: GPUDeviceDescriptor) => Promise<GPUDevice>;
}

const LIMITS = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 40 };

/** What a browser would give. */
function gpuWith({ info, features = [], limits = LIMITS, ...adapter }: FakeAdapter): GPU {
  const whole = {
    ...adapter,
    info: { vendor: "", architecture: "", device: "", description: "", ...info },
    features: new Set(features),
    limits,
  };
  return { requestAdapter: () => Promise.resolve(whole) } as unknown as GPU;
}

async function adapterOf(fake: FakeAdapter) {
  const adapter = await findAdapter(gpuWith(fake));
  assert.ok(!("absent" in adapter));
  return adapter;
}

Deno.test("findAdapter() says what is not there, and throws nothing", async () => {
  const refusing = { requestAdapter: () => Promise.reject(new Error("blocked")) } as unknown as GPU;
  const empty = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
  const { navigator } = globalThis;
  assert.deepEqual(await findAdapter(refusing), { absent: "no-adapter" });
  assert.deepEqual(await findAdapter(empty), { absent: "no-adapter" });
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  try {
    assert.deepEqual(await findAdapter(), { absent: "no-webgpu" });
  } finally {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
});

Deno.test("findAdapter() names the adapter as far as the browser tells", async () => {
  const names = [
    [{ vendor: "nvidia", architecture: "ampere" }, "nvidia ampere"],
    [{ vendor: "0x10de", description: "GeForce 9" }, "GeForce 9"],
    [{}, ""],
  ] as const;
  for (const [info, name] of names) assert.equal((await adapterOf({ info })).name, name);
});

Deno.test("findAdapter() knows adapters in software, by what browsers say or by name", async () => {
  const software: FakeAdapter[] = [
    { info: { isFallbackAdapter: true } },
    { info: {}, isFallbackAdapter: true },
    { info: { vendor: "google", architecture: "swiftshader" } },
    { info: { architecture: "swiftshader", description: "Vulkan device" } },
    { info: { description: "llvmpipe (LLVM 15.0.6, 256 bits)" } },
    { info: { description: "Microsoft Basic Render Driver" } },
  ];
  for (const fake of software) assert.ok((await adapterOf(fake)).isSoftware, JSON.stringify(fake));
  const real = { info: { vendor: "intel", architecture: "xe", isFallbackAdapter: false } };
  assert.ok(!(await adapterOf(real)).isSoftware);
});

Deno.test("open() asks for what the adapter offers, up to a bound, and for timestamps where they are", async () => {
  for (const features of [[], ["timestamp-query"]]) {
    let wanted: GPUDeviceDescriptor = {};
    const adapter = await adapterOf({
      info: {},
      features,
      requestDevice: (descriptor) => {
        wanted = descriptor;
        return Promise.reject(new Error("enough"));
      },
    });
    assert.deepEqual(await adapter.open(), { absent: "no-device", message: "Error: enough" });
    assert.deepEqual(wanted.requiredFeatures, features);
    assert.deepEqual(wanted.requiredLimits, {
      maxBufferSize: 2 ** 28,
      maxStorageBufferBindingSize: 2 ** 30,
    });
  }
});
