/** What the bit suite offers in a browser, and in Deno: every op's own tests, and the models. */
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { decodePicture } from "../../models/picture_file.ts";
import { trialHashes } from "../fixtures/op_trial.ts";
import { answersOf } from "./answers.ts";
import { collected } from "./collected_tests.ts";
import { fetchBytes } from "./fetch_bytes.ts";
import { frameAt } from "./frames.ts";
import { PICTURES } from "./pictures.ts";

export type BackendName = "reference" | "plain" | "relaxed";

/** `globalThis.bits` of the bundle: each call is short enough for a browser's driver. */
export interface BitSuite {
  readonly opTests: number;
  /** What failed, or nothing. */
  runOpTest(index: number): Promise<string | null>;
  /** By op: a hash over all outputs of the oracle in the tests so far. */
  opHashes(): Record<string, string>;
  /** Answers of a plan to frames first … end − 1. */
  runModel(plan: string, backend: BackendName, first: number, end: number): Promise<string[]>;
}

const suite: BitSuite = {
  opTests: collected.length,
  opHashes: () => Object.fromEntries(trialHashes()),

  async runOpTest(index) {
    const { name, body } = collected[index];
    try {
      await body();
      return null;
    } catch (cause) {
      return `${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
  },

  async runModel(plan, backend, first, end) {
    const pictures = await Promise.all(
      PICTURES.map(async (name) => decodePicture(await fetchBytes(`/media/${name}`))),
    );
    const frames = Array.from({ length: end - first }, (_, at) => frameAt(first + at, pictures));
    const chosen = backend === "reference"
      ? referenceBackend
      : new WasmBackend({ build: backend, readKernels });
    return await answersOf(chosen, await fetchBytes(`/plans/${plan}`), frames);
  },
};

Object.assign(globalThis, { bits: suite });
