import type { Bytes } from "../bytes.ts";
import type { NotedObservation } from "../observation.ts";
import { utf8 } from "./chunks.ts";
import { COLUMNS, type Surroundings } from "./columns.ts";
import type { ExportSource } from "./export_as.ts";
import type { Pass } from "./pass.ts";

/** In the geometry already. */
const IN_GEOMETRY = new Set(["latitude", "longitude"]);
const PROPERTIES = COLUMNS.filter(({ name }) => !IN_GEOMETRY.has(name));

/** One GeoJSON file without media. */
export function geojsonFile(source: ExportSource, pass: Pass): AsyncGenerator<Bytes> {
  return utf8(geojsonTexts(pass.first(1), { source, fileOf: () => null }));
}

/** A FeatureCollection (RFC 7946), a feature a line; without a known place its geometry is null (3.2). */
export async function* geojsonTexts(
  observations: AsyncIterable<NotedObservation>,
  around: Surroundings,
): AsyncGenerator<string> {
  yield `{"type":"FeatureCollection","name":"observations","features":[`;
  let between = "\n";
  for await (const observation of observations) {
    yield between + JSON.stringify(feature(observation, around));
    between = ",\n";
  }
  yield "\n]}\n";
}

function feature(observation: NotedObservation, around: Surroundings) {
  const { id, place } = observation;
  return {
    type: "Feature",
    id,
    geometry: place ? { type: "Point", coordinates: [place.longitude, place.latitude] } : null,
    properties: Object.fromEntries(
      PROPERTIES.map(({ name, of }) => [name, of(observation, around)]),
    ),
  };
}
