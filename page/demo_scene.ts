/**
 * The demo camera's world: a launch pad at dusk, slowly panned, before which a person, a cat and a cup
 * come and go. The rocket is in view all the time and is nothing that the detector knows.
 * A seed decides sides, heights and drift; the same seed and time give the same pixels and truth.
 */
import { type Cutout, cutOut, type Picture } from "./demo/cutout.ts";
import { ASTRONAUT, CAT, CUP } from "./demo/objects.ts";
import { Backdrop, type Canvas, layOver, type View } from "./demo/paint.ts";

export type PictureName = "astronaut" | "chelsea" | "coffee" | "rocket";
export type DemoLabel = "person" | "cat" | "cup";

export interface DemoSceneOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Pixels; default 640×480. */
  readonly width?: number;
  readonly height?: number;
}

/** An object in one frame. */
export interface DemoTruth {
  /** The same as its {@link Appearance}'s. */
  readonly id: string;
  readonly label: DemoLabel;
  /** Its part in view, in fractions of the frame: top left and size. */
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  /** How much of its whole box is in view, above 0 to 1. */
  readonly visibleFraction: number;
}

/** One coming and going of an object. */
export interface Appearance {
  readonly id: string;
  readonly label: DemoLabel;
  /**
   * When its cutout begins to come into view and when it has gone, ms of the scene's time. The object in
   * it comes up to 0.1 s later and goes that much sooner.
   */
  readonly enterMs: number;
  readonly leaveMs: number;
}

export interface DemoFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface DemoScene {
  readonly width: number;
  readonly height: number;
  /** After this the scene repeats, ms. */
  readonly periodMs: number;
  /** The frame at `tMs` ≥ 0, RGBA; into `into` if that is given and of the right size. */
  render(tMs: number, into?: Uint8ClampedArray<ArrayBuffer>): DemoFrame;
  /** What is in that frame, hindmost first. */
  truth(tMs: number): DemoTruth[];
  /** Everything in view at some time in `fromMs` … `toMs`, by time of entering. */
  appearances(fromMs: number, toMs: number): Appearance[];
}

/** All below is laid out for a frame of this height. */
const LAYOUT_HEIGHT = 480;
const PERIOD_MS = 60_000;
/** Coming in and going out take this long each. */
const TRANSIT_MS = 1_800;
/** When the backdrop is panned so that the rocket stands farthest to the right. */
const ROCKET_RIGHTMOST_MS = 7_000;

/** A passage across the stage. Positions are of the cutout's middle, in fractions of the frame. */
interface Passage {
  readonly label: DemoLabel;
  readonly enterMs: number;
  readonly leaveMs: number;
  /** Where it stays between coming and going. */
  readonly restX: number;
  readonly restY: number;
  readonly from: "left" | "right";
  readonly to: "left" | "right";
}

type Side = Passage["from"];

const PASSAGES: readonly Passage[] = [
  pass("person", 600, 13_600, 0.33, "left", "left"),
  pass("cat", 4_200, 15_200, 0.78, "right", "right"),
  pass("cup", 16_800, 28_800, 0.5, "right", "left"),
  pass("person", 30_000, 43_000, 0.68, "right", "right"),
  pass("cat", 33_500, 45_000, 0.22, "left", "left"),
  pass("cup", 46_800, 58_800, 0.5, "left", "right"),
];

function pass(
  label: DemoLabel,
  enterMs: number,
  leaveMs: number,
  restX: number,
  from: Side,
  to: Side,
): Passage {
  const restY = { person: 0.675, cat: 0.31, cup: 0.5 }[label];
  return { label, enterMs, leaveMs, restX, restY, from, to };
}

/** An object of the scene: how it looks and when and where it passes. */
interface Actor {
  readonly passage: Passage;
  readonly cutout: Cutout;
  /** Phase of its sway, radians. */
  readonly phase: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export function createDemoScene(
  pictures: Readonly<Record<PictureName, Picture>>,
  { seed = 1, width = 640, height = 480 }: DemoSceneOptions = {},
): DemoScene {
  const size = { width, height };
  const random = randomFrom(seed);
  const cutouts = cutObjects(pictures, height / LAYOUT_HEIGHT);
  const actors = PASSAGES.map((passage) => ({
    passage: varied(passage, random),
    cutout: cutouts[passage.label],
    phase: random() * 2 * Math.PI,
  }));
  const backdrop = new Backdrop(pictures.rocket);
  const drift = (random() - 0.5) * 0.4;
  return {
    ...size,
    periodMs: PERIOD_MS,
    render(tMs, into = new Uint8ClampedArray(width * height * 4)) {
      const canvas = canvasOver(into, size);
      backdrop.paint(canvas, viewAt(tMs, drift, pictures.rocket, size));
      for (const actor of actors) paintActor(canvas, actor, tMs % PERIOD_MS);
      return { ...size, data: into };
    },
    truth: (tMs) => actors.flatMap((actor, k) => truthOf(actor, k, tMs, size)),
    appearances: (fromMs, toMs) => appearancesOf(actors, fromMs, toMs),
  };
}

function cutObjects(
  { astronaut, chelsea, coffee }: Readonly<Record<PictureName, Picture>>,
  sizeFactor: number,
): Record<DemoLabel, Cutout> {
  return {
    person: cutOut(astronaut, ASTRONAUT, sizeFactor),
    cat: cutOut(chelsea, CAT, sizeFactor),
    cup: cutOut(coffee, CUP, sizeFactor),
  };
}

/** Mulberry32: small, and the same everywhere. Numbers from 0 up to but not including 1. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** No two seeds alike, yet the gaps that keep appearances of one class apart remain. */
function varied(passage: Passage, random: () => number): Passage {
  const within = (reach: number) => (random() * 2 - 1) * reach;
  const shiftMs = Math.round(within(400));
  return {
    ...passage,
    enterMs: passage.enterMs + shiftMs,
    leaveMs: passage.leaveMs + shiftMs,
    restX: passage.restX + within(0.02),
    restY: passage.restY + within(0.01),
  };
}

function canvasOver(data: Uint8ClampedArray<ArrayBuffer>, { width, height }: Size): Canvas {
  if (data.length !== width * height * 4 || data.byteOffset % 4 !== 0) {
    throw new Error(`Cannot render ${width}×${height} into ${data.length} bytes`);
  }
  return { width, height, pixels: new Uint32Array(data.buffer, data.byteOffset, width * height) };
}

/**
 * A slow pan, rise and zoom, one turn each in a period, so that it repeats without a jump. The pan keeps
 * the rocket away from where the person stands: its tip over her head passes for a bird.
 */
function viewAt(tMs: number, drift: number, backdrop: Picture, { width, height }: Size): View {
  const turn = 2 * Math.PI * (tMs - ROCKET_RIGHTMOST_MS) / PERIOD_MS + drift;
  const widest = Math.min(backdrop.width / width, backdrop.height / height);
  const scale = widest * (0.84 + 0.06 * Math.sin(turn));
  const pan = 0.5 - 0.48 * Math.cos(turn);
  const rise = 0.75 + 0.2 * Math.sin(turn + 1);
  return {
    x: (backdrop.width - width * scale) * pan,
    y: (backdrop.height - height * scale) * rise,
    scale,
  };
}

function paintActor(canvas: Canvas, actor: Actor, timeMs: number): void {
  const corner = cornerAt(actor, timeMs, canvas);
  if (corner) layOver(canvas, actor.cutout, corner.x, corner.y);
}

/** Top left of the actor's cutout in frame pixels; undefined while it is not on the stage. */
function cornerAt(
  { passage, cutout, phase }: Actor,
  timeMs: number,
  { width, height }: Size,
): { x: number; y: number } | undefined {
  const { enterMs, leaveMs } = passage;
  if (timeMs <= enterMs || timeMs >= leaveMs) return undefined;
  const rest = {
    x: passage.restX * width - cutout.width / 2,
    y: passage.restY * height - cutout.height / 2,
  };
  const since = timeMs - enterMs;
  const left = leaveMs - timeMs;
  const sway = swayAt(since / (leaveMs - enterMs), phase, height);
  const start = outside(passage.from, cutout, width);
  const end = outside(passage.to, cutout, width);
  const x = since < left
    ? start + (rest.x + sway.x - start) * eased(since / TRANSIT_MS)
    : end + (rest.x + sway.x - end) * eased(left / TRANSIT_MS);
  return { x, y: rest.y + sway.y };
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

/** Where the cutout is just out of view. */
function outside(side: Side, cutout: Cutout, width: number): number {
  return side === "left" ? -cutout.width : width;
}

/** Fast at first, then slowing to rest. */
function eased(share: number): number {
  return 1 - (1 - Math.min(share, 1)) ** 3;
}

function truthOf(actor: Actor, index: number, tMs: number, size: Size): DemoTruth[] {
  const corner = cornerAt(actor, tMs % PERIOD_MS, size);
  if (!corner) return [];
  const [objectLeft, objectTop, objectRight, objectBottom] = actor.cutout.object;
  const left = Math.max(corner.x + objectLeft, 0);
  const top = Math.max(corner.y + objectTop, 0);
  const width = Math.min(corner.x + objectRight, size.width) - left;
  const height = Math.min(corner.y + objectBottom, size.height) - top;
  if (width <= 0 || height <= 0) return [];
  const whole = (objectRight - objectLeft) * (objectBottom - objectTop);
  return [{
    id: appearanceId(actor, index, Math.floor(tMs / PERIOD_MS)),
    label: actor.passage.label,
    box: {
      x: left / size.width,
      y: top / size.height,
      width: width / size.width,
      height: height / size.height,
    },
    visibleFraction: width * height / whole,
  }];
}

function appearancesOf(actors: readonly Actor[], fromMs: number, toMs: number): Appearance[] {
  const found: Appearance[] = [];
  for (let round = Math.floor(fromMs / PERIOD_MS); round * PERIOD_MS <= toMs; round++) {
    actors.forEach((actor, index) => {
      const { label, enterMs, leaveMs } = actor.passage;
      const appearance = {
        id: appearanceId(actor, index, round),
        label,
        enterMs: enterMs + round * PERIOD_MS,
        leaveMs: leaveMs + round * PERIOD_MS,
      };
      if (appearance.leaveMs >= fromMs && appearance.enterMs <= toMs) found.push(appearance);
    });
  }
  return found.sort((a, b) => a.enterMs - b.enterMs);
}

function appearanceId({ passage }: Actor, index: number, round: number): string {
  return `${passage.label}-${round * PASSAGES.length + index}`;
}
