import type { ShippedDetector } from "./shipped_detector.ts";
import { frameInput, type PlanClasses, planDetections } from "./plan_detections.ts";
import PLANS from "./plans.json" with { type: "json" };

/** Of the plans that ship: written by `build_plans.ts`, which makes them. */
const FILES: Readonly<Record<string, PlanFile>> = PLANS;

export interface PlanFile {
  /** In `models/`. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Throws when no such plan ships. */
export function planFile(id: string): PlanFile {
  if (Object.hasOwn(FILES, id)) return FILES[id];
  throw new Error(`There is no plan ${id}`);
}

/** What all detectors that are plans share. */
export function plannedDetector(id: string, classes: PlanClasses) {
  const { sha256, bytes } = planFile(id);
  return {
    id,
    runtime: "plan",
    url: `/models/${id}-${sha256.slice(0, 8)}.plan`,
    sha256,
    bytes,
    labels: classes.labels,
    inputSize: classes.inputSize,
    prepare: frameInput,
    decode: (outputs) => planDetections(outputs, classes),
  } satisfies Partial<ShippedDetector>;
}
