/** The first bytes of a map file: is it one that can be drawn? PMTiles specification 3.4. */
import { bytesToHeader, Compression, type Header, TileType } from "pmtiles";
import type { MapArchive, MapProblem } from "./map_archive.ts";

/** Section 3: the header's length. */
export const HEADER_BYTES = 127;
const MAGIC = "PMTiles";
const VERSION_AT = 7;
const VERSION = 3;
/** Tile ids are 64 bits: deeper tiles cannot be named. */
const MOST_ZOOM = 31;
const TILES: ReadonlyMap<TileType, MapArchive["tiles"]> = new Map([
  [TileType.Mvt, "vector"],
  [TileType.Png, "raster"],
  [TileType.Jpeg, "raster"],
  [TileType.Webp, "raster"],
]);
const OTHER_TILES: ReadonlyMap<number, string> = new Map([
  [TileType.Avif, "AVIF pictures"],
  [TileType.Mlt, "MapLibre tiles (MLT)"],
]);
const PACKED: ReadonlyMap<number, string> = new Map([
  [Compression.Brotli, "Brotli"],
  [Compression.Zstd, "Zstandard"],
]);
const CONVERT =
  "Other kinds of map can be made into one with the pmtiles program (docs.protomaps.com).";

export interface CheckedHeader {
  readonly header: Header;
  readonly tiles: MapArchive["tiles"];
}

/** Reads a file's first {@link HEADER_BYTES}; `fileBytes` is how long the whole of it is. */
export function parseArchiveHeader(
  first: ArrayBuffer,
  fileBytes: number,
): CheckedHeader | MapProblem {
  const kind = problemOfKind(new Uint8Array(first));
  if (kind) return { problem: kind };
  const header = bytesToHeader(first);
  const tiles = TILES.get(header.tileType);
  if (!tiles) return { problem: wrongTiles(header.tileType) };
  const problem = problemOfPacking(header) ?? problemOfLength(header, fileBytes) ??
    problemOfPlace(header);
  return problem === null ? { header, tiles } : { problem };
}

function problemOfKind(first: Uint8Array): string | null {
  const begins = String.fromCharCode(...first.subarray(0, MAGIC.length));
  const isOld = begins.startsWith("PM") && begins !== MAGIC && first[2] < VERSION;
  if (isOld) return oldVersion(first[2]);
  if (begins !== MAGIC || first.length < HEADER_BYTES) {
    return `It does not begin as a PMTiles archive does. Choose a file whose name ends in .pmtiles. ${CONVERT}`;
  }
  return first[VERSION_AT] === VERSION ? null : oldVersion(first[VERSION_AT]);
}

function oldVersion(version: number): string {
  return `It is a PMTiles archive of version ${version}, and this app reads version ${VERSION}. "pmtiles convert" makes one of the other.`;
}

function wrongTiles(type: number): string {
  const what = OTHER_TILES.get(type) ?? `tiles of an unknown kind (${type})`;
  return `It holds ${what}. This app draws PNG, JPEG and WebP pictures, and vector tiles (MVT): choose an archive of those.`;
}

/** Browsers unpack gzip alone. */
function problemOfPacking({ internalCompression, tileCompression }: Header): string | null {
  const name = PACKED.get(internalCompression) ?? PACKED.get(tileCompression);
  return name === undefined
    ? null
    : `It is packed with ${name}, which browsers cannot unpack. Make it anew with gzip.`;
}

function problemOfLength(header: Header, fileBytes: number): string | null {
  const ends = [
    header.rootDirectoryOffset + header.rootDirectoryLength,
    header.jsonMetadataOffset + header.jsonMetadataLength,
    (header.leafDirectoryOffset ?? 0) + (header.leafDirectoryLength ?? 0),
    header.tileDataOffset + (header.tileDataLength ?? 0),
  ];
  const whole = Math.max(...ends);
  if (whole > fileBytes) {
    return `It is cut off: ${fileBytes} of ${whole} bytes are there. Copy or download it again.`;
  }
  const isEmpty = header.rootDirectoryLength === 0 || header.tileDataLength === 0;
  return isEmpty ? "It holds no tiles. Choose another one." : null;
}

function problemOfPlace(header: Header): string | null {
  const { minZoom, maxZoom, minLon, minLat, maxLon, maxLat } = header;
  if (minZoom > maxZoom || maxZoom > MOST_ZOOM) {
    return `Its header is damaged: zooms ${minZoom} to ${maxZoom}. Copy or make it again.`;
  }
  const onEarth = [minLon, maxLon].every((one) => Math.abs(one) <= 180) &&
    [minLat, maxLat].every((one) => Math.abs(one) <= 90);
  if (onEarth && minLat < maxLat && minLon !== maxLon) return null;
  const edges = `west ${minLon}, south ${minLat}, east ${maxLon}, north ${maxLat}`;
  return `It does not say what part of the earth it shows (${edges}). Make it again with its bounds.`;
}
