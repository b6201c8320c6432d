/**
 * What all islands of a page share: the newest of what `fieldmesh()` tells, as signals. Filled from
 * {@link connectLive}; on the hub and before the worker has answered, all is unknown (null).
 */
import { batch, signal } from "@preact/signals";
import { toFailure } from "../field/errors.ts";
import type { Failure } from "../field/errors.ts";
import type { Status, TrackedDetection } from "../field/messages.ts";
import type { Capture, Fieldmesh, Update } from "../page/fieldmesh.ts";
import { nextSession } from "./watch/session.ts";
import type { Session } from "./watch/session.ts";

export const status = signal<Status | null>(null);
export const capture = signal<Capture | null>(null);
export const detections = signal<readonly TrackedDetection[]>([]);
/** Where this session's figures begin; null before the first start. */
export const session = signal<Session | null>(null);
/** Why the app cannot work in this browser at all. */
export const broken = signal<Failure | null>(null);
/** A newer version that waits for the user. */
export const update = signal<Update | null>(null);
/** The browser's offer to install, to be called from a tap. */
export const install = signal<(() => Promise<void>) | null>(null);
/** Whether the hub answers; null until asked. */
export const hubReachable = signal<boolean | null>(null);

/** Connects the signals. Returns what undoes it. */
export function connectLive(fieldmesh: Fieldmesh): () => void {
  const undo = [
    fieldmesh.on("status", takeStatus),
    fieldmesh.on("capture", takeCapture),
    fieldmesh.on("detections", (found) => detections.value = found),
    fieldmesh.on("update", (found) => update.value = found),
    fieldmesh.on("installable", (offer) => install.value = offer),
  ];
  takeCapture(fieldmesh.capture);
  void firstStatus(fieldmesh);
  return () => undo.forEach((stop) => stop());
}

async function firstStatus(fieldmesh: Fieldmesh): Promise<void> {
  try {
    await fieldmesh.ready;
    takeStatus(await fieldmesh.status());
    broken.value = null;
  } catch (thrown) {
    broken.value = toFailure(thrown);
  }
}

function takeStatus(next: Status): void {
  batch(() => {
    broken.value = null;
    status.value = next;
    session.value = nextSession(session.value, capture.value, next);
  });
}

function takeCapture(next: Capture | null): void {
  batch(() => {
    capture.value = next && snapshot(next);
    if (!next || next.state === "ended") detections.value = [];
    session.value = nextSession(session.value, capture.value, status.value);
  });
}

/** A capture object may change in place; a signal only tells of new objects. */
function snapshot(live: Capture): Capture {
  const { id, kind, name, since, element, width, height, state } = live;
  return { id, kind, name, since, element, width, height, state };
}
