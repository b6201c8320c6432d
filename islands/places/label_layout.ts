/** Names beside marks, so that none covers another: greedy, the most important first. */
import type { PlanPoint, PlanSize } from "./plan_view.ts";

export interface Labelled {
  readonly id: string;
  /** The middle of its mark. */
  readonly at: PlanPoint;
  readonly words: string;
  /** Placed before those with less. */
  readonly weight: number;
  /** Half of its mark's width, px. */
  readonly reach: number;
}

/** A label's box, px; `x` and `y` are its upper left corner. */
export interface LabelBox extends PlanPoint {
  readonly width: number;
  readonly height: number;
}

export const LABEL_HEIGHT = 22;
/** Of the system fonts at 13 px, rather too wide. */
const LETTER_PX = 7.5;
const PADDING_PX = 12;
const GAP_PX = 4;

export function labelWidth(words: string): number {
  return Math.ceil([...words].length * LETTER_PX + PADDING_PX);
}

/** By id; one that has no room, or whose mark is out of sight, is not there. */
export function layOutLabels(
  all: readonly Labelled[],
  size: PlanSize,
  taken: readonly LabelBox[] = [],
): ReadonlyMap<string, LabelBox> {
  const seen = all.filter(({ at }) =>
    at.x >= 0 && at.y >= 0 && at.x <= size.width && at.y <= size.height
  );
  const order = seen.toSorted((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
  const marks = seen.map((one) => ({ id: one.id, box: markBox(one) }));
  const placed = new Map<string, LabelBox>();
  for (const one of order) {
    const isFree = (box: LabelBox) =>
      isWithin(box, size) && ![...placed.values(), ...taken].some((other) => overlap(box, other)) &&
      !marks.some((mark) => mark.id !== one.id && overlap(box, mark.box));
    const box = candidates(one).find(isFree);
    if (box) placed.set(one.id, box);
  }
  return placed;
}

/** Right, left, above, below, and the corners. */
function candidates({ at, words, reach }: Labelled): readonly LabelBox[] {
  const [width, height] = [labelWidth(words), LABEL_HEIGHT];
  const [right, left] = [at.x + reach + GAP_PX, at.x - reach - GAP_PX - width];
  const [above, below] = [at.y - reach - GAP_PX - height, at.y + reach + GAP_PX];
  const [middleX, middleY] = [at.x - width / 2, at.y - height / 2];
  const corners = [[right, middleY], [left, middleY], [middleX, above], [middleX, below]];
  const beside = [[right, above], [right, below], [left, above], [left, below]];
  return [...corners, ...beside].map(([x, y]) => ({ x, y, width, height }));
}

function markBox({ at: { x, y }, reach }: Labelled): LabelBox {
  return { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
}

function overlap(a: LabelBox, b: LabelBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function isWithin({ x, y, width, height }: LabelBox, size: PlanSize): boolean {
  return x >= 0 && y >= 0 && x + width <= size.width && y + height <= size.height;
}
