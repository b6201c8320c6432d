/** A rectangle in pixels, or any other unit that both corners share. */
export interface Corners {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Candidate extends Corners {
  /** Index of its class. */
  readonly label: number;
  readonly score: number;
}

/**
 * Non-maximum suppression, class by class: the best first, without those that overlap a better one of
 * the same class by more than `overlapLimit` (intersection over union). Equal scores keep their order.
 */
export function suppressOverlaps<T extends Candidate>(
  candidates: readonly T[],
  overlapLimit: number,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    const hidden = kept.some((better) =>
      better.label === candidate.label && overlap(better, candidate) > overlapLimit
    );
    if (!hidden) kept.push(candidate);
  }
  return kept;
}

/** Intersection over union, 0..1; 0 when both are empty. */
export function overlap(a: Corners, b: Corners): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

function area({ left, top, right, bottom }: Corners): number {
  return (right - left) * (bottom - top);
}
