import type { Bytes } from "../bytes.ts";
import type { NotedObservation } from "../observation.ts";
import { utf8 } from "./chunks.ts";
import { COLUMNS, type Surroundings } from "./columns.ts";
import { BYTE_ORDER_MARK, csvLine } from "./csv.ts";
import type { ExportSource } from "./export_as.ts";
import type { Pass } from "./pass.ts";

/** One CSV file without media. */
export function csvFile(source: ExportSource, pass: Pass): AsyncGenerator<Bytes> {
  return utf8(csvLines(pass.first(1), { source, fileOf: () => null }));
}

/** A header, then a line an observation: see {@link COLUMNS}. */
export async function* csvLines(
  observations: AsyncIterable<NotedObservation>,
  around: Surroundings,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(COLUMNS.map(({ name }) => name));
  for await (const observation of observations) {
    yield csvLine(COLUMNS.map((column) => column.of(observation, around)));
  }
}
