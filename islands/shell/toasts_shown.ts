import { signal } from "@preact/signals";
import type { ErrorCode, Failure } from "../../field/errors.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { withoutToast, withToast } from "./toast_list.ts";
import type { Toast } from "./toast_list.ts";

/** What is shown at the edge of the screen now. */
export const toasts = signal<readonly Toast[]>([]);

const INFO_LASTS_MS = 8_000;

/** Shows a message; without `lastsMs` it stays until the user closes it. */
export function showToast(toast: Toast): void {
  toasts.value = withToast(toasts.value, toast);
}

/** Takes it away. */
export function closeToast(key: string): void {
  toasts.value = withoutToast(toasts.value, key);
}

/** The key of the toast that tells of a failure. */
export function failureKey(code: ErrorCode): string {
  return `failure-${code}`;
}

/**
 * Tells what nobody asked for: failures, and that the app now works offline. `shownElsewhere`: the page
 * shows this failure where it belongs.
 */
export function connectToasts(
  fieldmesh: Fieldmesh,
  shownElsewhere: (failure: Failure) => boolean,
): () => void {
  const undo = [
    fieldmesh.on("offlineReady", () =>
      showToast({
        key: "offline-ready",
        tone: "good",
        text: "Ready to work offline",
        detail: "Everything this app needs is stored on this device.",
        lastsMs: INFO_LASTS_MS,
      })),
    fieldmesh.on("failure", ({ failure, trying }) => {
      if (shownElsewhere(failure)) return;
      showToast({
        key: failureKey(failure.code),
        tone: "problem",
        text: failure.message,
        detail: `While ${trying.charAt(0).toLowerCase()}${trying.slice(1)}.`,
      });
    }),
  ];
  return () => undo.forEach((stop) => stop());
}
