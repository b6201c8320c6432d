import type { ErrorCode, Failure } from "../../field/errors.ts";

/** A way on after a start that failed. */
export type WayOn = "retry" | "demo" | "file";

/** What the failure's own message does not say: a heading, and what can be done here. */
export interface Advice {
  readonly title: string;
  readonly ways: readonly WayOn[];
}

const ADVICE: Partial<Readonly<Record<ErrorCode, Advice>>> = {
  "camera-denied": { title: "The camera is not allowed", ways: ["retry", "demo", "file"] },
  "camera-missing": { title: "No camera found", ways: ["demo", "file", "retry"] },
  "camera-busy": { title: "Another app is using the camera", ways: ["retry", "demo"] },
  "camera-lost": { title: "The camera went away", ways: ["retry", "demo"] },
  "file-unreadable": { title: "This file cannot be shown", ways: ["file", "demo"] },
  "insecure-origin": { title: "The camera needs a secure address", ways: ["demo", "file"] },
  "model-missing": { title: "The detector is not on this device yet", ways: ["retry"] },
  "model-damaged": { title: "The detector is damaged", ways: ["retry"] },
};

/** What to tell and to offer when watching did not begin or broke off. */
export function adviceOn(failure: Failure): Advice {
  return ADVICE[failure.code] ?? { title: "Watching did not start", ways: ["retry", "demo"] };
}

/** Whether there is more to say than the failure's own message: it concerns what is watched. */
export function hasAdvice(failure: Failure): boolean {
  return failure.code in ADVICE;
}
