import { type ErrorCode, FieldError } from "../../field/errors.ts";

/** What the names of getUserMedia's errors mean to a user (Media Capture and Streams, section 10.2). */
const FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NotAllowedError: [
    "camera-denied",
    "This site may not use the camera. Allow it in the browser's site settings (the icon beside the address), then start again; or watch the demo scene or a file.",
  ],
  SecurityError: [
    "camera-denied",
    "The browser's settings or this device's policy keep the camera from every site. Allow it there; or watch the demo scene or a file.",
  ],
  NotFoundError: [
    "camera-missing",
    "This device has no camera that the browser can find. Connect one and start again; or watch the demo scene or a file.",
  ],
  OverconstrainedError: [
    "camera-missing",
    "No camera of this device can deliver pictures that Fieldmesh can use. Connect another; or watch the demo scene or a file.",
  ],
  NotReadableError: [
    "camera-busy",
    "The camera is in use by another app, or does not respond. Close the other app, then start again.",
  ],
  AbortError: [
    "camera-busy",
    "The camera could not be started. Close other apps that use it, then start again.",
  ],
};

/** An error of getUserMedia as one that its user can act on. */
export function cameraFailure(error: unknown): FieldError {
  const [code, message] = FAILURES[error instanceof Error ? error.name : ""] ?? [
    "camera-busy",
    "The camera could not be started, for a reason that the browser does not tell. Start again; or watch the demo scene or a file.",
  ];
  return new FieldError(code, message, { cause: error });
}

/** Why this page cannot even ask for a camera; null when it can. */
export function cameraObstacle(
  page: { readonly isSecureContext: boolean; readonly hasMediaDevices: boolean },
): FieldError | null {
  if (!page.isSecureContext) {
    return new FieldError(
      "insecure-origin",
      "Browsers give the camera only to pages opened by https (or on localhost). Start the hub with --lan and open its https address.",
    );
  }
  if (page.hasMediaDevices) return null;
  return new FieldError(
    "camera-missing",
    "This browser gives no access to cameras. Use a current Chrome, Safari or Firefox; or watch the demo scene or a file.",
  );
}

export function cameraLost(): FieldError {
  return new FieldError(
    "camera-lost",
    "The camera was disconnected, or its permission was taken back. What was seen is saved. Connect it and start again.",
  );
}
