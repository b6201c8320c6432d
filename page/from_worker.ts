/** Everything the worker says is `unknown` until it has been through here. */
import type { Failure } from "../field/errors.ts";
import type {
  CallKind,
  FrameReason,
  FrameResult,
  InferResult,
  Invite,
  Notice,
  RadioPlan,
  Results,
  TrackedDetection,
} from "../field/messages.ts";
import {
  isBox,
  isDetection,
  isEdit,
  isExportBegun,
  isExportPart,
  isFacets,
  isMedia,
  isModelRef,
  isObservation,
  isQuarantineItem,
  isRestoreReport,
  isVerifyResult,
} from "./record_shapes.ts";
import {
  type Guard,
  hasShape,
  isArrayBuffer,
  isArrayOf,
  isBoolean,
  isEither,
  isGrowing,
  isNull,
  isNumber,
  isOneOf,
  isOptional,
  isRecord,
  isString,
} from "./shape.ts";
import {
  isFailure,
  isModelInfo,
  isRole,
  isSourceStatus,
  isStatus,
  isStorageReport,
} from "./status_shapes.ts";
import { isBatchResult, isDecidedNotice, isWorldMoment, isWorldReport } from "./world_shapes.ts";

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

const isTrackedDetection = hasShape<TrackedDetection>({
  label: isString,
  score: isNumber,
  box: isBox,
  track: isOptional(isString),
  unsure: isBoolean,
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
    restMs: isOptional(isNumber),
    why: isOptional(isGrowing<FrameReason>()),
  }),
  infer: hasShape<InferResult>({
    detections: isArrayOf(isDetection),
    ms: isNumber,
    model: isModelRef,
  }),
  observations: isArrayOf(isObservation),
  facets: isFacets,
  observation: isEither(isNull, isObservation),
  note: isNull,
  history: isArrayOf(isEdit),
  media: isEither(isNull, isMedia),
  "export-begin": isExportBegun,
  "export-next": isExportPart,
  "export-cancel": isNull,
  "restore-begin": hasShape<Results["restore-begin"]>({ restore: isString }),
  "restore-part": isRestoreReport,
  "restore-end": isRestoreReport,
  "identity-backup": hasShape<Results["identity-backup"]>({ name: isString, bytes: isArrayBuffer }),
  "identity-restore": hasShape<Results["identity-restore"]>({ device: isString }),
  "identity-confirm": isNull,
  storage: isStorageReport,
  "set-retention": isNull,
  thin: hasShape<Results["thin"]>({ removed: isNumber, bytes: isNumber }),
  "keep-frames": isNull,
  quarantine: isArrayOf(isQuarantineItem),
  "remove-member": isNull,
  rebuild: isNull,
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
  "choose-processor": isNull,
  verify: isVerifyResult,
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
  publish: isNull,
  subscribe: isNull,
  unsubscribe: isNull,
  "link-frame": isNull,
  "link-close": isNull,
  "link-failed": isNull,
  world: isWorldReport,
  "world-past": isArrayOf(isWorldMoment),
  "place-camera": isNull,
  "keep-rules": isNull,
  "world-act": isNull,
  "infer-batch": isBatchResult,
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
  hasShape<NoticeOf<"message">>({
    notice: isOneOf("message"),
    boot: isString,
    subscription: isString,
    topic: isString,
    from: isString,
    at: isNumber,
    bytes: isArrayBuffer,
  }),
  hasShape<NoticeOf<"failure">>({
    notice: isOneOf("failure"),
    boot: isString,
    failure: isFailure,
    trying: isString,
  }),
  isDecidedNotice,
];
