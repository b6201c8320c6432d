/**
 * What an agent says of itself, that it is there and where its camera stands, as bytes: canonical CBOR
 *
 *     [1, atMs, pose]
 *
 * `pose`: `[]`, or `[east, north, height, heading, tilt, fov, aspect, range]` in whole mm, thousandths of a
 * degree and ten-thousandths; the heading from 0 up to 360°. Who says it, the signature of the message says.
 */
import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor, isCount } from "../cbor.ts";
import type { CameraPose } from "./camera_pose.ts";
import { isSoundPose, MOST_HEADING_DEG } from "./pose_bounds.ts";

export interface SaidBeat {
  /** When it was said, ms since the epoch by the agent's clock, corrected as in `world_agent.ts`. */
  readonly atMs: number;
  /** Null: it has no camera, or none that was placed. */
  readonly pose: CameraPose | null;
}

const FORMAT = 1;
/** What a beat takes up with the largest numbers is less. */
const MOST_BEAT_BYTES = 64;
const THOUSAND = 1_000;
const TEN_THOUSAND = 10_000;
const FIELDS = 8;

/** What {@link parseBeat} reads. Throws for a pose beyond its bounds. */
export function encodeBeat({ atMs, pose }: SaidBeat): Bytes {
  return encodeCbor([FORMAT, Math.max(0, Math.floor(atMs)), pose ? rowOf(pose) : []]);
}

/** Null when it is not what {@link encodeBeat} gives. */
export function parseBeat(bytes: Uint8Array): SaidBeat | null {
  const value = bytes.length <= MOST_BEAT_BYTES ? decodeCbor(bytes)?.value : undefined;
  if (!Array.isArray(value) || value.length !== 3 || value[0] !== FORMAT) return null;
  const [, atMs, row] = value as unknown[];
  if (!isCount(atMs) || !Array.isArray(row)) return null;
  if (row.length === 0) return { atMs, pose: null };
  const pose = row.length === FIELDS && row.every(isWhole) ? poseOf(row) : null;
  return pose && { atMs, pose };
}

/** As others have it once it was told: in whole steps. Throws for one beyond its bounds. */
export function asTold(pose: CameraPose): CameraPose {
  return inUnits(rowOf(pose));
}

function rowOf(pose: CameraPose): readonly number[] {
  if (!isSoundPose(pose)) throw new Error("Cannot tell where the camera is: it is no sound pose");
  const [east, north] = pose.position;
  const heading = whole(pose.headingDeg * THOUSAND) % (MOST_HEADING_DEG * THOUSAND);
  return [
    ...[east, north, pose.heightM].map((metres) => whole(metres * THOUSAND)),
    heading < 0 ? heading + MOST_HEADING_DEG * THOUSAND : heading + 0,
    ...[pose.tiltDeg, pose.fovDeg].map((degrees) => whole(degrees * THOUSAND)),
    whole(pose.aspect * TEN_THOUSAND),
    whole(pose.rangeM * THOUSAND),
  ];
}

function poseOf(row: readonly number[]): CameraPose | null {
  const pose = inUnits(row);
  const isTurn = pose.headingDeg >= 0 && pose.headingDeg < MOST_HEADING_DEG;
  return isTurn && isSoundPose(pose) ? pose : null;
}

function inUnits(row: readonly number[]): CameraPose {
  const [east, north, height, heading, tilt, fov, aspect, range] = row;
  return {
    position: [east / THOUSAND, north / THOUSAND],
    heightM: height / THOUSAND,
    ...{ headingDeg: heading / THOUSAND, tiltDeg: tilt / THOUSAND, fovDeg: fov / THOUSAND },
    ...{ aspect: aspect / TEN_THOUSAND, rangeM: range / THOUSAND },
  };
}

/** Rounded, and never −0, which CBOR tells from 0. */
function whole(value: number): number {
  return Math.round(value) + 0;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
