/** Guards for what the worker says of the world. */
import type { CameraPlacement } from "../field/world/camera_placement.ts";
import type { CameraPose, PoseError } from "../field/world/camera_pose.ts";
import type { PointPair } from "../field/world/homography.ts";
import type { LatLon } from "../field/world/plan_frame.ts";
import type { MarkedTiles, TileGrid, TwoPhaseTiles } from "../field/world/tiles.ts";
import type { Covariance, TrackSource, WorldTrack } from "../field/world/world_track.ts";
import type {
  BatchResult,
  DecidedNotice,
  WorldAgentPlace,
  WorldMoment,
  WorldReport,
} from "../field/world_messages.ts";
import { isDecision, isPair, isRuleSet } from "./decision_shapes.ts";
import { isDetection, isModelRef } from "./record_shapes.ts";
import {
  hasShape,
  isArrayOf,
  isBoolean,
  isEither,
  isNull,
  isNumber,
  isOneOf,
  isOptional,
  isString,
} from "./shape.ts";
import { isFailure } from "./status_shapes.ts";

export const isCameraPose = hasShape<CameraPose>({
  position: isPair,
  heightM: isNumber,
  headingDeg: isNumber,
  tiltDeg: isNumber,
  fovDeg: isNumber,
  aspect: isNumber,
  rangeM: isNumber,
});

const isPlacement = isEither(
  hasShape<Extract<CameraPlacement, { kind: "pose" }>>({
    kind: isOneOf("pose"),
    pose: isCameraPose,
    error: hasShape<PoseError>({
      positionM: isNumber,
      heightM: isNumber,
      headingDeg: isNumber,
      tiltDeg: isNumber,
      fovDeg: isNumber,
    }),
  }),
  hasShape<Extract<CameraPlacement, { kind: "points" }>>({
    kind: isOneOf("points"),
    pairs: isArrayOf(hasShape<PointPair>({
      frame: hasShape<PointPair["frame"]>({ x: isNumber, y: isNumber }),
      world: isPair,
    })),
    pose: isCameraPose,
  }),
);

function isCovariance(value: unknown): value is Covariance {
  return Array.isArray(value) && value.length === 3 && value.every(isNumber);
}

export const isTrack = hasShape<WorldTrack>({
  id: isString,
  label: isString,
  confidence: isNumber,
  position: isPair,
  velocity: isPair,
  covariance: isCovariance,
  sources: isArrayOf(hasShape<TrackSource>({
    agent: isString,
    label: isString,
    confidence: isNumber,
    atMs: isNumber,
  })),
  firstAtMs: isNumber,
  lastAtMs: isNumber,
});

function isBigInt(value: unknown): value is bigint {
  return typeof value === "bigint";
}

const isTiles = hasShape<TwoPhaseTiles>({ added: isBigInt, removed: isBigInt });

export const isWorldMoment = hasShape<WorldMoment>({
  atMs: isNumber,
  agents: isArrayOf(hasShape<WorldAgentPlace>({
    id: isString,
    name: isString,
    pose: isCameraPose,
    lastAtMs: isNumber,
  })),
  tracks: isArrayOf(isTrack),
  tiles: isArrayOf(hasShape<WorldMoment["tiles"][number]>({
    grid: hasShape<TileGrid>({ corner: isPair, tileM: isNumber }),
    marks: hasShape<MarkedTiles>({ searched: isTiles, cleared: isTiles }),
  })),
});

export const isWorldReport = hasShape<WorldReport>({
  now: isWorldMoment,
  decisions: isArrayOf(isDecision),
  rules: isRuleSet,
  origin: isEither(isNull, hasShape<LatLon>({ latitude: isNumber, longitude: isNumber })),
  mayRule: isBoolean,
  camera: isEither(isNull, isPlacement),
  failure: isOptional(isFailure),
});

export const isBatchResult = hasShape<BatchResult>({
  detections: isArrayOf(isArrayOf(isDetection)),
  ms: isNumber,
  model: isModelRef,
});

export const isDecidedNotice = hasShape<DecidedNotice>({
  notice: isOneOf("decided"),
  boot: isString,
  decision: isDecision,
  words: isString,
});
