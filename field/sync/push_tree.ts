/**
 * Over which links fresh entries and messages are pushed. At first over all; a link over which only came
 * what was known already falls silent at both ends, and then only tells what there is: one tree for all
 * origins is left, on which each thing reaches each device once. Where it breaks, silent links are woken
 * (Leitão, Pereira, Rodrigues: Epidemic Broadcast Trees, 2007).
 */
import type { Outbox } from "./outbox.ts";

/** A link, as a part of the tree or not. */
export class PushLink {
  /** Both ends push over it what is fresh. */
  isEager = true;
  /** When it fell silent. */
  silentAt = 0;
  /** When we last tried it again. */
  triedAt = -Infinity;
}

export interface TreeSession {
  readonly push: PushLink;
  readonly outbox: Outbox;
}

/**
 * One silent link is tried again after this long, then another: elsewhere the tree may have broken, which
 * nobody here can see. It costs one thing that comes twice.
 */
const SILENT_MS = 60_000;

/** The peer pushed what was known. With no other link to hear from it may go on. */
export function fallSilent(
  session: TreeSession,
  open: readonly TreeSession[],
  nowMs: number,
): void {
  const others = open.filter((one) => one !== session && one.push.isEager);
  if (!session.push.isEager || others.length === 0) return;
  session.push.isEager = false;
  session.push.silentAt = nowMs;
  session.outbox.say("pushing", { kind: "pushing", isWanted: false });
}

/** A neighbour is gone, of whom we may have heard what these did not push. */
export function wakeAll(open: readonly TreeSession[]): void {
  for (const session of open) wake(session);
}

/** The one that has been silent longest, if it is time to try one. */
export function wakeOne(open: readonly TreeSession[], nowMs: number): void {
  const isLong = (sinceMs: number) => Math.abs(nowMs - sinceMs) > SILENT_MS;
  if (!open.every(({ push }) => isLong(push.triedAt))) return;
  const silent = open.filter(({ push }) => !push.isEager && isLong(push.silentAt));
  const [longest] = silent.toSorted((a, b) => a.push.silentAt - b.push.silentAt);
  if (!longest) return;
  longest.push.triedAt = nowMs;
  wake(longest);
}

function wake({ push, outbox }: TreeSession): void {
  if (push.isEager) return;
  push.isEager = true;
  outbox.say("pushing", { kind: "pushing", isWanted: true });
}
