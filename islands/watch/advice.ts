import type { ErrorCode, Failure } from "../../field/errors.ts";

/** A way on after a start that failed. */
export type WayOn = "retry" | "demo" | "file";

export interface Advice {
  readonly title: string;
  /** What the user can do about it, beyond the failure's own message. */
  readonly hint?: string;
  readonly ways: readonly WayOn[];
}

const ADVICE: Partial<Readonly<Record<ErrorCode, Advice>>> = {
  "camera-denied": {
    title: "The camera is not allowed",
    hint:
      "Allow it in the browser's settings for this site (the icon beside the address, or on a " +
      "phone the app's permissions), then try again.",
    ways: ["retry", "demo", "file"],
  },
  "camera-missing": {
    title: "No camera found",
    hint: "Connect one and try again, or watch without: the demo camera shows how it works.",
    ways: ["demo", "file", "retry"],
  },
  "camera-busy": {
    title: "Another app is using the camera",
    hint: "Close that app, then try again.",
    ways: ["retry", "demo"],
  },
  "camera-lost": {
    title: "The camera went away",
    hint: "It was unplugged, or another app took it. What was seen so far is saved.",
    ways: ["retry", "demo"],
  },
  "file-unreadable": {
    title: "This file cannot be shown",
    hint: "Choose a photo (JPEG, PNG, WebP) or a film that this browser can play.",
    ways: ["file", "demo"],
  },
  "insecure-origin": {
    title: "The camera needs a secure address",
    hint:
      "Open Fieldmesh by https, or on this computer by localhost. A hub started with --lan gives " +
      "such an address.",
    ways: ["demo", "file"],
  },
  "model-missing": {
    title: "The detector is not on this device yet",
    hint: "Open Fieldmesh once with the hub in reach; afterwards it needs no network.",
    ways: ["retry"],
  },
  "model-damaged": {
    title: "The detector is damaged",
    hint: "Reload with the hub in reach to fetch it again.",
    ways: ["retry"],
  },
};

/** What to tell and to offer when watching did not begin or broke off. */
export function adviceOn(failure: Failure): Advice {
  return ADVICE[failure.code] ?? { title: "Watching did not start", ways: ["retry", "demo"] };
}

/** Whether there is more to say than the failure's own message: it concerns what is watched. */
export function hasAdvice(failure: Failure): boolean {
  return failure.code in ADVICE;
}
