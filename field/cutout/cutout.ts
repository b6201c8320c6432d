/**
 * Cuts an object out of a picture, once: shape, tilt, size, a pale rim and a soft shadow are worked into
 * one image with transparency, so that a frame only has to lay it over the background.
 */

/** RGBA, 8 bits each, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Distance in picture pixels to a shape's edge: negative inside, positive outside. */
export type Shape = (x: number, y: number) => number;

/** In pixels of the picture, or of the cutout: left, top, right, bottom. */
export type Edges = readonly [left: number, top: number, right: number, bottom: number];

export interface CutoutPlan {
  readonly shape: Shape;
  /** What of the picture the shape lies in. */
  readonly crop: Edges;
  /** Where in the picture the object itself is: the ground truth. */
  readonly object: Edges;
  /** Cutout pixels for one picture pixel, across and down. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Clockwise, radians. */
  readonly tilt: number;
  /** Brightness: `255 · gain · (value / 255) ** gamma`. */
  readonly gain: number;
  readonly gamma: number;
  /** Width of the pale rim, cutout pixels. */
  readonly rim: number;
}

export interface Cutout {
  readonly width: number;
  readonly height: number;
  /**
   * Premultiplied RGBA, one pixel a number, red in the lowest byte; a clear pixel all round. Signed,
   * because Firefox computes with unsigned 32-bit numbers as doubles.
   */
  readonly pixels: Int32Array;
  /** The object in the cutout. */
  readonly object: Edges;
}

const RIM_COLOUR = 244;
const SHADOW_REACH = 10;
const SHADOW_STRENGTH = 0.35;

/** A rectangle with round corners. */
export function roundedRectangle([left, top, right, bottom]: Edges, radius: number): Shape {
  const centreX = (left + right) / 2;
  const centreY = (top + bottom) / 2;
  return (x, y) => {
    const overX = Math.abs(x - centreX) - (right - left) / 2 + radius;
    const overY = Math.abs(y - centreY) - (bottom - top) / 2 + radius;
    const corner = Math.hypot(Math.max(overX, 0), Math.max(overY, 0));
    return corner + Math.min(Math.max(overX, overY), 0) - radius;
  };
}

/** A closed outline through `points`, its corners rounded off. */
export function outline(points: readonly (readonly [number, number])[]): Shape {
  const ring = cornersCut(cornersCut(points));
  return (x, y) => {
    let inside = false;
    let nearest = Infinity;
    let [fromX, fromY] = ring[ring.length - 1];
    for (const [toX, toY] of ring) {
      const crosses = (fromY > y) !== (toY > y);
      if (crosses && x < fromX + (toX - fromX) * (y - fromY) / (toY - fromY)) inside = !inside;
      nearest = Math.min(nearest, squaredDistanceToSegment(x, y, fromX, fromY, toX, toY));
      [fromX, fromY] = [toX, toY];
    }
    return Math.sqrt(nearest) * (inside ? -1 : 1);
  };
}

/** Chaikin's corner cutting: each corner gives way to two points, a quarter along its sides. */
function cornersCut(ring: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return ring.flatMap(([x, y], k) => {
    const [nextX, nextY] = ring[(k + 1) % ring.length];
    return [
      [x * 0.75 + nextX * 0.25, y * 0.75 + nextY * 0.25],
      [x * 0.25 + nextX * 0.75, y * 0.25 + nextY * 0.75],
    ] as const;
  });
}

function squaredDistanceToSegment(
  x: number,
  y: number,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): number {
  const dx = toX - fromX;
  const dy = toY - fromY;
  const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(Math.max(along, 0), 1);
  return (x - fromX - t * dx) ** 2 + (y - fromY - t * dy) ** 2;
}

/** From a point of the cutout to the same point of the picture, and back. */
interface Mapping {
  toPicture(x: number, y: number): readonly [number, number];
  toCutout(x: number, y: number): readonly [number, number];
}

export function cutOut(picture: Picture, plan: CutoutPlan, sizeFactor: number): Cutout {
  const { width, height, mapping } = layOut(plan, sizeFactor);
  const tones = toneTable(plan);
  const pixels = new Int32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const [u, v] = mapping.toPicture(x + 0.5, y + 0.5);
      const distance = plan.shape(u, v) * plan.scaleY * sizeFactor;
      pixels[y * width + x] = pixelAt(picture, u, v, distance, plan.rim * sizeFactor, tones);
    }
  }
  return { width, height, pixels, object: mappedEdges(plan.object, mapping) };
}

/** The cutout's size: the tilted crop with room for rim and shadow. */
function layOut(plan: CutoutPlan, sizeFactor: number) {
  const [left, top, right, bottom] = plan.crop;
  const scaleX = plan.scaleX * sizeFactor;
  const scaleY = plan.scaleY * sizeFactor;
  const margin = plan.rim * sizeFactor + SHADOW_REACH + 1;
  const cos = Math.cos(plan.tilt);
  const sin = Math.sin(plan.tilt);
  const across = (right - left) * scaleX;
  const down = (bottom - top) * scaleY;
  const width = Math.ceil(across * Math.abs(cos) + down * Math.abs(sin) + 2 * margin);
  const height = Math.ceil(across * Math.abs(sin) + down * Math.abs(cos) + 2 * margin);
  const [midU, midV] = [(left + right) / 2, (top + bottom) / 2];
  const mapping: Mapping = {
    toPicture(x, y) {
      const dx = x - width / 2;
      const dy = y - height / 2;
      return [midU + (cos * dx + sin * dy) / scaleX, midV + (cos * dy - sin * dx) / scaleY];
    },
    toCutout(u, v) {
      const dx = (u - midU) * scaleX;
      const dy = (v - midV) * scaleY;
      return [width / 2 + cos * dx - sin * dy, height / 2 + sin * dx + cos * dy];
    },
  };
  return { width, height, mapping };
}

function toneTable({ gain, gamma }: CutoutPlan): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => 255 * gain * (value / 255) ** gamma);
}

/** Picture inside the shape, rim around it, shadow around that. `distance` in cutout pixels. */
function pixelAt(
  picture: Picture,
  u: number,
  v: number,
  distance: number,
  rim: number,
  tones: Uint8ClampedArray,
): number {
  const shown = Math.min(Math.max(0.5 - distance, 0), 1);
  const solid = Math.min(Math.max(0.5 + rim - distance, 0), 1);
  const beyond = Math.min(Math.max(1 - (distance - rim) / SHADOW_REACH, 0), 1);
  const alpha = solid + (1 - solid) * SHADOW_STRENGTH * beyond * beyond;
  if (alpha === 0) return 0;
  const channel = (k: number) => {
    const colour = shown === 0 ? 0 : tones[Math.round(sample(picture, u, v, k))];
    return Math.round(shown * colour + (solid - shown) * RIM_COLOUR);
  };
  return (channel(0) | channel(1) << 8 | channel(2) << 16 | Math.round(alpha * 255) << 24);
}

/** Bilinear; the edge goes on for ever. */
function sample({ width, height, data }: Picture, u: number, v: number, channel: number): number {
  const x = Math.min(Math.max(u - 0.5, 0), width - 1);
  const y = Math.min(Math.max(v - 0.5, 0), height - 1);
  const column = Math.floor(x);
  const row = Math.floor(y);
  const at = (row * width + column) * 4 + channel;
  const right = column + 1 < width ? 4 : 0;
  const below = row + 1 < height ? width * 4 : 0;
  const upper = data[at] + (data[at + right] - data[at]) * (x - column);
  const lower = data[at + below] + (data[at + below + right] - data[at + below]) * (x - column);
  return upper + (lower - upper) * (y - row);
}

/** Upright rectangle around a tilted one. */
function mappedEdges([left, top, right, bottom]: Edges, mapping: Mapping): Edges {
  const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
  const mapped = corners.map(([u, v]) => mapping.toCutout(u, v));
  const xs = mapped.map(([x]) => x);
  const ys = mapped.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
