import { hasShape, isArrayOf, isNumber, isOneOf, isString } from "../shape.ts";
import type { KeptMap, MapArchive, MapBounds } from "./map_archive.ts";

const isArchive = hasShape<MapArchive>({
  tiles: isOneOf("raster", "vector"),
  bounds: (value): value is MapBounds => isArrayOf(isNumber)(value) && value.length === 4,
  minZoom: isNumber,
  maxZoom: isNumber,
  attribution: isString,
  layers: isArrayOf(isString),
});

const isKeptMap = hasShape<KeptMap>({
  archive: isArchive,
  name: isString,
  file: (value): value is Blob => value instanceof Blob,
  keptAtMs: isNumber,
});

/** What the disk gave, as a map; null when it is none, such as one that another version of the app wrote. */
export function parseKeptMap(value: unknown): KeptMap | null {
  return isKeptMap(value) ? value : null;
}
