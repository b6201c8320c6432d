import { classOf, type Hex, type NotedObservation } from "../observation.ts";
import type { Cell } from "./csv.ts";
import type { ExportSource } from "./export_as.ts";

/** What the columns need besides the observation. */
export interface Surroundings {
  readonly source: ExportSource;
  /** Where in the package a picture is; null when it is not there. */
  readonly fileOf: (hash: Hex) => string | null;
}

/** One column of observations.csv, and property of a GeoJSON feature. */
export interface Column {
  readonly name: string;
  /** For people: what it says, and its unit. */
  readonly about: string;
  readonly of: (observation: NotedObservation, around: Surroundings) => Cell;
}

export const COLUMNS: readonly Column[] = [
  { name: "id", about: "The observation's own name: the same on all devices.", of: (o) => o.id },
  { name: "class", about: "What it is: a person's word, or else the model's.", of: classOf },
  {
    name: "class_by",
    about: "Who says so: person or model.",
    of: (o) => o.notes?.class === undefined ? "model" : "person",
  },
  { name: "score", about: "How sure the model was of its word, from 0 to 1.", of: (o) => o.score },
  {
    name: "first",
    about: "When it was first seen: by the device's clock, in UTC.",
    of: (o) => isoTime(o.first),
  },
  { name: "last", about: "When it was last seen, likewise.", of: (o) => isoTime(o.last) },
  {
    name: "duration_s",
    about: "From the first to the last sight, in seconds.",
    of: (o) => (o.last - o.first) / 1000,
  },
  {
    name: "latitude",
    about: "Where the device stood, in degrees (WGS 84). Empty: its place was not known.",
    of: (o) => o.place?.latitude ?? null,
  },
  { name: "longitude", about: "Likewise.", of: (o) => o.place?.longitude ?? null },
  {
    name: "accuracy_m",
    about: "The true place is within this many metres, as the device believed.",
    of: (o) => o.place?.accuracyM ?? null,
  },
  {
    name: "device_name",
    about: "The device that saw it, as its people call it.",
    of: (o, { source }) => source.nameOf(o.device),
  },
  { name: "device", about: "Its id.", of: (o) => o.device },
  { name: "source", about: "Its camera or file.", of: (o) => o.source },
  { name: "labels", about: "Labels that people gave it.", of: (o) => o.notes?.labels ?? [] },
  { name: "comment", about: "What people wrote.", of: (o) => o.notes?.comment ?? null },
  { name: "starred", about: "true: somebody starred it.", of: (o) => o.notes?.star ?? false },
  {
    name: "wrong",
    about: "true: somebody marked it as wrong, neither what the model said nor worth counting.",
    of: (o) => o.notes?.wrong ?? false,
  },
  { name: "class_by_person", about: "A person's word.", of: (o) => o.notes?.class ?? null },
  { name: "class_by_model", about: "The model's word.", of: (o) => o.label },
  { name: "model", about: "The model's id.", of: (o) => o.model.id },
  {
    name: "model_name",
    about: "The model's name.",
    of: (o, { source }) => source.modelName(o.model.id),
  },
  { name: "model_sha256", about: "SHA-256 of the model's file.", of: (o) => o.model.sha256 },
  { name: "frames", about: "Pictures of the camera in which it was seen.", of: (o) => o.frames },
  {
    name: "still_in_view",
    about: "true: when this file was made, it had not left yet.",
    of: (o) => o.open,
  },
  {
    name: "box_x",
    about: "Left edge of its box where the score was best: a share of the frame's width, 0 to 1.",
    of: (o) => o.box.x,
  },
  { name: "box_y", about: "Top edge: a share of the frame's height.", of: (o) => o.box.y },
  { name: "box_width", about: "A share of the frame's width.", of: (o) => o.box.width },
  { name: "box_height", about: "A share of the frame's height.", of: (o) => o.box.height },
  {
    name: "frame_width",
    about: "The frame's width in pixels, where it was recorded.",
    of: (o) => o.size?.width ?? null,
  },
  { name: "frame_height", about: "Its height.", of: (o) => o.size?.height ?? null },
  {
    name: "clock_ahead_s",
    about:
      "By how many seconds the device's clock was ahead of the other devices' clocks (negative: " +
      "behind). Empty: it had met none yet.",
    of: (o) => o.clockAheadMs === undefined ? null : o.clockAheadMs / 1000,
  },
  {
    name: "first_corrected",
    about: "first by the other devices' clocks: first minus clock_ahead_s.",
    of: (o) => corrected(o.first, o),
  },
  {
    name: "last_corrected",
    about: "last by the other devices' clocks.",
    of: (o) => corrected(o.last, o),
  },
  {
    name: "thumbnail_file",
    about:
      "A small picture of it, in this package. Empty: it is not in here (see missing-media.csv).",
    of: (o, around) => o.thumb === undefined ? null : around.fileOf(o.thumb),
  },
  { name: "thumbnail_sha256", about: "The small picture's SHA-256.", of: (o) => o.thumb ?? null },
  {
    name: "frame_file",
    about: "The whole picture, where its device keeps them.",
    of: (o, around) => o.frame === undefined ? null : around.fileOf(o.frame),
  },
  { name: "frame_sha256", about: "The whole picture's SHA-256.", of: (o) => o.frame ?? null },
];

/** ISO 8601 in UTC with milliseconds; null outside of the years 1 to 9999, which readers do not know. */
export function isoTime(ms: number): string | null {
  return ms >= FIRST_MS && ms < END_MS ? new Date(ms).toISOString() : null;
}

const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
const END_MS = Date.UTC(10_000, 0);

function corrected(ms: number, { clockAheadMs }: NotedObservation): string | null {
  return clockAheadMs === undefined ? null : isoTime(ms - clockAheadMs);
}
