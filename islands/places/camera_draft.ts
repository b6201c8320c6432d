/** This device's camera being placed: its pose with how well each figure is known, or points. Pure. */
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import type { CameraPose, FramePoint, PoseError } from "../../field/world/camera_pose.ts";
import { fitHomography, MOST_PAIRS, type PointPair } from "../../field/world/homography.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { clamp } from "./plan_view.ts";

/** A point that was found in the picture, on the plan, or in both. */
export interface DraftPair {
  readonly frame: FramePoint | null;
  readonly world: Vector | null;
}

export interface CameraDraft {
  readonly way: CameraPlacement["kind"];
  readonly pose: CameraPose;
  /** Standard deviations. */
  readonly error: PoseError;
  readonly pairs: readonly DraftPair[];
  /** The pair that a tap is for. */
  readonly chosen: number;
  /** Where the arrows are: on the plan, and in the picture. */
  readonly cursor: Vector;
  readonly frameCursor: FramePoint;
}

/** How a figure was found. */
export type Measured = "eye" | "figure";

const FEWEST_PAIRS = 4;
export const FIGURES = {
  heightM: { least: 0.2, most: 12, step: 0.1, byEye: 0.3, byFigure: 0.1 },
  headingDeg: { least: 0, most: 359, step: 1, byEye: 4, byFigure: 2 },
  tiltDeg: { least: 0, most: 90, step: 1, byEye: 2, byFigure: 1 },
  fovDeg: { least: 20, most: 150, step: 1, byEye: 3, byFigure: 1.5 },
} as const;
export type Figure = keyof typeof FIGURES;

/** What a finger on the plan means, m. */
const BY_FINGER_M = 0.5;
/** A phone's main camera; see {@link FOV_PRESETS}. */
const PHONE_FOV_DEG = 67;
const RANGE_M = 30;

/** Along the longer side of the frame, degrees; makers differ by a few. */
export const FOV_PRESETS = [
  ["Phone", PHONE_FOV_DEG],
  ["Phone, wide", 106],
  ["Webcam", 78],
] as const;

/** What is there, or a phone on a tripod: what it sees of the ground begins three metres ahead. */
export function draftOf(placed: CameraPlacement | null, aspect: number): CameraDraft {
  const pose = placed?.pose ?? {
    ...{ position: [0, 0], heightM: 3, headingDeg: 0, tiltDeg: 20 },
    ...{ fovDeg: Math.round(acrossOf(PHONE_FOV_DEG, aspect)), aspect, rangeM: RANGE_M },
  };
  const pairs: readonly DraftPair[] = placed?.kind === "points" ? placed.pairs : [];
  return {
    way: placed?.kind ?? "pose",
    pose,
    error: placed?.kind === "pose" ? placed.error : BY_EYE,
    ...{ pairs: withRoom(pairs), chosen: Math.min(pairs.length, MOST_PAIRS - 1) },
    ...{ cursor: ahead(pose, 5), frameCursor: { x: 0.5, y: 0.75 } },
  };
}

export const BY_EYE: PoseError = {
  positionM: BY_FINGER_M,
  heightM: FIGURES.heightM.byEye,
  headingDeg: FIGURES.headingDeg.byEye,
  tiltDeg: FIGURES.tiltDeg.byEye,
  fovDeg: FIGURES.fovDeg.byEye,
};

/** The field of view across a frame, from that along its longer side. */
export function acrossOf(longSideDeg: number, aspect: number): number {
  if (aspect >= 1) return longSideDeg;
  const half = Math.tan(longSideDeg / 2 * Math.PI / 180) * aspect;
  return Math.atan(half) * 2 * 180 / Math.PI;
}

/** A figure by slider (by eye) or typed (measured). Off its range it is brought to it. */
export function withFigure(
  draft: CameraDraft,
  figure: Figure,
  value: number,
  measured: Measured,
): CameraDraft {
  const { least, byEye, byFigure } = FIGURES[figure];
  const bounded = figure === "headingDeg" ? turned(value) : clamp(value, least, MOST[figure]);
  return {
    ...draft,
    pose: { ...draft.pose, [figure]: bounded },
    error: { ...draft.error, [figure]: measured === "eye" ? byEye : byFigure },
  };
}

/** A slider ends sooner than what can be typed. */
const MOST = { heightM: 200, tiltDeg: 90, fovDeg: 170 } as const;

export function withPosition(
  draft: CameraDraft,
  position: Vector,
  errorM: number = BY_FINGER_M,
): CameraDraft {
  const { pose, error } = draft;
  return {
    ...draft,
    pose: { ...pose, position: rounded(position) },
    error: { ...error, positionM: errorM },
  };
}

/** Where the device's own sensors say that its camera looks. Null: they do not say. */
export interface Aim {
  readonly heading: { readonly deg: number; readonly errorDeg: number } | null;
  readonly tilt: { readonly deg: number; readonly errorDeg: number } | null;
}

export function withAim(draft: CameraDraft, { heading, tilt }: Aim): CameraDraft {
  const { pose, error } = draft;
  return {
    ...draft,
    pose: {
      ...pose,
      headingDeg: heading ? Math.round(turned(heading.deg)) : pose.headingDeg,
      tiltDeg: tilt ? Math.round(clamp(tilt.deg, 0, 90)) : pose.tiltDeg,
    },
    error: {
      ...error,
      headingDeg: heading?.errorDeg ?? error.headingDeg,
      tiltDeg: tilt?.errorDeg ?? error.tiltDeg,
    },
  };
}

/** Turned so that it looks at a place. */
export function lookingAt(draft: CameraDraft, [east, north]: Vector): CameraDraft {
  const [x, y] = draft.pose.position;
  const heading = Math.atan2(east - x, north - y) * 180 / Math.PI;
  return withFigure(draft, "headingDeg", Math.round(heading), "eye");
}

/** A place in front of it. */
export function ahead({ position: [east, north], headingDeg }: CameraPose, metres: number): Vector {
  const turn = headingDeg * Math.PI / 180;
  return [east + Math.sin(turn) * metres, north + Math.cos(turn) * metres];
}

/** A point of the chosen pair; once it has both, the next one is chosen. */
export function withPoint(draft: CameraDraft, point: Partial<DraftPair>): CameraDraft {
  const at = draft.pairs[draft.chosen] ?? NO_POINT;
  const placed = {
    frame: point.frame ? inFrame(point.frame) : at.frame,
    world: point.world ? rounded(point.world) : at.world,
  };
  const pairs = withRoom(draft.pairs.with(draft.chosen, placed));
  const isNew = at.frame === null || at.world === null;
  const isWhole = placed.frame !== null && placed.world !== null;
  const next = pairs.findIndex(({ frame, world }) => !frame || !world);
  return { ...draft, pairs, chosen: isNew && isWhole && next >= 0 ? next : draft.chosen };
}

export function withoutPair(draft: CameraDraft, index: number): CameraDraft {
  const pairs = withRoom(draft.pairs.filter((_, i) => i !== index));
  return { ...draft, pairs, chosen: Math.min(draft.chosen, pairs.length - 1) };
}

const NO_POINT: DraftPair = { frame: null, world: null };

/** At least four, and one to begin when all are whole. */
function withRoom(pairs: readonly DraftPair[]): readonly DraftPair[] {
  const isFull = pairs.every(({ frame, world }) => frame && world);
  const missing = Math.max(
    FEWEST_PAIRS - pairs.length,
    isFull && pairs.length < MOST_PAIRS ? 1 : 0,
  );
  return [...pairs, ...Array.from({ length: missing }, () => NO_POINT)];
}

export function wholePairs({ pairs }: Pick<CameraDraft, "pairs">): readonly PointPair[] {
  return pairs.flatMap(({ frame, world }) => frame && world ? [{ frame, world }] : []);
}

/** What is saved, or what is still to be done. */
export type FinishedCamera =
  | { readonly camera: CameraPlacement; readonly fitErrorM: number | null }
  | { readonly advice: string };

export function finishedCamera(draft: CameraDraft): FinishedCamera {
  const { pose, error } = draft;
  if (draft.way === "pose") return { camera: { kind: "pose", pose, error }, fitErrorM: null };
  const pairs = wholePairs(draft);
  const fit = fitHomography(pairs);
  if ("fault" in fit) return { advice: fit.advice };
  // four points always agree: only more of them tell how well
  const fitErrorM = pairs.length > FEWEST_PAIRS ? fit.fitErrorM : null;
  return { camera: { kind: "points", pairs, pose }, fitErrorM };
}

function turned(degrees: number): number {
  return ((degrees % 360) + 360) % 360;
}

/** To the centimetre. */
function rounded([east, north]: Vector): Vector {
  const cm = (m: number) => Math.round(m * 100) / 100 + 0;
  return [cm(east), cm(north)];
}

function inFrame({ x, y }: FramePoint): FramePoint {
  return { x: clamp(x, 0, 1), y: clamp(y, 0, 1) };
}
