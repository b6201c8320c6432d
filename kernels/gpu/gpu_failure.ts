/** What became of a GPU, as what a program can act on. */

/**
 * "lost": the device is gone. "memory": it had no room. "refused": it does not take the plan's shaders or
 * buffers. "wrong": it did not give the known answer. "late": it gave none in time. "failed": anything else.
 */
export type GpuFailureKind = "lost" | "memory" | "refused" | "wrong" | "late" | "failed";

/** Why a GPU cannot be relied on any more. */
export interface GpuFailure {
  readonly kind: GpuFailureKind;
  /** What was underneath, for a developer. */
  readonly message: string;
}

export class GpuProblem extends Error {
  readonly failure: GpuFailure;

  constructor(failure: GpuFailure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = "GpuProblem";
    this.failure = failure;
  }
}

/** The words of the backend and of the plan engine. Of several the first counts: losing a device refuses shaders. */
const KINDS: readonly (readonly [GpuFailureKind, RegExp])[] = [
  ["lost", /\b(is|was) lost\b/],
  ["memory", /\bout of memory\b/i],
  ["wrong", /\bdoes not give its known answer\b/],
  ["refused", /\bthe GPU does not take it\b/],
];

/** Of whatever loading or running a plan on a GPU threw. */
export function gpuFailureOf(thrown: unknown): GpuFailure {
  if (thrown instanceof GpuProblem) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: KINDS.find(([, words]) => words.test(message))?.[0] ?? "failed", message };
}
