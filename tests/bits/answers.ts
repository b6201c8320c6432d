import type { Frame } from "../../kernels/engine.ts";
import { hashOf } from "../../kernels/golden.ts";
import { type Backend, tellParts } from "../../kernels/plan_engine.ts";
import { decodePlan } from "../../kernels/plan_file.ts";

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
  const decoded = await decodePlan(plan);
  const memory = await backend.prepare(decoded);
  const answers: string[] = [];
  for (const frame of frames) {
    const told = tellParts({ plan: decoded, memory }, frame);
    answers.push((await hashOf(told)).slice(0, HEX_DIGITS));
  }
  return answers;
}
