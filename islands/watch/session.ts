import type { Status } from "../../field/messages.ts";
import type { Capture } from "../../page/fieldmesh.ts";

/** One watch, from start to stop, and what this device had seen before it. */
export interface Session {
  readonly capture: string;
  /** Observations of this device, saved or not, when it began. */
  readonly seenBefore: number;
}

export interface Figures {
  readonly seen: number;
  readonly saved: number;
  /** At least so many are on another device's disk too. */
  readonly elsewhere: number;
}

/** The session after a change: a new capture begins a new one as soon as the counts are known. */
export function nextSession(
  current: Session | null,
  capture: Capture | null,
  status: Status | null,
): Session | null {
  if (!capture || !status || current?.capture === capture.id) return current;
  return { capture: capture.id, seenBefore: status.saved + status.pending };
}

/** This session's figures; with no session yet, those of all that this device has seen. */
export function figuresOf(status: Status, session: Session | null): Figures {
  const before = session?.seenBefore ?? 0;
  const saved = Math.max(0, status.saved - before);
  return {
    seen: Math.max(0, status.saved + status.pending - before),
    saved,
    elsewhere: onAnotherDevice(saved, status),
  };
}

/**
 * A peer's count covers the whole crew's observations, so what it lacks may or may not be ours: taking
 * all of it as ours never claims too much.
 */
function onAnotherDevice(saved: number, status: Status): number {
  if (status.peers.length === 0) return 0;
  const fewestMissing = Math.min(...status.peers.map((peer) => peer.missing));
  return Math.max(0, saved - fewestMissing);
}
