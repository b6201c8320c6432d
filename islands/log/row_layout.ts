/** Where each row of a long list stands, so that only those in view have to exist. Pure geometry. */
import type { NotedObservation } from "../../field/observation.ts";

/** Heights in CSS pixels. */
export interface RowHeights {
  readonly day: number;
  readonly row: number;
}

interface ItemBase {
  readonly key: string;
  /** From the top of the list. */
  readonly top: number;
}
export interface DayItem extends ItemBase {
  readonly kind: "day";
  /** Any moment of that day, ms since the epoch. */
  readonly at: number;
  readonly count: number;
}
export interface RowItem extends ItemBase {
  readonly kind: "row";
  readonly observation: NotedObservation;
  /** Its place among the observations, from 1. */
  readonly position: number;
}
export type Item = DayItem | RowItem;

export interface RowLayout {
  readonly items: readonly Item[];
  readonly height: number;
}

/** Lays out observations (newest first) below a heading a day. `dayStart` is the local midnight. */
export function layOutRows(
  observations: readonly NotedObservation[],
  heights: RowHeights,
  dayStart: (at: number) => number,
): RowLayout {
  const items: Item[] = [];
  let top = 0;
  let day = NaN;
  observations.forEach((observation, index) => {
    if (!(observation.first >= day && observation.first < day + SHORTEST_DAY_MS)) {
      const start = dayStart(observation.first);
      if (start !== day) {
        day = start;
        items.push({ kind: "day", key: `day-${day}`, top, at: observation.first, count: 0 });
        top += heights.day;
      }
    }
    items.push({ kind: "row", key: observation.id, top, observation, position: index + 1 });
    top += heights.row;
  });
  return { items: withCounts(items), height: top };
}

/** Asking for midnight costs; within this of the last one it must be the same day. */
const SHORTEST_DAY_MS = 22 * 3_600_000;

function withCounts(items: readonly Item[]): readonly Item[] {
  let rows = 0;
  const counted: Item[] = [];
  for (const item of items.toReversed()) {
    counted.push(item.kind === "day" ? { ...item, count: rows } : item);
    rows = item.kind === "day" ? 0 : rows + 1;
  }
  return counted.reverse();
}

/** Half-open range of the items that touch `from`..`to` (pixels from the top of the list). */
export function itemsWithin(
  layout: RowLayout,
  from: number,
  to: number,
): { readonly start: number; readonly end: number } {
  const start = Math.max(0, firstBelow(layout.items, from) - 1);
  return { start, end: Math.max(start, firstBelow(layout.items, to)) };
}

/** Index of the first item whose top lies at or below `y`; the number of items when there is none. */
function firstBelow(items: readonly Item[], y: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].top < y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first observation at or below `y`: what the reader is looking at. */
export function anchorAt(layout: RowLayout, y: number): RowItem | null {
  for (let index = firstBelow(layout.items, y); index < layout.items.length; index++) {
    const item = layout.items[index];
    if (item.kind === "row") return item;
  }
  return null;
}

/** How far the anchor moved between two layouts: scrolling by it keeps it where it was on the screen. */
export function anchorShift(anchor: RowItem | null, next: RowLayout): number {
  if (!anchor) return 0;
  const found = next.items.find(({ key }) => key === anchor.key);
  return found ? found.top - anchor.top : 0;
}

/** The day heading above `y`. */
export function dayAt(layout: RowLayout, y: number): DayItem | null {
  for (let index = Math.max(0, firstBelow(layout.items, y + 1) - 1); index >= 0; index--) {
    const item = layout.items[index];
    if (item?.kind === "day") return item;
  }
  return null;
}
