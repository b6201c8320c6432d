/**
 * A plan's known answer: what an engine must say to a question made from a seed. It looks at the logits of a
 * detector, not only at its detections: noise holds nothing to detect.
 */
import type { Tensors } from "./engine.ts";
import type { Plan, PlanOp, PlanPort, TensorIndex } from "./plan.ts";

/** Not the network's size, so that the resize is proven too. */
const FRAME = { width: 97, height: 61 } as const;

/** A question for the plan's inputs. */
export function goldenInputs(plan: Pick<Plan, "inputs" | "golden">): Tensors {
  const next = randomNumbers(plan.golden.seed);
  return Object.fromEntries(plan.inputs.map((port) => [port.name, question(port, next)]));
}

function question({ tensor, shape }: PlanPort, next: () => number): Tensors[string] {
  if (tensor === undefined) {
    const [height, width] = [shape[0] || FRAME.height, shape[1] || FRAME.width];
    const data = filled(new Uint8Array(height * width * 4), () => next() >>> 24);
    return { data, shape: [height, width, 4] };
  }
  const length = shape.reduce((product, size) => product * size, 1);
  const data = filled(new Float32Array(length), () => (next() >>> 8) / 2 ** 22 - 2);
  return { data, shape };
}

/** Many times faster than `from` with a function. */
function filled<T extends Uint8Array | Float32Array>(data: T, value: () => number): T {
  for (let at = 0; at < data.length; at++) data[at] = value();
  return data;
}

/** mulberry32: 32 random bits a call. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The ops to run, and the tensors whose bytes are the answer. */
export interface GoldenPart {
  readonly ops: number;
  readonly tensors: readonly TensorIndex[];
}

/** Up to the first decoding, what it reads; then the end, what the caller gets. */
export function goldenParts(plan: Pick<Plan, "ops" | "outputs">): GoldenPart[] {
  const outputs = plan.outputs.flatMap(({ tensor }) => tensor === undefined ? [] : [tensor]);
  const whole = { ops: plan.ops.length, tensors: outputs };
  const decode = plan.ops.findIndex((op) => levelsOf(op).length > 0);
  return decode === -1 ? [whole] : [{ ops: decode, tensors: levelsOf(plan.ops[decode]) }, whole];
}

function levelsOf(op: PlanOp): TensorIndex[] {
  if (op.op !== "decode_distribution" && op.op !== "decode_anchors") return [];
  return op.levels.flatMap(({ scores, boxes }) => [scores, boxes]);
}

/** SHA-256 in hex over byte strings, one after the other. */
export async function hashOf(parts: readonly Uint8Array[]): Promise<string> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
