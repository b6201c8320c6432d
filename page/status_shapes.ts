/** Guards for what the worker says of itself. */
import type { ErrorCode, Failure } from "../field/errors.ts";
import type {
  ColdStart,
  CrewStatus,
  EngineStatus,
  ModelInfo,
  PeerStatus,
  Processor,
  ProcessorMode,
  ProcessorReason,
  ProcessorStatus,
  Role,
  SourceKind,
  SourceStatus,
  Status,
  StorageReport,
  StorageStatus,
} from "../field/messages.ts";
import type { Incident, IncidentKind } from "../field/sync/incidents.ts";
import type { LinkKind } from "../field/sync/lanes.ts";
import { isMediaTotals, isNullableNumber, isRetention } from "./record_shapes.ts";
import {
  hasShape,
  isArrayOf,
  isBoolean,
  isEither,
  isGrowing,
  isNull,
  isNumber,
  isOptional,
  isString,
} from "./shape.ts";

export const isFailure = hasShape<Failure>({
  code: isGrowing<ErrorCode>(),
  message: isString,
  cause: isOptional(isString),
});

export const isRole = isGrowing<Role>();

const isPeerStatus = hasShape<PeerStatus>({
  device: isString,
  name: isString,
  role: isRole,
  connected: isBoolean,
  have: isNumber,
  missing: isNumber,
  lastAt: isNullableNumber,
  reason: isOptional(isString),
  clock: isOptional(
    hasShape<NonNullable<PeerStatus["clock"]>>({ aheadMs: isNumber, withinMs: isNumber }),
  ),
  via: isOptional(isGrowing<LinkKind>()),
  rttMs: isOptional(isNullableNumber),
  loss: isOptional(isNumber),
  media: isOptional(
    hasShape<NonNullable<PeerStatus["media"]>>({ have: isNumber, of: isNumber }),
  ),
  throughOthers: isOptional(isBoolean),
  waiting: isOptional(
    hasShape<NonNullable<PeerStatus["waiting"]>>({ records: isNumber, mediaParts: isNumber }),
  ),
  sees: isOptional(
    isArrayOf(
      hasShape<NonNullable<PeerStatus["sees"]>[number]>({ name: isString, count: isNumber }),
    ),
  ),
});

const isIncident = hasShape<Incident>({
  kind: isGrowing<IncidentKind>(),
  at: isNumber,
  device: isOptional(isString),
  message: isString,
  times: isNumber,
});

export const isSourceStatus = hasShape<SourceStatus>({
  id: isString,
  name: isString,
  kind: isGrowing<SourceKind>(),
  since: isNumber,
  frames: isNumber,
  looked: isOptional(isNumber),
});

const isColdStart = hasShape<ColdStart>({ readMs: isNumber, loadMs: isNumber, firstMs: isNumber });

export const isModelInfo = hasShape<ModelInfo>({
  id: isString,
  name: isString,
  about: isString,
  classes: isNumber,
  bytes: isNumber,
  here: isBoolean,
  chosen: isBoolean,
});

const isProcessorStatus = hasShape<ProcessorStatus>({
  mode: isGrowing<ProcessorMode>(),
  inUse: isGrowing<Processor>(),
  why: isGrowing<ProcessorReason>(),
  gpu: isOptional(isString),
  times: isOptional(
    hasShape<NonNullable<ProcessorStatus["times"]>>({ gpuMs: isNumber, wasmMs: isNumber }),
  ),
  failedAt: isOptional(isNumber),
  retryAt: isOptional(isNumber),
  cause: isOptional(isString),
});

const isEngineStatus = hasShape<EngineStatus>({
  name: isString,
  model: isString,
  state: isGrowing<EngineStatus["state"]>(),
  p50Ms: isNullableNumber,
  fps: isNumber,
  modelId: isOptional(isString),
  coldStart: isOptional(isEither(isNull, isColdStart)),
  failure: isOptional(isFailure),
  processor: isOptional(isProcessorStatus),
});

const isStorageStatus = hasShape<StorageStatus>({
  usedBytes: isNumber,
  quotaBytes: isNumber,
  persistent: isBoolean,
  failure: isOptional(isFailure),
});

export const isStatus = hasShape<Status>({
  device: hasShape<Status["device"]>({ id: isString, name: isString }),
  boot: isString,
  version: isString,
  source: isEither(isNull, isSourceStatus),
  saved: isNumber,
  pending: isNumber,
  total: isNumber,
  missingMedia: isNumber,
  engine: isEngineStatus,
  crew: isEither(
    isNull,
    hasShape<CrewStatus>({
      id: isString,
      role: isRole,
      members: isNumber,
      removedBy: isOptional(isString),
    }),
  ),
  joining: isOptional(isEither(
    isNull,
    hasShape<NonNullable<Status["joining"]>>({ inviter: isString, expires: isNumber }),
  )),
  peers: isArrayOf(isPeerStatus),
  storage: isStorageStatus,
  rebuilding: isOptional(isEither(
    isNull,
    hasShape<NonNullable<Status["rebuilding"]>>({ done: isNumber, total: isNumber }),
  )),
  clock: isOptional(isEither(
    isNull,
    hasShape<NonNullable<Status["clock"]>>({ aheadMs: isNumber, peers: isNumber }),
  )),
  quarantined: isOptional(isNumber),
  thinnedMedia: isOptional(isNumber),
  unconfirmed: isOptional(isBoolean),
  keepFrames: isOptional(isBoolean),
  incidents: isOptional(isArrayOf(isIncident)),
});

export const isStorageReport = hasShape<StorageReport>({
  storage: isStorageStatus,
  media: isMediaTotals,
  retention: isRetention,
  keepFrames: isBoolean,
});
