/**
 * Draws the app's icons: `deno run --allow-write=static/icons static/icons/make_icons.ts`.
 *
 * The mark is described once, as shapes whose distance to a point is known; a pixel's cover is read off
 * that distance, which gives smooth edges at every size without a graphics library.
 */
import { encode } from "fast-png";

type Point = readonly [x: number, y: number];
type Colour = readonly [red: number, green: number, blue: number, alpha: number];
/** Signed distance from a point to a shape's edge, in mark units; negative inside. */
type Shape = (at: Point) => number;

interface Layer {
  readonly shape: Shape;
  readonly colour: Colour;
}

interface IconPlan {
  readonly file: string;
  readonly sizePx: number;
  /** Edge of the mark's 100-unit square as a fraction of the icon. */
  readonly scale: number;
  /** Corner radius of the ground as a fraction of the icon; none: no ground. */
  readonly cornerRadius?: number;
  readonly oneColour?: boolean;
}

const GROUND: Colour = [14, 20, 18, 255];
const INK: Colour = [233, 240, 235, 255];
const SIGNAL: Colour = [255, 178, 56, 255];
const WHITE: Colour = [255, 255, 255, 255];
const CLEAR: Colour = [0, 0, 0, 0];

const STROKE = 5.5;
const NODE_RADIUS = 8;
const PUPIL_RADIUS = 12.5;
const LID_RADIUS = 42;
const LEFT: Point = [14, 56];
const TOP: Point = [50, 30];
const RIGHT: Point = [86, 56];
const PUPIL: Point = [50, 58.5];
/** Between the topmost and the lowest edge of the mark: what is centred in an icon. */
const MIDDLE: Point = [50, 51];

const ICONS: readonly IconPlan[] = [
  { file: "icon-192.png", sizePx: 192, scale: 0.82, cornerRadius: 0.22 },
  { file: "icon-512.png", sizePx: 512, scale: 0.82, cornerRadius: 0.22 },
  // A maskable icon's safe zone is a circle of 80 % (W3C manifest, "icon masks"): the mark's corners
  // lie 46 units from its middle, so at 0.78 they stay within 36 % of the centre.
  { file: "maskable-512.png", sizePx: 512, scale: 0.78, cornerRadius: 0 },
  { file: "monochrome-512.png", sizePx: 512, scale: 0.96, oneColour: true },
  // iOS rounds the corners itself and shows transparency as black.
  { file: "apple-touch-icon.png", sizePx: 180, scale: 0.8, cornerRadius: 0 },
];

function disc(centre: Point, radius: number): Shape {
  return ([x, y]) => Math.hypot(x - centre[0], y - centre[1]) - radius;
}

function segment([ax, ay]: Point, [bx, by]: Point, width: number): Shape {
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  return ([x, y]) => {
    const along = ((x - ax) * dx + (y - ay) * dy) / lengthSquared;
    const t = Math.min(1, Math.max(0, along));
    return Math.hypot(x - ax - t * dx, y - ay - t * dy) - width / 2;
  };
}

/** The lower arc of a circle through two points of one height. Its ends lie under nodes. */
function lowerArc(from: Point, to: Point, radius: number, width: number): Shape {
  const half = (to[0] - from[0]) / 2;
  const centreX = from[0] + half;
  const centreY = from[1] - Math.sqrt(radius * radius - half * half);
  return ([x, y]) => {
    const toCurve = Math.abs(Math.hypot(x - centreX, y - centreY) - radius) - width / 2;
    return Math.max(toCurve, from[1] - y);
  };
}

function roundedSquare(size: number, cornerRadius: number): Shape {
  const half = size / 2;
  return ([x, y]) => {
    const dx = Math.abs(x - half) - half + cornerRadius;
    const dy = Math.abs(y - half) - half + cornerRadius;
    const outside = Math.hypot(Math.max(dx, 0), Math.max(dy, 0));
    return outside + Math.min(Math.max(dx, dy), 0) - cornerRadius;
  };
}

function markLayers(oneColour: boolean): readonly Layer[] {
  const ink = oneColour ? WHITE : INK;
  const lines = [
    segment(LEFT, TOP, STROKE),
    segment(TOP, RIGHT, STROKE),
    lowerArc(LEFT, RIGHT, LID_RADIUS, STROKE),
  ];
  const nodes = [LEFT, TOP, RIGHT].map((centre) => disc(centre, NODE_RADIUS));
  return [
    ...[...lines, ...nodes].map((shape) => ({ shape, colour: ink })),
    { shape: disc(PUPIL, PUPIL_RADIUS), colour: oneColour ? WHITE : SIGNAL },
  ];
}

/** How much of a pixel a shape covers, from the distance of its middle to the edge in pixels. */
function coverage(distancePx: number): number {
  return Math.min(1, Math.max(0, 0.5 - distancePx));
}

function over(below: Colour, above: Colour, cover: number): Colour {
  const alpha = (above[3] / 255) * cover;
  const belowAlpha = (below[3] / 255) * (1 - alpha);
  const total = alpha + belowAlpha;
  if (total === 0) return CLEAR;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round((above[channel] * alpha + below[channel] * belowAlpha) / total);
  return [mix(0), mix(1), mix(2), Math.round(total * 255)];
}

function pixel(plan: IconPlan, layers: readonly Layer[], at: Point): Colour {
  const unitsPerPx = 100 / (plan.sizePx * plan.scale);
  const inMark: Point = [
    (at[0] - plan.sizePx / 2) * unitsPerPx + MIDDLE[0],
    (at[1] - plan.sizePx / 2) * unitsPerPx + MIDDLE[1],
  ];
  let colour = CLEAR;
  if (plan.cornerRadius !== undefined) {
    const ground = roundedSquare(plan.sizePx, plan.cornerRadius * plan.sizePx);
    colour = over(colour, GROUND, plan.cornerRadius === 0 ? 1 : coverage(ground(at)));
  }
  for (const layer of layers) {
    colour = over(colour, layer.colour, coverage(layer.shape(inMark) / unitsPerPx));
  }
  return colour;
}

function drawIcon(plan: IconPlan): Uint8Array {
  const { sizePx } = plan;
  const layers = markLayers(plan.oneColour ?? false);
  const data = new Uint8Array(sizePx * sizePx * 4);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      data.set(pixel(plan, layers, [x + 0.5, y + 0.5]), (y * sizePx + x) * 4);
    }
  }
  return encode({ width: sizePx, height: sizePx, data, channels: 4, depth: 8 });
}

function hex([red, green, blue]: Colour): string {
  return "#" + [red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("");
}

/** Laid out as `deno fmt` would. */
function faviconSvg(): string {
  const circle = ([x, y]: Point, radius: number, colour: Colour) =>
    `    <circle cx="${x}" cy="${y}" r="${radius}" fill="${hex(colour)}" />`;
  const line = `M${LEFT.join(" ")}L${TOP.join(" ")}L${RIGHT.join(" ")}` +
    `A${LID_RADIUS} ${LID_RADIUS} 0 0 1 ${LEFT.join(" ")}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">`,
    `  <rect width="100" height="100" rx="22" fill="${hex(GROUND)}" />`,
    `  <g transform="translate(4 3.1) scale(0.92)" stroke-width="${STROKE}">`,
    `    <path d="${line}" fill="none" stroke="${hex(INK)}" />`,
    ...[LEFT, TOP, RIGHT].map((centre) => circle(centre, NODE_RADIUS, INK)),
    circle(PUPIL, PUPIL_RADIUS, SIGNAL),
    `  </g>`,
    `</svg>`,
    ``,
  ].join("\n");
}

if (import.meta.main) {
  for (const plan of ICONS) {
    await Deno.writeFile(new URL(plan.file, import.meta.url), drawIcon(plan));
  }
  await Deno.writeTextFile(new URL("favicon.svg", import.meta.url), faviconSvg());
}
