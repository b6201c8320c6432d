/** A confidence-weighted vote on what a thing is, in whole numbers, bounded however long it is seen. */

export interface LabelVote {
  readonly label: string;
  /** Sum of the confidences with which it was seen so, in thousandths. */
  readonly weight: number;
  /** Frames in which it was. */
  readonly frames: number;
}

export const MOST_LABELS = 3;
export const MOST_LABEL_LENGTH = 60;
/** With more frames than this all votes are halved: what it has been lately weighs more. */
export const MOST_FRAMES = 256;
const STEPS = 1000;

/** One more frame; sorted by label. Of too many labels the lightest goes. */
export function withVote(
  votes: readonly LabelVote[],
  label: string,
  confidence: number,
): readonly LabelVote[] {
  const name = label.slice(0, MOST_LABEL_LENGTH);
  const before = votes.find((vote) => vote.label === name);
  const more: LabelVote = {
    label: name,
    weight: (before?.weight ?? 0) + Math.round(Math.min(1, Math.max(0, confidence || 0)) * STEPS),
    frames: (before?.frames ?? 0) + 1,
  };
  const others = votes.filter((vote) => vote !== before).toSorted((a, b) => b.weight - a.weight);
  const kept = [...others.slice(0, MOST_LABELS - 1), more].sort((a, b) =>
    a.label < b.label ? -1 : 1
  );
  return framesOf(kept) > MOST_FRAMES ? kept.flatMap(halved) : kept;
}

/** The label with the most weight, of equals the first in order; `confidence` is its mean, 0..1. */
export function winnerOf(
  votes: readonly LabelVote[],
): { readonly label: string; readonly confidence: number } {
  const [first, ...rest] = votes;
  const best = rest.reduce((most, vote) => vote.weight > most.weight ? vote : most, first);
  return { label: best.label, confidence: best.weight / (STEPS * best.frames) };
}

/** How much of all frames, weighted by confidence, says that it is this: 0..1. */
export function shareOf(votes: readonly LabelVote[], label: string): number {
  const weight = votes.find((vote) => vote.label === label)?.weight ?? 0;
  return weight / (STEPS * framesOf(votes));
}

/** Sorted by label, each once, and no weight above its frames. */
export function areVotes(votes: readonly LabelVote[]): boolean {
  return votes.length > 0 && votes.length <= MOST_LABELS && framesOf(votes) <= MOST_FRAMES &&
    votes.every(({ label, weight, frames }, i) =>
      label.length > 0 && label.length <= MOST_LABEL_LENGTH && frames > 0 && weight >= 0 &&
      weight <= STEPS * frames && (i === 0 || votes[i - 1].label < label)
    );
}

function framesOf(votes: readonly LabelVote[]): number {
  return votes.reduce((sum, { frames }) => sum + frames, 0);
}

function halved({ label, weight, frames }: LabelVote): LabelVote[] {
  const left = { label, weight: weight >> 1, frames: frames >> 1 };
  return left.frames > 0 ? [{ ...left, weight: Math.min(left.weight, STEPS * left.frames) }] : [];
}
