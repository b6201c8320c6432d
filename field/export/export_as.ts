import type { Bytes } from "../bytes.ts";
import { assertNever } from "../errors.ts";
import type { Media } from "../media.ts";
import type { ExportFormat } from "../messages.ts";
import type { DeviceId, Hex, NotedObservation } from "../observation.ts";
import type { StoredBlob } from "../store/store.ts";
import { camtrapDp } from "./camtrap_dp.ts";
import { cocoFile } from "./coco.ts";
import { csvFile } from "./csv_file.ts";
import { geojsonFile } from "./geojson.ts";
import { megadetectorFile } from "./megadetector.ts";
import { Pass } from "./pass.ts";
import { chunks } from "./chunks.ts";
import { zipFile } from "./zip_file.ts";

/** What an export reads. */
export interface ExportSource {
  /** Newest first; reads a page at a time. Called once for each pass over them. */
  observations(): AsyncIterable<NotedObservation>;
  /** How many there are, for progress: it may have changed by the time that they are read. */
  readonly count: number;
  blob(hash: Hex): Promise<StoredBlob | null>;
  /** Why a blob is missing. */
  media(hash: Hex): Promise<Media | null>;
  nameOf(device: DeviceId): string;
  modelName(id: string): string;
  readonly crew: DeviceId | null;
  /** Of the app. */
  readonly version: string;
  /** When the export was asked for, ms since the epoch. */
  readonly createdMs: number;
}

export interface ExportFile {
  /** "fieldmesh-2026-11-21.zip". */
  readonly name: string;
  /** Media type. */
  readonly type: string;
  /** `return()` ends it at once: nothing stays open. What the source throws comes out of it. */
  readonly parts: AsyncGenerator<ExportChunk, void>;
}

export interface ExportChunk {
  /**
   * 64 to 512 KB in a buffer of its own; the last one may be smaller, and one that only tells of
   * progress is empty.
   */
  readonly bytes: Bytes;
  /** Of `total` steps so many are done: each look at an observation is one. */
  readonly done: number;
  readonly total: number;
  /** Pictures that belong in the file and could not be put there, so far. */
  readonly missingMedia: number;
}

/** One file in a format that others read: nothing is read before its first part is asked for. */
export function exportAs(
  format: Exclude<ExportFormat, "bundle">,
  source: ExportSource,
): ExportFile {
  const { ending, type, write } = writerOf(format);
  const day = new Date(source.createdMs).toISOString().slice(0, 10);
  const pass = new Pass(source);
  return { name: `fieldmesh-${day}${ending}`, type, parts: chunks(write(source, pass), pass) };
}

interface Writer {
  readonly ending: string;
  readonly type: string;
  readonly write: (source: ExportSource, pass: Pass) => AsyncGenerator<Bytes>;
}

function writerOf(format: Exclude<ExportFormat, "bundle">): Writer {
  switch (format) {
    case "zip":
      return { ending: ".zip", type: "application/zip", write: zipFile };
    case "camtrap-dp":
      return { ending: "-camtrap-dp.zip", type: "application/zip", write: camtrapDp };
    case "megadetector":
      return { ending: "-megadetector.json", type: "application/json", write: megadetectorFile };
    case "coco":
      return { ending: "-coco.json", type: "application/json", write: cocoFile };
    case "csv":
      return { ending: ".csv", type: "text/csv;charset=utf-8", write: csvFile };
    case "geojson":
      return { ending: ".geojson", type: "application/geo+json", write: geojsonFile };
    default:
      return assertNever(format);
  }
}
