import type { Frame, Tensors } from "../../kernels/engine.ts";
import { hashOf } from "../../kernels/golden.ts";
import type { Backend, LoadedPlan } from "../../kernels/plan_engine.ts";
import { decodePlan } from "../../kernels/plan_file.ts";
import { frameInput } from "../../models/plan_detections.ts";

/** Of the hash; enough to tell any two answers apart. */
const HEX_DIGITS = 16;

/**
 * What a backend makes of frames: for each the beginning of a SHA-256 over the head's logits and the
 * detections.
 */
export async function answersOf(
  backend: Backend,
  plan: Uint8Array,
  frames: Iterable<Frame>,
): Promise<string[]> {
  return await withPlan(backend, plan, async (memory) => {
    const answers: string[] = [];
    for (const frame of frames) answers.push(await shortHash(await memory.tell(frameInput(frame))));
    return answers;
  });
}

/** What the outputs for each frame hash to, where the frames come in batches of these sizes, one after the other. */
export async function outputsOf(
  backend: Backend,
  plan: Uint8Array,
  { frames, sizes }: { readonly frames: readonly Frame[]; readonly sizes: readonly number[] },
): Promise<string[]> {
  return await withPlan(backend, plan, async (memory) => {
    const outputs: Tensors[] = [];
    for (const size of sizes) {
      const batch = frames.slice(outputs.length, outputs.length + size);
      outputs.push(...await memory.answer(batch.map(frameInput)));
    }
    return await Promise.all(outputs.map((tensors) => shortHash(bytesOf(tensors))));
  });
}

async function withPlan<T>(
  backend: Backend,
  plan: Uint8Array,
  use: (memory: LoadedPlan) => Promise<T>,
): Promise<T> {
  const memory = await backend.prepare(await decodePlan(plan));
  try {
    return await use(memory);
  } finally {
    memory.dispose();
  }
}

async function shortHash(parts: readonly Uint8Array[]): Promise<string> {
  return (await hashOf(parts)).slice(0, HEX_DIGITS);
}

function bytesOf(outputs: Tensors): Uint8Array[] {
  return Object.values(outputs).map(({ data }) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  );
}
