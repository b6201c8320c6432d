import { type Header, PMTiles, type RangeResponse, type Source } from "pmtiles";
import { HEADER_BYTES, parseArchiveHeader } from "./archive_header.ts";
import { attributionText } from "./attribution_text.ts";
import type { MapArchive, MapProblem } from "./map_archive.ts";

/** Real archives have some KB of it; more would be held in memory. */
const MOST_METADATA_BYTES = 4 << 20;

/** A file as where an archive's bytes come from: only what is asked for is read. */
export class BlobSource implements Source {
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  /** One archive a `PMTiles`: nothing else shares its cache. */
  getKey(): string {
    return "map";
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: await this.#blob.slice(offset, offset + length).arrayBuffer() };
  }
}

/** What a file says of itself as a map, or why it is none that can be drawn. Rejects when it cannot be read. */
export async function readArchive(file: Blob): Promise<MapArchive | MapProblem> {
  const first = await file.slice(0, HEADER_BYTES).arrayBuffer();
  const checked = parseArchiveHeader(first, file.size);
  if ("problem" in checked) return checked;
  const { header, tiles } = checked;
  if (header.jsonMetadataLength > MOST_METADATA_BYTES) {
    return damaged("its description is larger than 4 MB");
  }
  try {
    const archive = new PMTiles(new BlobSource(file));
    const { attribution, vector_layers: layers } = fieldsOf(await archive.getMetadata());
    return {
      ...placeOf(header),
      tiles,
      ...{ attribution: attributionText(attribution) },
      layers: namesOf(layers),
    };
  } catch (cause) {
    return damaged(cause instanceof Error ? cause.message : String(cause));
  }
}

function damaged(why: string): MapProblem {
  return { problem: `Its contents cannot be read (${why}). Copy or download it again.` };
}

function placeOf(
  { minZoom, maxZoom, minLon, minLat, maxLon, maxLat }: Header,
): Pick<MapArchive, "bounds" | "minZoom" | "maxZoom"> {
  return { bounds: [minLon, minLat, maxLon, maxLat], minZoom, maxZoom };
}

function namesOf(layers: unknown): readonly string[] {
  if (!Array.isArray(layers)) return [];
  return layers.map((layer) => fieldsOf(layer).id).filter((id) => typeof id === "string");
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
