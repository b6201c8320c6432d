/** What the bit suite offers in a browser, its service worker, and Deno: every op's own tests, and the models. */
import type { Frame } from "../../kernels/engine.ts";
import type { Backend } from "../../kernels/plan_engine.ts";
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { decodePicture } from "../../models/picture_file.ts";
import { type Dot, trialBackend, trialDevice } from "../fixtures/gpu_trial.ts";
import { trialHashes } from "../fixtures/op_trial.ts";
import { answersOf, outputsOf } from "./answers.ts";
import { afterEach, collected } from "./collected_tests.ts";
import { fetchBytes } from "./fetch_bytes.ts";
import { frameAt } from "./frames.ts";
import { PICTURES } from "./pictures.ts";
import { answerCalls } from "./worker_calls.ts";

export type BackendName = "reference" | "plain" | "relaxed" | `gpu ${Dot}`;

/** Frames `first` … `end` − 1 of the suite, for a model of the catalogue. */
export interface ModelRun {
  readonly plan: string;
  readonly backend: BackendName;
  readonly first: number;
  readonly end: number;
}

/** `globalThis.bits` of the bundle: each call is short enough for a browser's driver. */
export interface BitSuite {
  opTests(): Promise<number>;
  /** What failed, or nothing. */
  runOpTest(index: number): Promise<string | null>;
  /** By op: a hash over all outputs of the oracle in the tests so far. */
  opHashes(): Promise<Record<string, string>>;
  /** Of the GPU that the ops' tests run on as well; nothing where they cannot. */
  adapter(): Promise<string | null>;
  /** An answer a frame. */
  runModel(run: ModelRun): Promise<string[]>;
  /** The outputs for each frame, where they come in batches of these sizes. */
  runBatches(run: ModelRun, sizes: readonly number[]): Promise<string[]>;
}

export const suite: BitSuite = {
  opTests: () => Promise.resolve(collected.length),
  opHashes: () => Promise.resolve(Object.fromEntries(trialHashes())),

  async runOpTest(index) {
    const { name, body } = collected[index];
    const failures: unknown[] = [];
    for (const part of [body, ...afterEach]) {
      try {
        await part();
      } catch (cause) {
        failures.push(cause);
      }
    }
    return failures.length === 0 ? null : `${name}: ${messageOf(failures[0])}`;
  },

  async adapter() {
    const device = await trialDevice();
    if (!device) return null;
    const { vendor, architecture, description } = device.adapterInfo;
    return [vendor, architecture, description].join(" ");
  },

  async runModel(run) {
    return await answersOf(await backendOf(run), await planOf(run), await framesOf(run));
  },

  async runBatches(run, sizes) {
    const [plan, frames] = [await planOf(run), await framesOf(run)];
    return await outputsOf(await backendOf(run), plan, { frames, sizes });
  },
};

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

async function backendOf({ backend }: ModelRun): Promise<Backend> {
  switch (backend) {
    case "reference":
      return referenceBackend;
    case "plain":
    case "relaxed":
      return new WasmBackend({ build: backend, readKernels });
    case "gpu packed":
    case "gpu plain": {
      const found = await trialBackend(backend === "gpu packed" ? "packed" : "plain");
      if (!found) throw new Error("Cannot run: no adapter");
      return found;
    }
  }
}

function planOf({ plan }: ModelRun): Promise<Uint8Array<ArrayBuffer>> {
  return fetchBytes(`/plans/${plan}`);
}

async function framesOf({ first, end }: ModelRun): Promise<Frame[]> {
  const pictures = await Promise.all(
    PICTURES.map(async (name) => decodePicture(await fetchBytes(`/media/${name}`))),
  );
  return Array.from({ length: end - first }, (_, at) => frameAt(first + at, pictures));
}

Object.assign(globalThis, { bits: suite });
answerCalls(suite);
