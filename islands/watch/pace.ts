/** How often the model looks just now, from counts since the source began. Pure. */
import type { SourceStatus } from "../../field/messages.ts";

/** What was counted of a source by some moment. */
export interface Counted {
  readonly source: string;
  /** ms, of a clock that only rises. */
  readonly atMs: number;
  readonly frames: number;
  readonly looked: number;
}

/** `still`: the model rests, but for a look now and then. */
export type Pace =
  | { readonly kind: "moving"; readonly looksPerSecond: number }
  | { readonly kind: "still" };

/** Over so long it is counted: a reader sees a change soon, and no flicker. */
const WINDOW_MS = 2_500;
/** Of a still scene at most four in ten frames are looked at, mostly one (`field/schedule/README.md`); else all. */
const MOVING_SHARE = 0.5;

export function countedOf(
  { id, frames, looked = frames }: SourceStatus, // an older worker looks at every frame
  atMs: number,
): Counted {
  return { source: id, atMs, frames, looked };
}

/** Oldest first: those of the newest one's source that the pace is told by. */
export function withCounted(
  counted: readonly Counted[],
  newest: Counted,
): readonly Counted[] {
  // a worker that was restarted counts anew
  const same = counted.filter(({ source, frames }) =>
    source === newest.source && frames <= newest.frames
  );
  return [...same.filter(({ atMs }) => newest.atMs - atMs <= WINDOW_MS), newest];
}

/** Null while too little was counted to tell. */
export function paceOf(counted: readonly Counted[]): Pace | null {
  const [first, last] = [counted.at(0), counted.at(-1)];
  if (!first || !last || last.frames === first.frames) return null;
  const [frames, looks] = [last.frames - first.frames, last.looked - first.looked];
  if (looks < frames * MOVING_SHARE) return { kind: "still" };
  return { kind: "moving", looksPerSecond: looks / (last.atMs - first.atMs) * 1_000 };
}

/** A figure and its words: "5", "looks/s". */
export function looksWords(looksPerSecond: number): { readonly figure: number; unit: string } {
  // a slow device looks less than once a second: "0" would say that it does not
  const figure = looksPerSecond < 0.95
    ? Math.max(0.1, Math.round(looksPerSecond * 10) / 10)
    : Math.round(looksPerSecond);
  return { figure, unit: figure === 1 ? "look/s" : "looks/s" };
}
