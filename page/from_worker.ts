/** Everything the worker says is `unknown` until it has been through here. */
import type { ErrorCode, Failure } from "../field/errors.ts";
import type {
  CallKind,
  ColdStart,
  CrewStatus,
  EngineStatus,
  FrameResult,
  InferResult,
  Invite,
  ModelInfo,
  Notice,
  PeerStatus,
  RadioPlan,
  Results,
  Role,
  SourceKind,
  SourceStatus,
  Status,
  StorageStatus,
  TrackedDetection,
  VerifyResult,
} from "../field/messages.ts";
import type { Box, Detection, ModelRef, Observation, Place } from "../field/observation.ts";
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
  isOptional,
  isRecord,
  isString,
} from "./shape.ts";

/** An answer whose value is still unread: only who asked knows of which kind it must be. */
export type UnreadAnswer =
  & { readonly id: string; readonly boot: string }
  & ({ readonly ok: true; readonly value: unknown } | {
    readonly ok: false;
    readonly failure: Failure;
  });

/** What a `message` event carried; null when it is not from our protocol. */
export function parseFromWorker(data: unknown): UnreadAnswer | Notice | null {
  if (!isRecord(data) || !isString(data.boot)) return null;
  if (isString(data.notice)) return parseNotice(data);
  if (!isString(data.id)) return null;
  const { id, boot } = data;
  if (data.ok === true) return { id, boot, ok: true, value: data.value };
  if (data.ok !== false) return null;
  const failure = isFailure(data.failure) ? data.failure : {
    code: "bad-message" as const,
    message: "The app's worker failed and did not say how. Reload this page.",
  };
  return { id, boot, ok: false, failure };
}

function parseNotice(data: unknown): Notice | null {
  for (const is of NOTICE_GUARDS) if (is(data)) return data;
  return null;
}

/** A union that a newer worker may know more of: views show those that they know and pass over the rest. */
function isGrowing<T extends string>(): Guard<T> {
  return isString as Guard<T>;
}

const isFailure = hasShape<Failure>({
  code: isGrowing<ErrorCode>(),
  message: isString,
  cause: isOptional(isString),
});

const isRole = isGrowing<Role>();
const isNullableNumber = isEither(isNull, isNumber);
const isBox = hasShape<Box>({ x: isNumber, y: isNumber, width: isNumber, height: isNumber });
const isModelRef = hasShape<ModelRef>({ id: isString, sha256: isString });
const isPlace = hasShape<Place>({ latitude: isNumber, longitude: isNumber, accuracyM: isNumber });

const isDetection = hasShape<Detection>({ label: isString, score: isNumber, box: isBox });
const isTrackedDetection = hasShape<TrackedDetection>({
  label: isString,
  score: isNumber,
  box: isBox,
  track: isOptional(isString),
  unsure: isBoolean,
});

const isObservation = hasShape<Observation>({
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
});

const isPeerStatus = hasShape<PeerStatus>({
  device: isString,
  name: isString,
  role: isRole,
  connected: isBoolean,
  have: isNumber,
  missing: isNumber,
  lastAt: isNullableNumber,
  reason: isOptional(isString),
});

const isSourceStatus = hasShape<SourceStatus>({
  id: isString,
  name: isString,
  kind: isGrowing<SourceKind>(),
  since: isNumber,
  frames: isNumber,
});

const isColdStart = hasShape<ColdStart>({ readMs: isNumber, loadMs: isNumber, firstMs: isNumber });

const isModelInfo = hasShape<ModelInfo>({
  id: isString,
  name: isString,
  about: isString,
  classes: isNumber,
  bytes: isNumber,
  here: isBoolean,
  chosen: isBoolean,
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
});

const isStorageStatus = hasShape<StorageStatus>({
  usedBytes: isNumber,
  quotaBytes: isNumber,
  persistent: isBoolean,
  failure: isOptional(isFailure),
});

const isStatus = hasShape<Status>({
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
    hasShape<CrewStatus>({ id: isString, role: isRole, members: isNumber }),
  ),
  joining: isOptional(isEither(
    isNull,
    hasShape<NonNullable<Status["joining"]>>({ inviter: isString, expires: isNumber }),
  )),
  peers: isArrayOf(isPeerStatus),
  storage: isStorageStatus,
});

/** What each call must be answered with. */
export const isResult: { readonly [K in CallKind]: Guard<Results[K]> } = {
  status: isStatus,
  ping: isNull,
  "watch-start": isSourceStatus,
  "watch-stop": isNull,
  frame: hasShape<FrameResult>({
    looked: isBoolean,
    detections: isArrayOf(isTrackedDetection),
    ms: isNumber,
  }),
  infer: hasShape<InferResult>({
    detections: isArrayOf(isDetection),
    ms: isNumber,
    model: isModelRef,
  }),
  observations: isArrayOf(isObservation),
  blob: isEither(
    isNull,
    hasShape<NonNullable<Results["blob"]>>({ type: isString, bytes: isArrayBuffer }),
  ),
  invite: hasShape<Invite>({ code: isString, role: isRole, expires: isNumber }),
  join: hasShape<Results["join"]>({ inviter: isString, crew: isString }),
  "join-cancel": isNull,
  rename: isNull,
  models: isArrayOf(isModelInfo),
  "choose-model": isNull,
  verify: hasShape<VerifyResult>({
    devices: isNumber,
    entries: isNumber,
    faults: isArrayOf(
      hasShape<VerifyResult["faults"][number]>({ device: isString, seq: isNumber, what: isString }),
    ),
  }),
  radio: hasShape<RadioPlan>({
    peerId: isString,
    token: isString,
    wanted: isBoolean,
    peers: isArrayOf(
      hasShape<RadioPlan["peers"][number]>({
        peerId: isString,
        device: isString,
        call: isBoolean,
      }),
    ),
  }),
  "link-open": isNull,
  "link-frame": isNull,
  "link-close": isNull,
  "link-failed": isNull,
};

type NoticeOf<N extends Notice["notice"]> = Extract<Notice, { notice: N }>;

const NOTICE_GUARDS: readonly Guard<Notice>[] = [
  hasShape<NoticeOf<"boot">>({ notice: isOneOf("boot"), boot: isString }),
  hasShape<NoticeOf<"changed">>({
    notice: isOneOf("changed"),
    boot: isString,
    what: isArrayOf(isGrowing<NoticeOf<"changed">["what"][number]>()),
  }),
  hasShape<NoticeOf<"detections">>({
    notice: isOneOf("detections"),
    boot: isString,
    source: isString,
    detections: isArrayOf(isTrackedDetection),
  }),
  hasShape<NoticeOf<"link-send">>({
    notice: isOneOf("link-send"),
    boot: isString,
    link: isString,
    bytes: isArrayBuffer,
  }),
  hasShape<NoticeOf<"link-drop">>({
    notice: isOneOf("link-drop"),
    boot: isString,
    link: isString,
    reason: isFailure,
  }),
  hasShape<NoticeOf<"radio">>({ notice: isOneOf("radio"), boot: isString }),
  hasShape<NoticeOf<"failure">>({
    notice: isOneOf("failure"),
    boot: isString,
    failure: isFailure,
    trying: isString,
  }),
];
