/** What a drone and its server say to each other, as bytes: as dense as ours, canonical CBOR. */
import type { Bytes } from "../../field/bytes.ts";
import { decodeCbor, encodeCbor } from "../../field/cbor.ts";
import { isNumber, isString } from "../../field/shape.ts";
import type { PlacedDetection } from "../../field/world/world_tracker.ts";
import type { Covariance, WorldTrack } from "../../field/world/world_track.ts";

const MM = 1000;
/** Of a row, after the label. */
const UPLOAD_NUMBERS = 9;
const MAP_NUMBERS = 10;

export interface Upload {
  readonly atMs: number;
  readonly seen: readonly PlacedDetection[];
}

/** What changed of a map: which tracks there are, and those that are new or otherwise. */
export interface MapNews {
  readonly atMs: number;
  /** Their numbers. */
  readonly all: readonly number[];
  readonly changed: readonly MapTrack[];
}

/** A track under the server's own short number. */
export interface MapTrack extends Pick<WorldTrack, "label" | "confidence" | "lastAtMs"> {
  readonly number: number;
  readonly position: WorldTrack["position"];
  readonly velocity: WorldTrack["velocity"];
  readonly covariance: Covariance;
}

type Row = readonly [label: string, ...numbers: number[]];

export function encodeUpload({ atMs, seen }: Upload): Bytes {
  return encodeCbor([
    atMs,
    seen.map(({ label, confidence, position, covariance, biasCovariance = [0, 0, 0] }): Row => [
      ...[label, Math.round(confidence * MM), ...whole(position, MM)] as const,
      ...[...whole(covariance, MM * MM), ...whole(biasCovariance, MM * MM)],
    ]),
  ]);
}

export function decodeUpload(bytes: Bytes): Upload {
  const [atMs, rows] = listOf(bytes);
  const seen = rowsOf(rows, UPLOAD_NUMBERS).map(([label, confidence, ...n]): PlacedDetection => ({
    ...{ label, confidence: confidence / MM, position: [n[0] / MM, n[1] / MM] },
    covariance: covarianceOf(n.slice(2)),
    biasCovariance: covarianceOf(n.slice(5)),
  }));
  return { atMs: numberIn(atMs), seen };
}

export function encodeMap({ atMs, all, changed }: MapNews): Bytes {
  const rows = changed.map((track): Row => [
    ...[
      track.label,
      track.number,
      Math.round(track.confidence * MM),
      atMs - track.lastAtMs,
    ] as const,
    ...[...whole(track.position, MM), ...whole(track.velocity, MM)],
    ...whole(track.covariance, MM * MM),
  ]);
  return encodeCbor([atMs, all, rows]);
}

export function decodeMap(bytes: Bytes): MapNews {
  const [at, all, rows] = listOf(bytes);
  const atMs = numberIn(at);
  const changed = rowsOf(rows, MAP_NUMBERS).map((row): MapTrack => {
    const [label, number, confidence, agoMs, x, y, vx, vy, ...covariance] = row;
    return {
      ...{ number, label, confidence: confidence / MM, lastAtMs: atMs - agoMs },
      ...{ position: [x / MM, y / MM], velocity: [vx / MM, vy / MM] },
      covariance: covarianceOf(covariance),
    };
  });
  return { atMs, all: Array.isArray(all) ? all.map(numberIn) : malformed(), changed };
}

export function encodeDecision(rule: string, seenAtMs: number): Bytes {
  return encodeCbor([rule, seenAtMs]);
}

export function decodeDecision(bytes: Bytes): { readonly rule: string; readonly seenAtMs: number } {
  const [rule, seenAtMs] = listOf(bytes);
  return { rule: isString(rule) ? rule : malformed(), seenAtMs: numberIn(seenAtMs) };
}

function whole(values: readonly number[], unit: number): readonly number[] {
  return values.map((one) => Math.round(one * unit) + 0);
}

function covarianceOf([xx, xy, yy]: readonly number[]): Covariance {
  return [xx / MM / MM, xy / MM / MM, yy / MM / MM];
}

function listOf(bytes: Bytes): readonly unknown[] {
  const value = decodeCbor(bytes)?.value;
  return Array.isArray(value) ? value : malformed();
}

function rowsOf(value: unknown, numbers: number): readonly Row[] {
  if (!Array.isArray(value)) return malformed();
  return value.map((row: unknown): Row => {
    if (!Array.isArray(row) || row.length !== numbers + 1) return malformed();
    const [label, ...rest]: readonly unknown[] = row;
    return [isString(label) ? label : malformed(), ...rest.map(numberIn)];
  });
}

function numberIn(value: unknown): number {
  return isNumber(value) ? value : malformed();
}

function malformed(): never {
  throw new Error("A drone or its server said what is no message of theirs");
}
