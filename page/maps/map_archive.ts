/** What is known of a map file, and what is kept of it on this device. Types alone. */
import type { LatLon } from "../../field/world/plan_frame.ts";

/** WGS 84 degrees: west, south, east, north. */
export type MapBounds = readonly [number, number, number, number];

/** A PMTiles archive that this app can draw. */
export interface MapArchive {
  readonly tiles: "raster" | "vector";
  readonly bounds: MapBounds;
  readonly minZoom: number;
  readonly maxZoom: number;
  /** Whose data it is, as plain text; empty where the file does not say. */
  readonly attribution: string;
  /** Names of the vector layers; none in a raster. */
  readonly layers: readonly string[];
}

/** Why a file is not taken: what, where, why and what to do, in sentences. */
export interface MapProblem {
  readonly problem: string;
}

export interface KeptMap {
  readonly archive: MapArchive;
  /** The file's name and bytes; those stay on disk until a part of them is read. */
  readonly name: string;
  readonly file: Blob;
  /** ms since the epoch. */
  readonly keptAtMs: number;
}

export type MapTheme = "dusk" | "day" | "sun";

/** What of the site a plan shows, with the place on earth that its metres are counted from. */
export interface MapLook {
  readonly origin: LatLon;
  /** In the plan's middle, metres east and north of the origin. */
  readonly centre: readonly [number, number];
  readonly pxPerM: number;
  /** The plan's, px. */
  readonly width: number;
  readonly height: number;
}
