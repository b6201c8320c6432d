import { checkPlan } from "../check_plan.ts";
import type { Frame, Tensors } from "../engine.ts";
import type { Plan } from "../plan.ts";
import type { ArenaBackend } from "../plan_engine.ts";
import type { PlanBody } from "./plan_builder.ts";

/** Runs a network on named inputs; the outputs are the caller's. */
export type Runner = (inputs: Tensors) => Tensors;

const ANONYMOUS = {
  provenance: {
    name: "",
    licence: "",
    notices: [],
    source: { file: "", sha256: "" },
    compiler: "",
    calibration: [],
  },
  precision: "fp32",
  golden: { seed: 0, input: "", output: "" },
} as const;

/** A plan that is run, not shipped. */
export function anonymousPlan(body: PlanBody): Plan {
  return { ...ANONYMOUS, ...body };
}

/** What has been lowered, on a backend. */
export async function runnerOf(body: PlanBody, backend: ArenaBackend): Promise<Runner> {
  const plan = anonymousPlan(body);
  checkPlan(plan); // kernels rely on it
  const memory = await backend.prepare(plan);
  return (inputs) => memory.answer([inputs])[0];
}

/** A sample of calibration as the network's inputs. */
export function inputsOf(sample: Frame | Tensors, name: string): Tensors {
  if (!isFrame(sample)) return sample;
  const { width, height, data } = sample;
  return {
    [name]: {
      data: new Uint8Array(data.buffer, data.byteOffset, data.length),
      shape: [height, width, 4],
    },
  };
}

export function isFrame(sample: Frame | Tensors): sample is Frame {
  return typeof sample.width === "number";
}
