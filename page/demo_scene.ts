/**
 * The demo camera's world: a launch pad at dusk, slowly panned, before which a person, a cat and a cup
 * come and go. The rocket is nothing that the detector knows. The seed shifts times, places and drift a
 * little; the same seed and time give the same pixels and the same truth, on every device.
 */
import { type Cutout, cutOut, type Picture } from "../field/cutout/cutout.ts";
import { ASTRONAUT, CAT, CUP } from "../field/cutout/objects.ts";
import { Backdrop, type Canvas, layOver, type View } from "./demo/paint.ts";
import {
  cornerAt,
  type DemoLabel,
  type Passage,
  passages,
  PERIOD_MS,
  type Size,
} from "./demo/passages.ts";

export type { DemoLabel, Picture };
export type DemoPictures = Readonly<Record<"astronaut" | "chelsea" | "coffee" | "rocket", Picture>>;

export interface DemoSceneOptions {
  readonly seed: number;
  /** Of a frame, pixels. */
  readonly width: number;
  readonly height: number;
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
   * it comes up to 0.2 s later and goes that much sooner.
   */
  readonly enterMs: number;
  readonly leaveMs: number;
}

export interface DemoFrame extends Size {
  /** RGBA. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface DemoScene extends Size {
  /** After this the scene repeats, without a jump. */
  readonly periodMs: number;
  /** The frame at `tMs` ≥ 0: in `into`, if that is given, which must be of the frame's size. */
  render(tMs: number, into?: Uint8ClampedArray<ArrayBuffer>): DemoFrame;
  /** What is in that frame, hindmost first. */
  truth(tMs: number): DemoTruth[];
  /** Everything in view at some time from `fromMs` to `toMs`, by time of entering. */
  appearances(fromMs: number, toMs: number): Appearance[];
}

/** The objects are laid out for a frame of this height. */
const LAYOUT_HEIGHT = 480;
/** When the backdrop is panned so that the rocket stands farthest to the right. */
const ROCKET_RIGHTMOST_MS = 7_000;

interface Actor {
  readonly passage: Passage;
  readonly cutout: Cutout;
}

/** Cuts the objects out of the pictures, which takes about 0.3 s; a frame then takes a few ms. */
export function createDemoScene(pictures: DemoPictures, options: DemoSceneOptions): DemoScene {
  const size = { width: options.width, height: options.height };
  const random = randomFrom(options.seed);
  const cutouts = cutObjects(pictures, size.height / LAYOUT_HEIGHT);
  const actors = passages(random)
    .map((passage) => ({ passage, cutout: cutouts[passage.label] }));
  const backdrop = new Backdrop(pictures.rocket);
  const drift = (random() - 0.5) * 0.4;
  return {
    ...size,
    periodMs: PERIOD_MS,
    render(tMs, into = new Uint8ClampedArray(size.width * size.height * 4)) {
      const canvas = canvasOver(into, size);
      backdrop.paint(canvas, viewAt(tMs, drift, pictures.rocket, size));
      for (const actor of actors) paintActor(canvas, actor, tMs % PERIOD_MS);
      return { ...size, data: into };
    },
    truth: (tMs) => actors.flatMap((actor, index) => truthOf(actor, index, tMs, size)),
    appearances: (fromMs, toMs) => appearancesOf(actors, fromMs, toMs),
  };
}

function cutObjects(pictures: DemoPictures, sizeFactor: number): Record<DemoLabel, Cutout> {
  return {
    person: cutOut(pictures.astronaut, ASTRONAUT, sizeFactor),
    cat: cutOut(pictures.chelsea, CAT, sizeFactor),
    cup: cutOut(pictures.coffee, CUP, sizeFactor),
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

function canvasOver(data: Uint8ClampedArray<ArrayBuffer>, { width, height }: Size): Canvas {
  if (data.length !== width * height * 4 || data.byteOffset % 4 !== 0) {
    throw new Error(`Cannot render ${width}×${height} into ${data.length} bytes`);
  }
  return { width, height, pixels: new Int32Array(data.buffer, data.byteOffset, width * height) };
}

/**
 * A slow pan, rise and zoom, one turn each in a period, so that it repeats without a jump. The pan keeps
 * the rocket away from where the person stands: its tip over her head passes for a bird.
 */
function viewAt(tMs: number, drift: number, backdrop: Size, { width, height }: Size): View {
  const turn = 2 * Math.PI * (tMs % PERIOD_MS - ROCKET_RIGHTMOST_MS) / PERIOD_MS + drift;
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

function paintActor(canvas: Canvas, { passage, cutout }: Actor, timeMs: number): void {
  const corner = cornerAt(passage, cutout, timeMs, canvas);
  if (corner) layOver(canvas, cutout, corner.x, corner.y);
}

function truthOf({ passage, cutout }: Actor, index: number, tMs: number, size: Size): DemoTruth[] {
  const corner = cornerAt(passage, cutout, tMs % PERIOD_MS, size);
  if (!corner) return [];
  const [objectLeft, objectTop, objectRight, objectBottom] = cutout.object;
  const left = Math.max(corner.x + objectLeft, 0);
  const top = Math.max(corner.y + objectTop, 0);
  const width = Math.min(corner.x + objectRight, size.width) - left;
  const height = Math.min(corner.y + objectBottom, size.height) - top;
  if (width <= 0 || height <= 0) return [];
  return [{
    id: appearanceId(passage, index, Math.floor(tMs / PERIOD_MS)),
    label: passage.label,
    box: {
      x: left / size.width,
      y: top / size.height,
      width: width / size.width,
      height: height / size.height,
    },
    visibleFraction: width * height / ((objectRight - objectLeft) * (objectBottom - objectTop)),
  }];
}

function appearancesOf(actors: readonly Actor[], fromMs: number, toMs: number): Appearance[] {
  const found: Appearance[] = [];
  for (let round = Math.floor(fromMs / PERIOD_MS); round * PERIOD_MS <= toMs; round++) {
    actors.forEach(({ passage }, index) => {
      const enterMs = passage.enterMs + round * PERIOD_MS;
      const leaveMs = passage.leaveMs + round * PERIOD_MS;
      if (leaveMs < fromMs || enterMs > toMs) return;
      const id = appearanceId(passage, index, round);
      found.push({ id, label: passage.label, enterMs, leaveMs });
    });
  }
  return found.sort((a, b) => a.enterMs - b.enterMs);
}

/** Each class comes twice a period: `person-0`, `person-1`, in the next period `person-2`, … */
function appearanceId({ label }: Passage, index: number, round: number): string {
  const second = index < 3 ? 0 : 1;
  return `${label}-${round * 2 + second}`;
}
