/** From `navigator.gpu` to a device that plans fit on; what is not there is said, not thrown. */
import type { GpuFailure } from "./gpu_failure.ts";

/** Why there is no GPU to try: nothing here speaks WebGPU, no adapter is given, or the adapter gives no device. */
export type NoGpu = "no-webgpu" | "no-adapter" | "no-device";

export interface FoundAdapter {
  /** As people may know it: "llvmpipe (LLVM 15.0.6, 256 bits)", "nvidia ampere"; "" where the browser hides it. */
  readonly name: string;
  /** What the browser tells of it, all of it: what was measured and proven is remembered for it. */
  readonly id: string;
  /** It computes on the processor: correct, and never faster. */
  readonly isSoftware: boolean;
  /** Of an adapter there is one device: a lost one needs another `findAdapter`. */
  open(): Promise<OpenDevice | { readonly absent: NoGpu; readonly message: string }>;
}

export interface OpenDevice {
  readonly device: GPUDevice;
  /** Resolves when the device is lost, or has failed where nobody was asking: it is of no use from then on. */
  readonly ended: Promise<GpuFailure>;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;
/** Plans need a part of this; an adapter may offer terabytes. */
const MOST_BYTES = 2 ** 30;

/** An adapter of this context, of the kind that the browser prefers: the one that spares the battery. */
export async function findAdapter(
  gpu: GPU | undefined = globalThis.navigator.gpu,
): Promise<FoundAdapter | { readonly absent: NoGpu }> {
  if (!gpu) return { absent: "no-webgpu" };
  const adapter = await gpu.requestAdapter().catch(() => null); // a browser that blocks WebGPU may throw
  return adapter ? describe(adapter) : { absent: "no-adapter" };
}

function describe(adapter: GPUAdapter): FoundAdapter {
  const { vendor, architecture, device, description } = adapter.info;
  const name = description || [vendor, architecture].filter((word) => word).join(" ");
  return {
    name,
    id: [vendor, architecture, device, description].join(" "),
    isSoftware: isFallback(adapter) || SOFTWARE.test(`${name} ${architecture}`),
    open: () => openDevice(adapter),
  };
}

/** Older browsers have it on the adapter, newer ones in its description. */
function isFallback(adapter: GPUAdapter & { readonly isFallbackAdapter?: boolean }): boolean {
  return adapter.info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
}

async function openDevice(adapter: GPUAdapter): ReturnType<FoundAdapter["open"]> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const wanted: GPUFeatureName = "timestamp-query";
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: adapter.features.has(wanted) ? [wanted] : [],
      requiredLimits: {
        maxBufferSize: Math.min(maxBufferSize, MOST_BYTES),
        maxStorageBufferBindingSize: Math.min(maxStorageBufferBindingSize, MOST_BYTES),
      },
    });
    return { device, ended: endOf(device) };
  } catch (thrown) {
    return { absent: "no-device", message: String(thrown) };
  }
}

function endOf(device: GPUDevice): Promise<GpuFailure> {
  const failed = Promise.withResolvers<GpuFailure>();
  device.addEventListener("uncapturederror", ({ error }) => {
    const kind = error instanceof GPUOutOfMemoryError ? "memory" : "failed";
    failed.resolve({ kind, message: error.message });
  });
  const lost = device.lost.then(({ message }): GpuFailure => ({ kind: "lost", message }));
  return Promise.race([lost, failed.promise]);
}
