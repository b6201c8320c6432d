import { compileKernels } from "../kernels/compile_kernels.ts";
import type { KernelBuild } from "../kernels/wasm_engine.ts";

const SOURCE = new URL("dot_peak.as.ts", import.meta.url);
const STEPS = 50_000;
const SEED = 3;
/** The first ones run before V8 has optimized. */
const TRIES = 300;

/** Multiply-adds a second that this machine's dot instructions of a build reach, on one thread, in V8. */
export async function dotPeak(build: KernelBuild): Promise<number> {
  const wasm = await compileKernels(build, await Deno.readTextFile(SOURCE));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(wasm, { env: { memory } });
  const { spinFused, spinPairs, MACS_A_STEP } = instance.exports;
  if (
    typeof spinFused !== "function" || typeof spinPairs !== "function" ||
    !(MACS_A_STEP instanceof WebAssembly.Global)
  ) throw new Error("Cannot measure the peak: dot_peak.as.ts exports something else");
  const fastest = Math.min(
    fastestMs(() => spinFused(STEPS, SEED)),
    fastestMs(() => spinPairs(STEPS, SEED)),
  );
  return STEPS * MACS_A_STEP.value / fastest * 1000;
}

function fastestMs(run: () => void): number {
  let fastest = Infinity;
  for (let k = 0; k < TRIES; k++) {
    const start = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}
