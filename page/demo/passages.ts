/** When and where the demo's objects come, stay and go: one period of the scene. */
import type { Cutout } from "../../field/cutout/cutout.ts";

export type DemoLabel = "person" | "cat" | "cup";
export type Side = "left" | "right";

/** A passage across the stage. Times are of the period, ms. */
export interface Passage {
  readonly label: DemoLabel;
  readonly enterMs: number;
  readonly leaveMs: number;
  /** Where the middle of its cutout stays, in fractions of the frame. */
  readonly restX: number;
  readonly restY: number;
  readonly from: Side;
  readonly to: Side;
  /** Of its sway, radians. */
  readonly phase: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const PERIOD_MS = 60_000;
/** Coming in and going out take this long each. */
const TRANSIT_MS = 1_800;

const REST_Y: Readonly<Record<DemoLabel, number>> = { person: 0.675, cat: 0.31, cup: 0.5 };

type Cue = readonly [
  label: DemoLabel,
  enterMs: number,
  leaveMs: number,
  restX: number,
  from: Side,
  to: Side,
];

/** Person and cat share the stage, the cup needs it whole. A class that left is away for 15 s at least. */
const CUES: readonly Cue[] = [
  ["person", 600, 13_600, 0.33, "left", "left"],
  ["cat", 4_200, 15_200, 0.78, "right", "right"],
  ["cup", 16_800, 28_800, 0.5, "right", "left"],
  ["person", 30_000, 43_000, 0.68, "right", "right"],
  ["cat", 33_500, 45_000, 0.22, "left", "left"],
  ["cup", 46_800, 58_800, 0.5, "left", "right"],
];

/** The period's passages in order of entering, each a little different with every seed. */
export function passages(random: () => number): Passage[] {
  const within = (reach: number) => (random() * 2 - 1) * reach;
  return CUES.map(([label, enterMs, leaveMs, restX, from, to]) => {
    const shiftMs = Math.round(within(400));
    return {
      label,
      from,
      to,
      enterMs: enterMs + shiftMs,
      leaveMs: leaveMs + shiftMs,
      restX: restX + within(0.02),
      restY: REST_Y[label] + within(0.01),
      phase: random() * 2 * Math.PI,
    };
  });
}

/** Top left of a cutout in frame pixels, `timeMs` into the period; undefined while it is out of view. */
export function cornerAt(
  passage: Passage,
  cutout: Cutout,
  timeMs: number,
  { width, height }: Size,
): { x: number; y: number } | undefined {
  const since = timeMs - passage.enterMs;
  const left = passage.leaveMs - timeMs;
  if (since <= 0 || left <= 0) return undefined;
  const sway = swayAt(since / (since + left), passage.phase, height);
  const stayX = passage.restX * width - cutout.width / 2 + sway.x;
  const stayY = passage.restY * height - cutout.height / 2 + sway.y;
  const coming = since < left;
  const away = outside(coming ? passage.from : passage.to, cutout, width);
  const nearness = eased((coming ? since : left) / TRANSIT_MS);
  return { x: away + (stayX - away) * nearness, y: stayY };
}

/** A gentle wandering about the resting place; none at the passage's ends. `life` 0..1. */
function swayAt(life: number, phase: number, height: number): { x: number; y: number } {
  const strength = Math.sin(Math.PI * life);
  const turn = 4 * Math.PI * life + phase;
  return {
    x: 0.05 * height * strength * Math.sin(turn),
    y: 0.012 * height * strength * Math.sin(1.5 * turn),
  };
}

/** Where a cutout is just out of view. */
function outside(side: Side, cutout: Cutout, width: number): number {
  return side === "left" ? -cutout.width : width;
}

/** Fast at first, then slowing to rest. */
function eased(share: number): number {
  return 1 - (1 - Math.min(share, 1)) ** 3;
}
