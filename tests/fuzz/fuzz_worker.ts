import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { noise } from "../fixtures/trial_memory.ts";
import type { Said, Work } from "./campaign.ts";
import { damaged, pick, type Random } from "./mutate_bytes.ts";
import { mutatedOnnx } from "./mutate_onnx.ts";
import { mutatedPlan, openPlan, sealPlan } from "./mutate_plan.ts";
import { smallNetworks } from "./networks.ts";
import { smallPlans } from "./small_plans.ts";
import { tryOnnx } from "./try_onnx.ts";
import { tryPlan } from "./try_plan.ts";

/** Does the case of a number; returns what became of it, throws if that must not be. */
type TryCase = (number: number) => Promise<string>;

/** A second, but machines that run tests do other things as well: what is slow must be so again and again. */
const SLOW_MS = 1000;
const TRIES = 3;
/** One network of so many is compiled to integers, which takes ten times as long. */
const ONE_IN_INT8 = 4;

/** On the backends given. */
type MakeTry = (backends: readonly WasmBackend[]) => Promise<TryCase>;

const KINDS: Readonly<Record<string, MakeTry>> = {
  "damaged plans": async (backends) => {
    const plans = await smallPlans(backends[0]);
    return (number) => {
      const random = noise(number);
      return tryPlan(damaged(pick(plans, random).file, random), backends);
    };
  },
  "plans sealed anew": async (backends) => {
    const plans = (await smallPlans(backends[0])).map(({ file }) => openPlan(file));
    return async (number) => {
      const random = noise(number);
      const file = await sealPlan(mutatedPlan(pick(plans, random), random));
      return await tryPlan(file, backends);
    };
  },
  "damaged ONNX files": (backends) => Promise.resolve(networkTry(damaged, backends)),
  "changed ONNX files": (backends) => Promise.resolve(networkTry(mutatedOnnx, backends)),
};

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

/** Throws where it takes more than a second each time. */
async function inTime(tryCase: TryCase, number: number): Promise<string> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const start = performance.now();
    const fate = await tryCase(number);
    if (performance.now() - start < SLOW_MS) return fate;
  }
  throw new Error(`it took over ${SLOW_MS} ms, ${TRIES} times`);
}

function say(said: Said): void {
  self.postMessage(said);
}

async function work({ kind, first, count, kernels }: Work): Promise<void> {
  const backends = (["plain", "relaxed"] as const).map((build) =>
    new WasmBackend({ build, readKernels: () => Promise.resolve(kernels[build]) })
  );
  const tryCase = await KINDS[kind](backends);
  const fates: Record<string, number> = {};
  for (let number = first; number < first + count; number++) {
    say({ kind: "began", number });
    const fate = await inTime(tryCase, number);
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
