/** Which part of the site the plan shows: metres east and north to pixels right and down, and back. */
import type { Vector } from "../../field/world/world_track.ts";

export interface PlanView {
  /** What is in the middle of the plan, metres from the site's origin. */
  readonly centre: Vector;
  readonly pxPerM: number;
}

/** Pixels. */
export interface PlanSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels from the plan's upper left corner, right and down. */
export interface PlanPoint {
  readonly x: number;
  readonly y: number;
}

/** A site is within 30 km of its origin: 60 km are then 120 px. */
export const LEAST_PX_PER_M = 0.002;
/** A centimetre is a pixel: nothing is placed more exactly. */
const MOST_PX_PER_M = 100;
const MOST_M = 30_000;

export function toPlan(
  { centre, pxPerM }: PlanView,
  size: PlanSize,
  [east, north]: Vector,
): PlanPoint {
  return {
    x: size.width / 2 + (east - centre[0]) * pxPerM,
    y: size.height / 2 - (north - centre[1]) * pxPerM,
  };
}

export function toSite({ centre, pxPerM }: PlanView, size: PlanSize, { x, y }: PlanPoint): Vector {
  return [centre[0] + (x - size.width / 2) / pxPerM, centre[1] - (y - size.height / 2) / pxPerM];
}

/** An SVG `transform` for what is drawn in metres, north upwards: the same as {@link toPlan}. */
export function planTransform({ centre, pxPerM }: PlanView, size: PlanSize): string {
  const [x, y] = [size.width / 2 - centre[0] * pxPerM, size.height / 2 + centre[1] * pxPerM];
  return `matrix(${pxPerM} 0 0 ${-pxPerM} ${x} ${y})`;
}

/** The plan's content moves so many pixels right and down. */
export function pannedBy(
  { centre: [east, north], pxPerM }: PlanView,
  x: number,
  y: number,
): PlanView {
  return { centre: onSite([east - x / pxPerM, north + y / pxPerM]), pxPerM };
}

/** What lies at a point of the plan stays there. */
export function zoomedAt(view: PlanView, size: PlanSize, at: PlanPoint, factor: number): PlanView {
  const pxPerM = clamp(view.pxPerM * factor, LEAST_PX_PER_M, MOST_PX_PER_M);
  const [east, north] = toSite(view, size, at);
  const [x, y] = [at.x - size.width / 2, at.y - size.height / 2];
  return { centre: onSite([east - x / pxPerM, north + y / pxPerM]), pxPerM };
}

export function middleOf({ width, height }: PlanSize): PlanPoint {
  return { x: width / 2, y: height / 2 };
}

/** Moved no more than needed so that a place is at least `marginPx` within the plan. */
export function withInSight(
  view: PlanView,
  size: PlanSize,
  place: Vector,
  marginPx: number,
): PlanView {
  const { x, y } = toPlan(view, size, place);
  const shift = (at: number, length: number) => {
    const margin = Math.min(marginPx, length / 2);
    return clamp(at, margin, length - margin) - at;
  };
  const [right, down] = [shift(x, size.width), shift(y, size.height)];
  return right === 0 && down === 0 ? view : pannedBy(view, right, down);
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function onSite([east, north]: Vector): Vector {
  return [clamp(east, -MOST_M, MOST_M), clamp(north, -MOST_M, MOST_M)];
}
