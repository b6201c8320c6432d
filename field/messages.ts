/**
 * What a page and the worker say to each other: types only, one interface a message, one union each way.
 * Fields and variants are only ever added: an old worker outlives a deploy.
 *
 * page -> worker: a {@link Call}; it is answered by one {@link Answer} with the same `id`.
 * worker -> page: {@link Answer}s and unasked {@link Notice}s.
 * Both carry the worker's `boot` id: when it changes, the worker was restarted and whatever was
 * outstanding is lost, so the page sends it again; the worker drops ids that it has already seen.
 */
import type { Failure } from "./errors.ts";
import type { Media, MediaTotals, Retention } from "./media.ts";
import type { Edit, StoredEdit } from "./notes.ts";
import type {
  Box,
  Detection,
  DeviceId,
  Hex,
  ModelRef,
  NotedObservation,
  Observation,
  Place,
} from "./observation.ts";
import type { Battery } from "./schedule/engine_capacity.ts";
import type { Facets, ObservationQuery } from "./store/query.ts";
import type { Incident } from "./sync/incidents.ts";
import type { LinkKind } from "./sync/lanes.ts";
import type { CameraPose } from "./world/camera_pose.ts";
import type { DecidedNotice, WorldCalls, WorldResults } from "./world_messages.ts";

export type Role = "admin" | "sensor" | "viewer" | "publisher";

export interface PeerStatus {
  readonly device: DeviceId;
  readonly name: string;
  readonly role: Role;
  readonly connected: boolean;
  /** Observations of the whole crew, held here, that this peer is known to have on disk, and those it is not. */
  readonly have: number;
  readonly missing: number;
  /** When it was last heard, ms since the epoch by this device's clock. */
  readonly lastAt: number | null;
  /** Why it is not connected, in the user's words, if that is known. */
  readonly reason?: string;
  /** By how much its clock is ahead of this device's, ms, and within which bounds (half the round trip). */
  readonly clock?: { readonly aheadMs: number; readonly withinMs: number };
  /** Not linked with this device, and lately heard through others that are. */
  readonly throughOthers?: boolean;
  /** What carries the link, while there is one. */
  readonly via?: LinkKind;
  /** Median of the latest round trips, ms; null before the first. Only while connected. */
  readonly rttMs?: number | null;
  /** Share of the latest questions that were not answered in time, 0..1. Only while connected. */
  readonly loss?: number;
  /** Pictures that the peer said it has, of those it knows of. */
  readonly media?: { readonly have: number; readonly of: number };
  /** What is here for it and not known to be there: records, and parts of pictures it asked for. */
  readonly waiting?: { readonly records: number; readonly mediaParts: number };
  /** What it sees just now, by class, as it says itself. Absent when it says nothing. */
  readonly sees?: readonly { readonly name: string; readonly count: number }[];
}

export interface SourceStatus {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  /** ms since the epoch. */
  readonly since: number;
  /** That were looked at or, where nothing had changed, answered without. */
  readonly frames: number;
  /** Frames that the model itself looked at. Absent from older workers. */
  readonly looked?: number;
}

export type SourceKind = "camera" | "demo" | "file" | "drone";

export interface EngineStatus {
  readonly name: string;
  readonly model: string;
  readonly state: "idle" | "loading" | "ready" | "failed";
  /** Median of the last 30 inferences, null before the first. */
  readonly p50Ms: number | null;
  readonly fps: number;
  /** Why the chosen model does not run; with state "ready" another one took its place. */
  readonly failure?: Failure;
  /** Which of `models` looks. */
  readonly modelId?: string;
  /** What the first detections took since the worker needed the engine; null until there were any. */
  readonly coldStart?: ColdStart | null;
  /** What looks, and why. */
  readonly processor?: ProcessorStatus;
}

/** The graphics processor by WebGPU, or the processor by WebAssembly: the same plans, the same bits. */
export type Processor = "gpu" | "wasm";
/** What the user wants: the faster of the two, or always this one. */
export type ProcessorMode = "auto" | Processor;

export interface ProcessorStatus {
  readonly mode: ProcessorMode;
  readonly inUse: Processor;
  readonly why: ProcessorReason;
  /** The graphics processor as the browser names it. Absent before it was looked for, or where it has no name. */
  readonly gpu?: string;
  /** Medians of both on this device with this model, measured in turns, ms a frame. Absent until measured. */
  readonly times?: { readonly gpuMs: number; readonly wasmMs: number };
  /** When the graphics processor failed, and when it is tried again at the earliest, ms since the epoch. */
  readonly failedAt?: number;
  readonly retryAt?: number;
  /** What was underneath, for a developer. */
  readonly cause?: string;
}

/**
 * Why `inUse` is in use. It was forced, or is the faster; the graphics processor was not tried yet, is being
 * tried or measured; the model runs on the processor only; there is no WebGPU, no adapter, no device, or only
 * one in software; or how it failed.
 */
export type ProcessorReason =
  | "forced"
  | "faster"
  | "not-tried"
  | "trying"
  | "measuring"
  | "model"
  | "no-webgpu"
  | "no-adapter"
  | "no-device"
  | "software"
  | "lost"
  | "memory"
  | "refused"
  | "wrong"
  | "late"
  | "failed";

/** ms. Their sum is what a user waits for after the browser has stopped the worker. */
export interface ColdStart {
  /** Reading the model from the device's own cache. */
  readonly readMs: number;
  /** Its hash checked, kernels compiled, weights in place. */
  readonly loadMs: number;
  /** The first frame. */
  readonly firstMs: number;
}

/** A model that this device can watch with. */
export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  /** One line that helps to choose. */
  readonly about: string;
  readonly classes: number;
  /** Of the model and of what only it needs. */
  readonly bytes: number;
  /** All of it is on this device: it can be chosen without a network. */
  readonly here: boolean;
  readonly chosen: boolean;
}

export interface StorageStatus {
  readonly usedBytes: number;
  readonly quotaBytes: number;
  /** False: the browser may delete the records when space is short. */
  readonly persistent: boolean;
  /** The last failure to save, until a save succeeds again. */
  readonly failure?: Failure;
}

export interface Status {
  readonly device: { readonly id: DeviceId; readonly name: string };
  readonly boot: string;
  readonly version: string;
  readonly source: SourceStatus | null;
  /** Observations of this device on disk. */
  readonly saved: number;
  /** Observations of this device seen but not yet on disk. */
  readonly pending: number;
  /** Observations of the whole crew on disk here. */
  readonly total: number;
  /** Thumbnails of the crew still to be fetched from a peer. */
  readonly missingMedia: number;
  readonly engine: EngineStatus;
  readonly crew: CrewStatus | null;
  /** An invite that was taken up and not answered yet. `expires`: ms since the epoch. */
  readonly joining?: { readonly inviter: DeviceId; readonly expires: number } | null;
  readonly peers: readonly PeerStatus[];
  readonly storage: StorageStatus;
  /** The list of observations is being built anew from the entries, of which `done` are read. */
  readonly rebuilding?: { readonly done: number; readonly total: number } | null;
  /** By how much this device's clock is ahead of its peers' (median of `peers` of them), ms; null while none was met. */
  readonly clock?: { readonly aheadMs: number; readonly peers: number } | null;
  /** How much came in that was not taken: see the `quarantine` call. */
  readonly quarantined?: number;
  /** Pictures that were removed here to save space. */
  readonly thinnedMedia?: number;
  /** This identity was restored from a backup; nothing is recorded until a crew member was met or the user said that no newer copy is in use. */
  readonly unconfirmed?: boolean;
  /** Whole frames are kept with observations, not only thumbnails. */
  readonly keepFrames?: boolean;
  /** What peers did that no honest one does, the newest first. */
  readonly incidents?: readonly Incident[];
}

export interface CrewStatus {
  /** The founder's device id. */
  readonly id: DeviceId;
  readonly role: Role;
  readonly members: number;
  /** The member who last said that the crew has removed this device, and takes nothing of it any more. */
  readonly removedBy?: DeviceId;
}

/** A detection as it is drawn: with the track it belongs to, once it has one. */
export interface TrackedDetection extends Detection {
  readonly track?: string;
  /** Seen in too few frames, or too weakly, to be an observation yet. */
  readonly unsure: boolean;
}

// ---------------------------------------------------------------- page -> worker

interface CallBase {
  /** Unique among all pages and boots (a UUID). */
  readonly id: string;
}

/** How are you? Also keeps the worker alive and tells its boot id. */
export interface StatusCall extends CallBase {
  readonly kind: "status";
}
/** Cheaper than status: only the boot id comes back. */
export interface PingCall extends CallBase {
  readonly kind: "ping";
}
/** A source begins: frames with its id follow. */
export interface WatchStartCall extends CallBase {
  readonly kind: "watch-start";
  readonly source: { readonly id: string; readonly name: string; readonly kind: SourceKind };
}
/** The source ends: its open observations are completed and saved. */
export interface WatchStopCall extends CallBase {
  readonly kind: "watch-stop";
  readonly source: string;
}
/** One frame; `rgba` is transferred. Of a source's frames only the latest waits. */
export interface FrameCall extends CallBase {
  readonly kind: "frame";
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
  /** When it was captured, ms since the epoch. */
  readonly at: number;
  readonly place?: Place;
  /** Of a camera that moves: where it was, in place of what `place-camera` said. */
  readonly pose?: CameraPose;
  /** Of the device, where the browser tells. */
  readonly battery?: Battery;
}
/** Detections in one picture; nothing is recorded. */
export interface InferCall extends CallBase {
  readonly kind: "infer";
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
}
/** Observations, newest first. */
export interface ObservationsCall extends CallBase {
  readonly kind: "observations";
  readonly query: ObservationQuery;
}
/** A blob by its hash; null when it is not here (yet). */
export interface BlobCall extends CallBase {
  readonly kind: "blob";
  readonly hash: Hex;
}
/** Makes an invite, founding a crew first if there is none. */
export interface InviteCall extends CallBase {
  readonly kind: "invite";
  readonly role: Role;
}
/** Takes up an invite (the code, not the link). Answered when the invite is stored; joining goes on over the radio. */
export interface JoinCall extends CallBase {
  readonly kind: "join";
  readonly invite: string;
}
/** Forgets an invite that was taken up but not yet answered. */
export interface LeaveInviteCall extends CallBase {
  readonly kind: "join-cancel";
}
/** Names this device, for its user and crew. */
export interface RenameCall extends CallBase {
  readonly kind: "rename";
  readonly name: string;
}
/** What this device can watch with. */
export interface ModelsCall extends CallBase {
  readonly kind: "models";
}
/** Watches with another model from the next frame on, and after every restart. Refused, the present one stays. */
export interface ChooseModelCall extends CallBase {
  readonly kind: "choose-model";
  readonly model: string;
}
/** Looks with this processor from the next frame on, and after every restart. Also tries anew what was given up. */
export interface ChooseProcessorCall extends CallBase {
  readonly kind: "choose-processor";
  readonly processor: ProcessorMode;
}
/** What there is to choose from in a query. */
export interface FacetsCall extends CallBase {
  readonly kind: "facets";
}
/** One observation by its id; null when it is not here. */
export interface ObservationCall extends CallBase {
  readonly kind: "observation";
  readonly observation: string;
}
/** What a person says of observations. Answered when it is on disk. */
export interface NoteCall extends CallBase {
  readonly kind: "note";
  /** 1 to 64. */
  readonly edits: readonly Edit[];
}
/** All that was ever said of an observation, newest first. */
export interface HistoryCall extends CallBase {
  readonly kind: "history";
  readonly observation: string;
}
/** What is known of a picture: here, on the way, or thinned. Null: nothing speaks of it. */
export interface MediaCall extends CallBase {
  readonly kind: "media";
  readonly hash: Hex;
}
/** Begins a file for others. One at a time: a second one ends the first. */
export interface ExportBeginCall extends CallBase {
  readonly kind: "export-begin";
  readonly format: ExportFormat;
  /** Which observations; all of them without it. A bundle is always of everything. */
  readonly query?: Omit<ObservationQuery, "limit" | "before">;
}
/** The file's next part. */
export interface ExportNextCall extends CallBase {
  readonly kind: "export-next";
  readonly export: string;
}
export interface ExportCancelCall extends CallBase {
  readonly kind: "export-cancel";
  readonly export: string;
}
/** Begins taking a bundle in: its parts follow in order. */
export interface RestoreBeginCall extends CallBase {
  readonly kind: "restore-begin";
}
/** The bundle's next part; `bytes` is transferred. Answered when what could be read so far is on disk. */
export interface RestorePartCall extends CallBase {
  readonly kind: "restore-part";
  readonly restore: string;
  readonly bytes: ArrayBuffer;
}
/** The bundle has ended (or was broken off: what was taken in stays). */
export interface RestoreEndCall extends CallBase {
  readonly kind: "restore-end";
  readonly restore: string;
}
/** Makes a backup of this device's identity, sealed with a passphrase. */
export interface IdentityBackupCall extends CallBase {
  readonly kind: "identity-backup";
  readonly passphrase: string;
}
/** Makes this device the one of the backup. Only for a device that has written nothing yet. */
export interface IdentityRestoreCall extends CallBase {
  readonly kind: "identity-restore";
  readonly bytes: ArrayBuffer;
  readonly passphrase: string;
}
/** The user says that no other copy of this restored identity is in use or was since its backup. */
export interface IdentityConfirmCall extends CallBase {
  readonly kind: "identity-confirm";
}
/** What is stored, and what may be removed. */
export interface StorageCall extends CallBase {
  readonly kind: "storage";
}
export interface SetRetentionCall extends CallBase {
  readonly kind: "set-retention";
  readonly retention: Retention;
}
/** Removes pictures now, the oldest first, until the rule holds; the standing rule stays as it is. */
export interface ThinCall extends CallBase {
  readonly kind: "thin";
  readonly retention: Retention;
}
/** Keep whole frames with observations from now on, or thumbnails only. */
export interface KeepFramesCall extends CallBase {
  readonly kind: "keep-frames";
  readonly on: boolean;
}
/** What came in and was not taken, newest first. */
export interface QuarantineCall extends CallBase {
  readonly kind: "quarantine";
}
/** Removes a member from the crew: what it writes from now on is taken by nobody. Admins only. */
export interface RemoveMemberCall extends CallBase {
  readonly kind: "remove-member";
  readonly device: DeviceId;
}
/** Builds the list of observations anew from the entries. Answered when it has begun. */
export interface RebuildCall extends CallBase {
  readonly kind: "rebuild";
}
/** Verifies every entry on disk again: signatures and chains. */
export interface VerifyCall extends CallBase {
  readonly kind: "verify";
}
/** Whom the radio should be reachable as, and whom it should call. */
export interface RadioCall extends CallBase {
  readonly kind: "radio";
}
/** Says something to all of the crew who listen to this topic just now. Never stored. */
export interface PublishCall extends CallBase {
  readonly kind: "publish";
  readonly topic: string;
  /** At most 4 KB; empty with `retain` clears the topic. */
  readonly bytes: ArrayBuffer;
  /** Kept in memory for who subscribes later. */
  readonly retain: boolean;
  /** Goes before records and pictures. */
  readonly critical: boolean;
}
/** Hears topics from now on, by notices "message". A restarted worker has to be asked again. */
export interface SubscribeCall extends CallBase {
  readonly kind: "subscribe";
  /** The page's name for it. */
  readonly subscription: string;
  /** As in MQTT: "sensor/+/temperature", "sensor/#". */
  readonly pattern: string;
}
export interface UnsubscribeCall extends CallBase {
  readonly kind: "unsubscribe";
  readonly subscription: string;
}
/** A link is open. `binding`: 32 bytes that only its two ends share (of WebRTC, SHA-256 over both DTLS fingerprints, sorted). */
export interface LinkOpenCall extends CallBase {
  readonly kind: "link-open";
  readonly link: string;
  readonly binding: ArrayBuffer;
  /** Absent from older pages: "webrtc". */
  readonly via?: LinkKind;
}
/** Bytes from the other side of a link; transferred. */
export interface LinkFrameCall extends CallBase {
  readonly kind: "link-frame";
  readonly link: string;
  readonly bytes: ArrayBuffer;
}
/** The link is gone. */
export interface LinkCloseCall extends CallBase {
  readonly kind: "link-close";
  readonly link: string;
}
/** The radio could not reach someone: shown with the peer. */
export interface LinkFailedCall extends CallBase {
  readonly kind: "link-failed";
  readonly peerId: string;
  readonly failure: Failure;
}

export type Call =
  | StatusCall
  | PingCall
  | WatchStartCall
  | WatchStopCall
  | FrameCall
  | InferCall
  | ObservationsCall
  | BlobCall
  | InviteCall
  | JoinCall
  | LeaveInviteCall
  | RenameCall
  | ModelsCall
  | ChooseModelCall
  | ChooseProcessorCall
  | FacetsCall
  | ObservationCall
  | NoteCall
  | HistoryCall
  | MediaCall
  | ExportBeginCall
  | ExportNextCall
  | ExportCancelCall
  | RestoreBeginCall
  | RestorePartCall
  | RestoreEndCall
  | IdentityBackupCall
  | IdentityRestoreCall
  | IdentityConfirmCall
  | StorageCall
  | SetRetentionCall
  | ThinCall
  | KeepFramesCall
  | QuarantineCall
  | RemoveMemberCall
  | RebuildCall
  | VerifyCall
  | RadioCall
  | PublishCall
  | SubscribeCall
  | UnsubscribeCall
  | LinkOpenCall
  | LinkFrameCall
  | LinkCloseCall
  | LinkFailedCall
  | WorldCalls;

export type CallKind = Call["kind"];
export type CallOf<K extends CallKind> = Extract<Call, { kind: K }>;
/** What a caller gives: the call without its id. */
export type Args<K extends CallKind> = Omit<CallOf<K>, "id" | "kind">;

export type { Facets, ObservationQuery } from "./store/query.ts";

/**
 * `bundle`: everything, for another Fieldmesh. `zip`: CSV, GeoJSON and media. `camtrap-dp`: Camtrap DP
 * 1.0.2 with media. `megadetector`, `coco`: one JSON file. `csv`, `geojson`: one file.
 */
export type ExportFormat =
  | "bundle"
  | "zip"
  | "camtrap-dp"
  | "megadetector"
  | "coco"
  | "csv"
  | "geojson";

/** What each call is answered with. */
export interface Results extends WorldResults {
  status: Status;
  ping: null;
  "watch-start": SourceStatus;
  "watch-stop": null;
  frame: FrameResult;
  infer: InferResult;
  observations: readonly NotedObservation[];
  facets: Facets;
  observation: NotedObservation | null;
  note: null;
  history: readonly StoredEdit[];
  media: Media | null;
  "export-begin": ExportBegun;
  "export-next": ExportPart;
  "export-cancel": null;
  "restore-begin": { readonly restore: string };
  "restore-part": RestoreReport;
  "restore-end": RestoreReport;
  "identity-backup": { readonly name: string; readonly bytes: ArrayBuffer };
  "identity-restore": { readonly device: DeviceId };
  "identity-confirm": null;
  storage: StorageReport;
  "set-retention": null;
  thin: { readonly removed: number; readonly bytes: number };
  "keep-frames": null;
  quarantine: readonly QuarantineItem[];
  "remove-member": null;
  rebuild: null;
  blob: { readonly type: string; readonly bytes: ArrayBuffer } | null;
  invite: Invite;
  /** `crew`: the founder's device id, which `status().crew.id` is once this device is a member. */
  join: { readonly inviter: DeviceId; readonly crew: DeviceId };
  "join-cancel": null;
  rename: null;
  models: readonly ModelInfo[];
  "choose-model": null;
  "choose-processor": null;
  verify: VerifyResult;
  radio: RadioPlan;
  publish: null;
  subscribe: null;
  unsubscribe: null;
  "link-open": null;
  "link-frame": null;
  "link-close": null;
  "link-failed": null;
}

export interface ExportBegun {
  readonly export: string;
  /** The file's name: "fieldmesh-2026-11-21.zip". */
  readonly name: string;
  /** Media type. */
  readonly type: string;
}

export interface ExportPart {
  /** Null: the file has ended. */
  readonly bytes: ArrayBuffer | null;
  /** Of `total` steps (observations and media) so many are in the file. */
  readonly done: number;
  readonly total: number;
  /** Media that records speak of and that are not in the file, so far. */
  readonly missingMedia: number;
}

/** What became of a bundle, so far or in the end. */
export interface RestoreReport {
  /** Bytes of the bundle read. */
  readonly bytes: number;
  /** Entries that were new here, that were here already, and that were not taken. */
  readonly added: number;
  readonly known: number;
  readonly refused: number;
  readonly media: number;
  /** What does not verify or cannot be read, in the user's words, at most 100 lines; with how many more there are. */
  readonly faults: readonly string[];
  readonly moreFaults: number;
  /** The bundle has come to its end, and the end says the same as what came. */
  readonly whole: boolean;
}

export interface StorageReport {
  readonly storage: StorageStatus;
  readonly media: MediaTotals;
  readonly retention: Retention;
  readonly keepFrames: boolean;
}

export interface QuarantineItem {
  /** ms since the epoch. */
  readonly at: number;
  readonly device: DeviceId | null;
  readonly name: string | null;
  readonly seq: number | null;
  readonly why: string;
  readonly bytes: number;
}

export interface FrameResult {
  /** False: the model did not look at it, nor at another with the same pixels; `why` says how that came. */
  readonly looked: boolean;
  readonly detections: readonly TrackedDetection[];
  readonly ms: number;
  /** The next frame is wanted no sooner than this, ms: engine, links and battery bear no more. */
  readonly restMs?: number;
  /** Absent from older workers. */
  readonly why?: FrameReason;
}

/**
 * `looked`: the model looked. `same`: it had looked at the same pixels before. `still`: nothing has changed since
 * it looked last, and `detections` are of then. `newer`: a newer frame of the source took its place. `busy`: too
 * many sources. `ended`: its source has ended.
 */
export type FrameReason = "looked" | "same" | "still" | "newer" | "busy" | "ended";

export interface InferResult {
  readonly detections: readonly Detection[];
  readonly ms: number;
  readonly model: ModelRef;
}

export interface Invite {
  /** base64url; goes behind `/crew#join=`. */
  readonly code: string;
  readonly role: Role;
  /** ms since the epoch. */
  readonly expires: number;
}

export interface VerifyResult {
  readonly devices: number;
  readonly entries: number;
  /** What does not hold; empty when all is well. */
  readonly faults: readonly {
    readonly device: DeviceId;
    readonly seq: number;
    readonly what: string;
  }[];
}

export interface RadioPlan {
  /** The id under which this device is known to signalling, and the token that guards it. */
  readonly peerId: string;
  readonly token: string;
  /** False: no crew and no invite, so there is nobody to talk to. */
  readonly wanted: boolean;
  /** Signalling ids of members. `call`: it is for us to call (else they call us). */
  readonly peers: readonly {
    readonly peerId: string;
    readonly device: DeviceId;
    readonly call: boolean;
  }[];
}

// ---------------------------------------------------------------- worker -> page

interface AnswerBase {
  readonly id: string;
  readonly boot: string;
}
export interface GoodAnswer<K extends CallKind = CallKind> extends AnswerBase {
  readonly ok: true;
  readonly value: Results[K];
}
export interface BadAnswer extends AnswerBase {
  readonly ok: false;
  readonly failure: Failure;
}
export type Answer<K extends CallKind = CallKind> = GoodAnswer<K> | BadAnswer;

interface NoticeBase {
  readonly boot: string;
}
/** The worker has started: sent to every page. */
export interface BootNotice extends NoticeBase {
  readonly notice: "boot";
}
/** Something on disk or in the node changed: ask again for what you show. */
export interface ChangedNotice extends NoticeBase {
  readonly notice: "changed";
  readonly what: readonly ("status" | "observations" | "blobs" | "crew" | "world")[];
}
/** What the last frame of a source held: for pages that did not send it. */
export interface DetectionsNotice extends NoticeBase {
  readonly notice: "detections";
  readonly source: string;
  readonly detections: readonly TrackedDetection[];
}
/** Bytes to put on a link. */
export interface LinkSendNotice extends NoticeBase {
  readonly notice: "link-send";
  readonly link: string;
  readonly bytes: ArrayBuffer;
}
/** Close this link; why, for the log. */
export interface LinkDropNotice extends NoticeBase {
  readonly notice: "link-drop";
  readonly link: string;
  readonly reason: Failure;
}
/** The radio's plan changed: ask again. */
export interface RadioNotice extends NoticeBase {
  readonly notice: "radio";
}
/** What a device of the crew published under a topic that the page subscribed to. */
export interface MessageNotice extends NoticeBase {
  readonly notice: "message";
  readonly subscription: string;
  readonly topic: string;
  readonly from: DeviceId;
  /** ms since the epoch by that device's clock. */
  readonly at: number;
  readonly bytes: ArrayBuffer;
}
/** A failure that no call was waiting for. */
export interface FailureNotice extends NoticeBase {
  readonly notice: "failure";
  readonly failure: Failure;
  /** What was being tried, in the user's words. */
  readonly trying: string;
}

export type Notice =
  | BootNotice
  | ChangedNotice
  | DetectionsNotice
  | LinkSendNotice
  | LinkDropNotice
  | RadioNotice
  | MessageNotice
  | FailureNotice
  | DecidedNotice;

export type FromWorker = Answer | Notice;

export type { Box, Detection, NotedObservation, Observation, Place };
