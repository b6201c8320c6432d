/** What the suite `gpu` asks of whoever runs its networks: a service worker, or Deno itself. */
import type { EntrantInput } from "./entrant.ts";

export const GPU_ENGINES = [
  "fieldmesh-gpu-packed",
  "fieldmesh-gpu-plain",
  "fieldmesh-wasm",
  "onnxruntime-webgpu",
] as const;
export type GpuEngine = (typeof GPU_ENGINES)[number];

/** A network on an engine; addresses as in `Entrant`. */
export interface GpuEntrant {
  readonly name: string;
  readonly engine: GpuEngine;
  readonly network: string;
  readonly input: EntrantInput;
}

export interface GpuFacts {
  /** As the browser or Deno names it. */
  readonly adapter: string;
  readonly isSoftware: boolean;
  /** The language has `dot4I8Packed`. */
  readonly hasPackedDot: boolean;
}

export interface GpuBench {
  /** Undefined where there is no adapter. */
  facts(): Promise<GpuFacts | undefined>;
  /** Starts its engine if need be. Ours also prove the plan's known answer. */
  load(entrant: GpuEntrant): Promise<void>;
  /** Milliseconds a run, from the input in JavaScript's memory to the outputs there; one sample at least. */
  sample(name: string, budgetMs: number): Promise<number[]>;
  /** The first output of the newest run. */
  answer(name: string): Promise<number[]>;
  /** Milliseconds of each op on the GPU, the fastest of so many rounds; none where the device has no clock. */
  profile(name: string, rounds: number): Promise<number[]>;
}

/** `GpuBench`'s methods as messages. */
export type GpuQuestion =
  | { readonly ask: "facts" }
  | { readonly ask: "load"; readonly entrant: GpuEntrant }
  | { readonly ask: "sample"; readonly name: string; readonly budgetMs: number }
  | { readonly ask: "answer"; readonly name: string }
  | { readonly ask: "profile"; readonly name: string; readonly rounds: number };

export type GpuReply =
  | { readonly facts: GpuFacts | undefined }
  | { readonly numbers: number[] }
  | { readonly error: string };

export async function replyTo(bench: GpuBench, question: GpuQuestion): Promise<GpuReply> {
  try {
    return await answer(bench, question);
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

async function answer(bench: GpuBench, question: GpuQuestion): Promise<GpuReply> {
  switch (question.ask) {
    case "facts":
      return { facts: await bench.facts() };
    case "load":
      await bench.load(question.entrant);
      return { numbers: [] };
    case "sample":
      return { numbers: await bench.sample(question.name, question.budgetMs) };
    case "answer":
      return { numbers: await bench.answer(question.name) };
    case "profile":
      return { numbers: await bench.profile(question.name, question.rounds) };
  }
}

declare global {
  /** In the page: asks the worker. The answer comes by `gpuReplied`, which Deno puts there. */
  var askGpu: (id: number, question: GpuQuestion) => void;
  var gpuReplied: (id: number, reply: GpuReply) => Promise<void>;
}
