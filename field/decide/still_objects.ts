/** An object that stands still and is lost from sight is the same object when it is found again under another id. */
import { FORGET_MS, type SubjectMemory, type TrackTrace } from "./decide_state.ts";
import { distance2 } from "./site_point.ts";
import { type Look, stillRadius } from "./track_looks.ts";

/** Having stood as long where it was decided of. */
export const STILL_AFTER_MS = 30_000;

/** Lost objects that stood still, by subject. */
export type LostObjects = ReadonlyMap<string, TrackTrace>;

export function lostObjects(
  subjects: ReadonlyMap<string, SubjectMemory>,
  isThere: (subject: string) => boolean,
): LostObjects {
  const lost = new Map<string, TrackTrace>();
  for (const [subject, { fired, trace }] of subjects) {
    const isStill = trace !== null &&
      [...fired.values()].some((one) => one.isStill && trace.lastAtMs - one.atMs >= STILL_AFTER_MS);
    if (isStill && !isThere(subject)) lost.set(subject, trace);
  }
  return lost;
}

/** Which of them a new track goes on with: the nearest at its place, of its label, and not lost too long. */
export function foundAgain({ track, place }: Look, lost: LostObjects): string | null {
  const radius2 = stillRadius(track) ** 2;
  const near = [...lost].flatMap(([subject, trace]) => {
    const distance = distance2(trace.place, place);
    const isSame = trace.label === track.label && distance <= radius2 &&
      track.lastAtMs - trace.lastAtMs <= FORGET_MS;
    return isSame ? [{ subject, distance }] : [];
  });
  near.sort((a, b) => a.distance - b.distance || (a.subject < b.subject ? -1 : 1));
  return near[0]?.subject ?? null;
}
