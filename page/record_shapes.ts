/** Guards for what the worker says of records, people's notes of them, media and files. */
import type {
  ExportBegun,
  ExportPart,
  Facets,
  QuarantineItem,
  RestoreReport,
  VerifyResult,
} from "../field/messages.ts";
import type { Media, MediaTotals, Retention } from "../field/media.ts";
import type { NoteField, Notes, StoredEdit } from "../field/notes.ts";
import type {
  Box,
  Detection,
  FrameSize,
  ModelRef,
  NotedObservation,
  Place,
} from "../field/observation.ts";
import {
  hasShape,
  isArrayBuffer,
  isArrayOf,
  isBoolean,
  isEither,
  isGrowing,
  isNull,
  isNumber,
  isOptional,
  isString,
} from "./shape.ts";

export const isNullableNumber = isEither(isNull, isNumber);
const isNullableString = isEither(isNull, isString);

export const isBox = hasShape<Box>({ x: isNumber, y: isNumber, width: isNumber, height: isNumber });
export const isModelRef = hasShape<ModelRef>({ id: isString, sha256: isString });
export const isDetection = hasShape<Detection>({ label: isString, score: isNumber, box: isBox });

const isPlace = hasShape<Place>({ latitude: isNumber, longitude: isNumber, accuracyM: isNumber });
const isFrameSize = hasShape<FrameSize>({ width: isNumber, height: isNumber });

const isNotes = hasShape<Notes>({
  class: isOptional(isString),
  comment: isOptional(isString),
  star: isBoolean,
  wrong: isBoolean,
  labels: isArrayOf(isString),
});

export const isObservation = hasShape<NotedObservation>({
  id: isString,
  device: isString,
  label: isString,
  score: isNumber,
  box: isBox,
  first: isNumber,
  last: isNumber,
  open: isBoolean,
  frames: isNumber,
  source: isString,
  model: isModelRef,
  place: isOptional(isPlace),
  thumb: isOptional(isString),
  frame: isOptional(isString),
  size: isOptional(isFrameSize),
  clockAheadMs: isOptional(isNumber),
  notes: isOptional(isNotes),
});

export const isFacets = hasShape<Facets>({
  classes: isArrayOf(
    hasShape<Facets["classes"][number]>({ name: isString, count: isNumber }),
  ),
  devices: isArrayOf(
    hasShape<Facets["devices"][number]>({ device: isString, count: isNumber }),
  ),
  from: isNullableNumber,
  to: isNullableNumber,
});

export const isEdit = hasShape<StoredEdit>({
  observation: isString,
  field: isGrowing<NoteField>(),
  value: isEither(isNull, isEither(isString, isBoolean)),
  counter: isNumber,
  by: isString,
  at: isNumber,
});

export const isMedia = hasShape<Media>({
  hash: isString,
  type: isString,
  size: isNumber,
  at: isNumber,
  state: isGrowing<Media["state"]>(),
  thinnedAt: isOptional(isNumber),
  copies: isArrayOf(isString),
});

export const isMediaTotals = hasShape<MediaTotals>({
  here: isNumber,
  hereBytes: isNumber,
  onlyHere: isNumber,
  onlyHereBytes: isNumber,
  wanted: isNumber,
  thinned: isNumber,
});

export const isRetention = hasShape<Retention>({
  mostAgeDays: isNullableNumber,
  mostBytes: isNullableNumber,
  evenOnlyHere: isBoolean,
});

export const isExportBegun = hasShape<ExportBegun>({
  export: isString,
  name: isString,
  type: isString,
});

export const isExportPart = hasShape<ExportPart>({
  bytes: isEither(isNull, isArrayBuffer),
  done: isNumber,
  total: isNumber,
  missingMedia: isNumber,
});

export const isRestoreReport = hasShape<RestoreReport>({
  bytes: isNumber,
  added: isNumber,
  known: isNumber,
  refused: isNumber,
  media: isNumber,
  faults: isArrayOf(isString),
  moreFaults: isNumber,
  whole: isBoolean,
});

export const isQuarantineItem = hasShape<QuarantineItem>({
  at: isNumber,
  device: isNullableString,
  name: isNullableString,
  seq: isNullableNumber,
  why: isString,
  bytes: isNumber,
});

export const isVerifyResult = hasShape<VerifyResult>({
  devices: isNumber,
  entries: isNumber,
  faults: isArrayOf(
    hasShape<VerifyResult["faults"][number]>({ device: isString, seq: isNumber, what: isString }),
  ),
});
