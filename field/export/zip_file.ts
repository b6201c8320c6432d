import type { Bytes } from "../bytes.ts";
import { utf8, utf8Of } from "./chunks.ts";
import type { Surroundings } from "./columns.ts";
import { csvLines } from "./csv_file.ts";
import { BYTE_ORDER_MARK } from "./csv.ts";
import type { ExportSource } from "./export_as.ts";
import { geojsonTexts } from "./geojson.ts";
import { PackageMedia } from "./package_media.ts";
import type { Pass } from "./pass.ts";
import { readme } from "./readme.ts";
import { zip, type ZipEntry } from "./zip.ts";

/** Media, CSV, GeoJSON, missing media. */
const PASSES = 4;

/** CSV, GeoJSON, media, a list of missing media and a text that explains them. */
export function zipFile(source: ExportSource, pass: Pass): AsyncGenerator<Bytes> {
  return zip(entries(source, pass), source.createdMs);
}

/** Media come first: then the tables can say which are in here, whatever is thinned meanwhile. */
async function* entries(source: ExportSource, pass: Pass): AsyncGenerator<ZipEntry | null> {
  const media = new PackageMedia(source, pass);
  for await (const observation of pass.first(PASSES)) {
    yield* media.putAll(observation);
    if (pass.isDue) yield null;
  }
  const around: Surroundings = { source, fileOf: (hash) => media.fileOf(hash)?.path ?? null };
  yield { name: "observations.csv", content: utf8(csvLines(pass.again(), around)) };
  yield { name: "observations.geojson", content: utf8(geojsonTexts(pass.again(), around)) };
  yield media.list(BYTE_ORDER_MARK);
  yield {
    name: "README.txt",
    content: utf8Of(
      readme(source, { observations: pass.seen, media: media.files, missing: pass.missingMedia }),
    ),
  };
}
