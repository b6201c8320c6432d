import assert from "node:assert/strict";
import type { GpuBackend } from "../../kernels/gpu/gpu_backend.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { trialBackend } from "../fixtures/gpu_trial.ts";
import { noise } from "../fixtures/trial_memory.ts";
import type { Said, Work } from "./campaign.ts";
import { damaged, pick, type Random } from "./mutate_bytes.ts";
import { mutatedOnnx } from "./mutate_onnx.ts";
import { mutatedPlan, openPlan, sealPlan } from "./mutate_plan.ts";
import { smallNetworks } from "./networks.ts";
import { smallPlans } from "./small_plans.ts";
import { tryOnnx } from "./try_onnx.ts";
import { type Engines, tryPlan } from "./try_plan.ts";

/** Does the case of a number; returns what became of it, throws if that must not be. */
type TryCase = (number: number) => Promise<string>;

/** Machines that run tests do other things as well: what is slow must be so again and again. */
const TRIES = 3;
/** One network of so many is compiled to integers, which takes ten times as long. */
const ONE_IN_INT8 = 4;

/** On the backends given. */
type MakeTry = (wasm: readonly WasmBackend[]) => Promise<TryCase>;

const KINDS: Readonly<Record<string, MakeTry>> = {
  "damaged plans": async (wasm) => {
    const plans = await smallPlans(wasm[0]);
    return (number) => {
      const random = noise(number);
      return tryPlan(damaged(pick(plans, random).file, random), { wasm });
    };
  },
  "plans sealed anew": async (wasm) => await sealedTry({ wasm }),
  "plans on a GPU": async (wasm) => await sealedTry({ wasm, gpu: await gpuBackends() }),
  "damaged ONNX files": (wasm) => Promise.resolve(networkTry(damaged, wasm)),
  "changed ONNX files": (wasm) => Promise.resolve(networkTry(mutatedOnnx, wasm)),
};

async function sealedTry(engines: Engines): Promise<TryCase> {
  const plans = (await smallPlans(engines.wasm[0])).map(({ file }) => openPlan(file));
  return async (number) => {
    const random = noise(number);
    const file = await sealPlan(mutatedPlan(pick(plans, random), random));
    return await tryPlan(file, engines);
  };
}

async function gpuBackends(): Promise<GpuBackend[]> {
  const backends = await Promise.all([trialBackend("packed"), trialBackend("plain")]);
  return backends.map((backend) => backend ?? assert.fail("there is no adapter"));
}

function networkTry(
  mutate: (file: Uint8Array, random: Random) => Uint8Array,
  [backend]: readonly WasmBackend[],
): TryCase {
  const networks = smallNetworks();
  return (number) => {
    const random = noise(number);
    const { onnx, options } = pick(networks, random);
    const file = mutate(onnx, random);
    if (random() % ONE_IN_INT8 === 0) return tryOnnx(file, options, backend);
    const plain = { ...options, precision: "fp32", head: undefined, calibration: [] } as const;
    return tryOnnx(file, plain, backend);
  };
}

/** Throws where it takes longer each time. */
async function inTime(tryCase: TryCase, number: number, caseMs: number): Promise<string> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const start = performance.now();
    const fate = await tryCase(number);
    if (performance.now() - start < caseMs) return fate;
  }
  throw new Error(`it took over ${caseMs} ms, ${TRIES} times`);
}

function say(said: Said): void {
  self.postMessage(said);
}

async function work({ kind, first, count, caseMs, kernels }: Work): Promise<void> {
  const backends = (["plain", "relaxed"] as const).map((build) =>
    new WasmBackend({ build, readKernels: () => Promise.resolve(kernels[build]) })
  );
  const tryCase = await KINDS[kind](backends);
  const fates: Record<string, number> = {};
  for (let number = first; number < first + count; number++) {
    say({ kind: "began", number });
    const fate = await inTime(tryCase, number, caseMs);
    fates[fate] = (fates[fate] ?? 0) + 1;
  }
  say({ kind: "done", fates });
}

self.onmessage = async ({ data }: MessageEvent<Work>) => {
  try {
    await work(data);
  } catch (cause) {
    say({ kind: "failed", why: cause instanceof Error ? `${cause.stack}` : String(cause) });
  }
};
