/** That a rule's condition came true: a decision, unless something like it was decided just before. */
import type { Reason } from "./reason.ts";
import type { Rule } from "./rule.ts";
import type { SitePoint } from "./site_point.ts";

/** Plain data: what agents tell each other of what they decided. */
export interface Occasion {
  /** The rule's id. */
  readonly rule: string;
  /** What it is about: see {@link subjectOf}. */
  readonly subject: string;
  /** When it was seen, not when it was decided: ms of the hybrid clock. */
  readonly atMs: number;
  /** Where; null when nobody knows. */
  readonly place: SitePoint | null;
  /** Agents that see it. */
  readonly seeing: readonly string[];
  readonly reason: Reason;
}

export type SubjectKind = "track" | "agent" | "source";

export function subjectOf(kind: SubjectKind, id: string): string {
  return `${kind} ${id}`;
}

export function isTrackSubject(subject: string): boolean {
  return subject.startsWith("track ");
}

/**
 * The same on all agents that see the same: rule, subject, and which of its spans of `subjectMs` since 1970 it
 * falls in. One agent decides of one subject at most once in such a time, so it never gives an id twice; two
 * agents that see it in two frames on both sides of a span's end give two, and the subject's cool-down makes
 * one of them.
 */
export function occasionId({ id, coolDown }: Rule, { subject, atMs }: Occasion): string {
  return `${id}/${subject}/${Math.floor(atMs / coolDown.subjectMs)}`;
}

/** By time, then by what it is about. */
export function inOrder(
  a: Pick<Occasion, "atMs" | "subject">,
  b: Pick<Occasion, "atMs" | "subject">,
): number {
  return a.atMs - b.atMs || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0);
}
