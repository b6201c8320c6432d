/** Guards for what the swarm's worker and its page say to each other; each message is read once, by these. */
import type { DroneReport, SwarmReport } from "../../field/swarm/swarm_report.ts";
import type {
  Difference,
  DroneTask,
  FrameCounts,
  Healing,
  LinkSettings,
  SpokenDecision,
  TrueObject,
} from "../../field/swarm/swarm_report.ts";
import { SWARM_LABELS } from "../../field/swarm/swarm_report.ts";
import type { TileGrid } from "../../field/world/tiles.ts";
import { isPair } from "../decision_shapes.ts";
import { isDetection, isNullableNumber } from "../record_shapes.ts";
import {
  type Guard,
  hasShape,
  isArrayBuffer,
  isArrayOf,
  isBoolean,
  isEither,
  isNull,
  isNumber,
  isOneOf,
  isRecord,
  isString,
} from "../shape.ts";
import { isFailure } from "../status_shapes.ts";
import { isCameraPose, isTrack } from "../world_shapes.ts";
import type {
  AgentFrame,
  BeginAgent,
  BeginSwarm,
  Begun,
  Detect,
  Detected,
  DroneFrame,
  Failed,
  FromSwarm,
  NotDetected,
  Pixels,
  Reported,
  Run,
  SendThere,
  SetLinks,
  TakeFrame,
  ToSwarm,
} from "./swarm_messages.ts";

const PIXELS = { width: isNumber, height: isNumber, rgba: isArrayBuffer } as const;
const isDetections = isArrayOf(isArrayOf(isDetection));
const isNumbers = isArrayOf(isNumber);

const isLinkSettings = hasShape<LinkSettings>({
  latencyMs: isPair,
  loss: isNumber,
  partition: isBoolean,
});

const isTask: Guard<DroneTask> = isEither(
  hasShape<Extract<DroneTask, { kind: "search" }>>({ kind: isOneOf("search") }),
  hasShape<Extract<DroneTask, { kind: "confirm" }>>({
    kind: isOneOf("confirm"),
    track: isString,
    place: isPair,
    phase: isOneOf("going", "looking", "returning"),
  }),
);

function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every(isNumber);
}

const isDroneReport = hasShape<DroneReport>({
  ...{ id: isString, name: isString, number: isNumber, pose: isCameraPose },
  ...{ toldPose: isCameraPose, footprintM: isPair, courseDeg: isNumber, task: isTask },
  ...{ path: isArrayOf(isPair), trail: isArrayOf(isPair), tracks: isArrayOf(isTrack) },
  ...{ searched: isNumbers, cleared: isNumbers, confirmed: isCounts },
  detections: isArrayOf(isDetection),
  frames: hasShape<FrameCounts>({ taken: isNumber, looked: isNumber, skipped: isNumber }),
  rateHz: isNumber,
  decisions: isArrayOf(hasShape<SpokenDecision>({
    ...{ id: isString, atMs: isNumber, words: isString, rule: isEither(isNull, isString) },
    does: isArrayOf(isOneOf("confirm", "rate", "mark")),
  })),
  ...{ bytesSent: isNumber, bytesPerS: isNumber, peers: isArrayOf(isString) },
  ...{ entries: isNumber, side: isNumber },
});

const isSwarmReport = hasShape<SwarmReport>({
  ...{ atMs: isNumber, seed: isNumber, beganMs: isNumber, groundM: isPair },
  grid: hasShape<TileGrid>({ corner: isPair, tileM: isNumber }),
  links: isLinkSettings,
  truth: isArrayOf(hasShape<TrueObject>({
    ...{ id: isString, label: isOneOf(...SWARM_LABELS), position: isPair, size: isPair },
    wasInView: isBoolean,
  })),
  drones: isArrayOf(isDroneReport),
  shared: isArrayOf(isArrayOf(isTrack)),
  differences: isArrayOf(hasShape<Difference>({
    ...{ drones: isPair, track: isString, place: isPair },
    kind: isOneOf("missing", "label", "place"),
  })),
  agreedSinceMs: isNullableNumber,
  healing: isEither(isNull, hasShape<Healing>({ atMs: isNumber, tookMs: isNullableNumber })),
});

const TO_SWARM: { readonly [K in ToSwarm["kind"]]: Guard<Extract<ToSwarm, { kind: K }>> } = {
  "begin-swarm": hasShape<BeginSwarm>({
    ...{ kind: isOneOf("begin-swarm"), seed: isNumber, links: isLinkSettings },
  }),
  "begin-agent": hasShape<BeginAgent>({
    ...{ kind: isOneOf("begin-agent"), seed: isNumber, drone: isNumber },
  }),
  run: hasShape<Run>({ kind: isOneOf("run"), on: isBoolean }),
  links: hasShape<SetLinks>({ kind: isOneOf("links"), links: isLinkSettings }),
  detected: hasShape<Detected>({
    ...{ kind: isOneOf("detected"), batch: isNumber, detections: isDetections },
  }),
  "not-detected": hasShape<NotDetected>({
    ...{ kind: isOneOf("not-detected"), batch: isNumber, failure: isFailure },
  }),
  "take-frame": hasShape<TakeFrame>({ kind: isOneOf("take-frame"), atMs: isNumber }),
  "send-there": hasShape<SendThere>({
    ...{ kind: isOneOf("send-there"), track: isString, place: isPair },
  }),
};

const FROM_SWARM: { readonly [K in FromSwarm["kind"]]: Guard<Extract<FromSwarm, { kind: K }>> } = {
  begun: hasShape<Begun>({
    ...{ kind: isOneOf("begun"), ground: hasShape<Pixels>(PIXELS), groundM: isPair },
  }),
  report: hasShape<Reported>({ kind: isOneOf("report"), report: isSwarmReport, speed: isNumber }),
  detect: hasShape<Detect>({
    ...{ kind: isOneOf("detect"), batch: isNumber },
    frames: isArrayOf(hasShape<DroneFrame>({ ...PIXELS, drone: isNumber, corner: isPair })),
  }),
  frame: hasShape<AgentFrame>({
    ...{ kind: isOneOf("frame"), ...PIXELS, atMs: isNumber, pose: isCameraPose, corner: isPair },
    sentTo: isEither(isNull, isPair),
  }),
  failed: hasShape<Failed>({ kind: isOneOf("failed"), failure: isFailure }),
};

/** Null when it is nothing that a page says. */
export const parseToSwarm = parserOf(Object.values<Guard<ToSwarm>>(TO_SWARM));
/** Null when it is nothing that the swarm's worker says. */
export const parseFromSwarm = parserOf(Object.values<Guard<FromSwarm>>(FROM_SWARM));

/** Each guard looks at the kind first. */
function parserOf<T>(guards: readonly Guard<T>[]): (value: unknown) => T | null {
  return (value) => {
    for (const is of guards) if (is(value)) return value;
    return null;
  };
}
