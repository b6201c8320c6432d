import { BUNDLE_TYPE, bundleName, bundleParts } from "../field/bundle/bundle_writer.ts";
import { exportAs } from "../field/export/export_as.ts";
import type { ExportFormat } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Head, Store } from "../field/store/store.ts";
import { detectorById } from "../models/catalogue.ts";
import { exportSource } from "./export_source.ts";
import type { MadeFile } from "./exports.ts";
import type { Filter } from "./parse_query.ts";

export interface MadeFilePorts {
  readonly store: Store;
  readonly version: string;
  readonly crew: DeviceId | null;
  /** Feeds of the crew: what a bundle holds. */
  readonly heads: readonly Head[];
  /** ms since the epoch. */
  readonly createdMs: number;
  readonly nameOf: (device: DeviceId) => string;
}

/** The file that a page asked for; nothing of it is made before its first part is asked for. */
export async function makeFile(
  format: ExportFormat,
  filter: Filter | undefined,
  { heads, ...ports }: MadeFilePorts,
): Promise<MadeFile> {
  if (format === "bundle") {
    const parts = bundleParts(ports.store, heads);
    return { name: bundleName(ports.createdMs), type: BUNDLE_TYPE, parts };
  }
  const modelName = (id: string) => detectorById(id)?.name ?? id;
  return exportAs(format, await exportSource({ ...ports, modelName }, filter));
}
