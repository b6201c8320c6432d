/**
 * A fixed camera placed by hand: pairs of a point of the frame and its place on the ground give the mapping
 * between the two planes. Normalised direct linear transformation (Hartley & Zisserman, "Multiple View
 * Geometry", 2nd edition, algorithm 4.2); least squares of the algebraic error above four pairs.
 */
import type { FramePoint, GroundPoint } from "./camera_pose.ts";
import { carried, isotropic, plus } from "./covariance.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";
import type { Vector } from "./world_track.ts";

export interface PointPair {
  readonly frame: FramePoint;
  /** Metres east and north of the site's origin. */
  readonly world: Vector;
}

export interface Homography {
  /** 3 × 3, row by row, from fractions of the frame to metres; its last row is above 0 below the horizon. */
  readonly matrix: readonly number[];
  /** What the pairs do not agree on, m a coordinate; 0 for four, which always agree. */
  readonly fitErrorM: number;
  /** Around the pairs; further out nothing is placed. */
  readonly centre: Vector;
  readonly rangeM: number;
}

/** Why the pairs give no mapping, and what the user does about it. */
export interface HomographyFault {
  readonly fault: "too-few" | "too-many" | "not-finite" | "on-a-line" | "across-the-horizon";
  readonly advice: string;
}

const FEWEST_PAIRS = 4;
export const MOST_PAIRS = 24;
/** A triangle with less than this share of the area that its points' spread allows is as good as a line. */
const FLAT = 0.01;
/** How far beyond the pairs the mapping is trusted, in their own reach. */
const REACH = 3;

const ADVICE: Readonly<Record<HomographyFault["fault"], string>> = {
  "too-few": "Mark at least four points on the ground",
  "too-many": `Mark at most ${MOST_PAIRS} points`,
  "not-finite": "Mark each point in the picture and on the plan",
  "on-a-line":
    "Spread the points out: four of them must be such that no three lie on one line, in the picture and on the plan",
  "across-the-horizon":
    "Check which point is which: as they are marked, some would lie above the horizon",
};

export function fitHomography(pairs: readonly PointPair[]): Homography | HomographyFault {
  const fault = faultIn(pairs);
  if (fault) return { fault, advice: ADVICE[fault] };
  const frame = normalised(pairs.map(({ frame: { x, y } }) => [x, y]));
  const world = normalised(pairs.map(({ world }) => world));
  const inner = directLinear(frame.points, world.points);
  const matrix = product(product(unscaling(world), inner), scaling(frame));
  const depths = pairs.map(({ frame }) => depthAt(matrix, frame));
  const sign = Math.sign(depths[0]);
  if (!depths.every((depth) => depth * sign > 0)) {
    return { fault: "across-the-horizon", advice: ADVICE["across-the-horizon"] };
  }
  const largest = Math.max(...depths.map(Math.abs));
  const scaledTo1 = matrix.map((value) => value * sign / largest);
  return withReach(scaledTo1, pairs, world.centre);
}

/**
 * Where a point of the frame lies on the ground; null at and above the horizon, and far from all pairs.
 * `frameError`: standard deviation of the point in fractions of the frame.
 */
export function groundByHomography(
  { matrix, fitErrorM, centre, rangeM }: Homography,
  point: FramePoint,
  frameError: FramePoint,
): GroundPoint | null {
  const depth = depthAt(matrix, point);
  if (!(depth > 0)) return null;
  const position = mapped(matrix, point);
  if (!(length([position[0] - centre[0], position[1] - centre[1]]) <= rangeM)) return null;
  const column = (i: 0 | 1): Vector => [
    (matrix[i] - position[0] * matrix[6 + i]) / depth,
    (matrix[3 + i] - position[1] * matrix[6 + i]) / depth,
  ];
  const noise = carried([
    { by: column(0), deviation: frameError.x },
    { by: column(1), deviation: frameError.y },
  ]);
  const biasCovariance = isotropic(fitErrorM * fitErrorM);
  return { position, covariance: plus(noise, biasCovariance), biasCovariance };
}

function withReach(
  matrix: readonly number[],
  pairs: readonly PointPair[],
  centre: Vector,
): Homography {
  const off = pairs.map(({ frame, world }) => {
    const [x, y] = mapped(matrix, frame);
    return (x - world[0]) ** 2 + (y - world[1]) ** 2;
  });
  const freedom = 2 * pairs.length - 8;
  const reach = pairs.map(({ world }) => length([world[0] - centre[0], world[1] - centre[1]]));
  return {
    matrix,
    fitErrorM: freedom === 0 ? 0 : Math.sqrt(off.reduce((sum, one) => sum + one, 0) / freedom),
    centre,
    rangeM: REACH * Math.max(...reach),
  };
}

function faultIn(pairs: readonly PointPair[]): HomographyFault["fault"] | null {
  if (pairs.length < FEWEST_PAIRS) return "too-few";
  if (pairs.length > MOST_PAIRS) return "too-many";
  const numbers = pairs.flatMap(({ frame: { x, y }, world }) => [x, y, ...world]);
  if (!numbers.every(Number.isFinite)) return "not-finite";
  return hasFourInGeneralPosition(pairs) ? null : "on-a-line";
}

function hasFourInGeneralPosition(pairs: readonly PointPair[]): boolean {
  const frame = normalised(pairs.map(({ frame: { x, y } }): Vector => [x, y])).points;
  const world = normalised(pairs.map(({ world }) => world)).points;
  const isFlat = (i: number, j: number, k: number) =>
    [frame, world].some((points) => Math.abs(twiceArea(points[i], points[j], points[k])) < FLAT);
  const isGood = (a: number, b: number, c: number, d: number) =>
    !isFlat(a, b, d) && !isFlat(a, c, d) && !isFlat(b, c, d);
  for (let a = 0; a < pairs.length; a++) {
    for (let b = a + 1; b < pairs.length; b++) {
      for (let c = b + 1; c < pairs.length; c++) {
        if (isFlat(a, b, c)) continue;
        for (let d = c + 1; d < pairs.length; d++) if (isGood(a, b, c, d)) return true;
      }
    }
  }
  return false;
}

function twiceArea(a: Vector, b: Vector, c: Vector): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

interface Normalised {
  readonly points: readonly Vector[];
  readonly centre: Vector;
  readonly scale: number;
}

/** About the centre, at a mean distance of √2 (section 4.4.4): without it the equations are ill-conditioned. */
function normalised(points: readonly Vector[]): Normalised {
  const mean = (of: (point: Vector) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const centre: Vector = [mean(([x]) => x), mean(([, y]) => y)];
  const distance = mean(([x, y]) => length([x - centre[0], y - centre[1]]));
  const scale = distance > 0 ? Math.SQRT2 / distance : 1;
  const moved = points.map(([x, y]): Vector => [(x - centre[0]) * scale, (y - centre[1]) * scale]);
  return { points: moved, centre, scale };
}

/** The matrix that solves `world × H frame = 0` best: the eigenvector of AᵀA with the least eigenvalue. */
function directLinear(from: readonly Vector[], to: readonly Vector[]): readonly number[] {
  const square = Array.from({ length: 9 }, () => new Array<number>(9).fill(0));
  for (const [i, [x, y]] of from.entries()) {
    const [u, v] = to[i];
    for (
      const row of [
        [x, y, 1, 0, 0, 0, -u * x, -u * y, -u],
        [0, 0, 0, x, y, 1, -v * x, -v * y, -v],
      ]
    ) {
      row.forEach((one, j) => row.forEach((other, k) => square[j][k] += one * other));
    }
  }
  return symmetricEigen(square)[0].vector;
}

function scaling({ centre: [x, y], scale }: Normalised): readonly number[] {
  return [scale, 0, -x * scale, 0, scale, -y * scale, 0, 0, 1];
}

function unscaling({ centre: [x, y], scale }: Normalised): readonly number[] {
  return [1 / scale, 0, x, 0, 1 / scale, y, 0, 0, 1];
}

function product(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((_, at) => {
    const [row, column] = [at - at % 3, at % 3];
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
}

function depthAt(matrix: readonly number[], { x, y }: FramePoint): number {
  return matrix[6] * x + matrix[7] * y + matrix[8];
}

function mapped(matrix: readonly number[], point: FramePoint): Vector {
  const depth = depthAt(matrix, point);
  const row = (i: number) => matrix[i] * point.x + matrix[i + 1] * point.y + matrix[i + 2];
  return [row(0) / depth, row(3) / depth];
}

function length([x, y]: Vector): number {
  return Math.sqrt(x * x + y * y);
}
