/**
 * `globalThis.fieldmesh`: what the islands, the console and the tests use. One instance a page, kept
 * across client-side navigation.
 */
import type {
  ExportFormat,
  Facets,
  Invite,
  ModelInfo,
  ObservationQuery,
  ProcessorMode,
  QuarantineItem,
  RestoreReport,
  Role,
  SourceKind,
  Status,
  StorageReport,
  TrackedDetection,
  VerifyResult,
} from "../field/messages.ts";
import type { Failure } from "../field/errors.ts";
import type { Media, Retention } from "../field/media.ts";
import type { Edit, StoredEdit } from "../field/notes.ts";
import type { Box, DeviceId, NotedObservation } from "../field/observation.ts";
import type { RuleSet } from "../field/decide/rule.ts";
import type { CameraPlacement } from "../field/world/camera_placement.ts";
import type { LatLon } from "../field/world/plan_frame.ts";
import type {
  BatchResult,
  DecidedNotice,
  WorldAct,
  WorldMoment,
  WorldReport,
} from "../field/world_messages.ts";
import type { Pairing } from "./pairing/pairing.ts";
import type { DroneSource } from "./sources/drone_source.ts";
import type { PublishOptions, TopicListener, TopicValue } from "./topics.ts";

/** A detection of `infer`: `box` in fractions of the picture, `pixels` in its pixels. */
export interface InferDetection {
  readonly label: string;
  readonly score: number;
  readonly box: Box;
  readonly pixels: Box;
}

/** What to watch: the rear camera, the demo scene, or a picture or film from a file. */
export type SourceChoice = "camera" | "demo" | File;

/** A picture as bytes: RGBA, 8 bits each, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** What is being captured in this page; null when nothing. */
export interface Capture {
  readonly id: string;
  readonly kind: SourceKind;
  readonly name: string;
  /** ms since the epoch. */
  readonly since: number;
  /** Show it by putting it into the document (a `<video>` or `<canvas>`); it survives being moved. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  /** Natural size of the picture in pixels; 0 until known. */
  readonly width: number;
  readonly height: number;
  /** "paused": the tab is hidden, or the frame source has stalled; it goes on by itself. */
  readonly state: "live" | "paused" | "ended";
}

export interface Update {
  /** Replaces the worker and reloads. Call only when the user chose to. */
  apply(): void;
}

/** Events for views. Each carries what it says; ask `status()` or `observations()` for the rest. */
export interface FieldmeshEvents {
  /** `status()` would answer differently. */
  status: Status;
  /** Observations were saved or arrived. */
  observations: null;
  /** Blobs (thumbnails) arrived. */
  blobs: null;
  /** What the newest frame held. */
  detections: readonly TrackedDetection[];
  /** Capture began, paused, went on, ended (null). */
  capture: Capture | null;
  /** `world()` would answer differently: up to ten times a second. */
  world: null;
  /** Something was decided just now, with its sentence: to be sounded, shown, done. */
  decided: Pick<DecidedNotice, "decision" | "words">;
  /** Something to tell the user. `trying`: what was being tried. */
  failure: { readonly failure: Failure; readonly trying: string };
  /** The app is stored and works with no network: said once. */
  offlineReady: null;
  /** A newer version waits. */
  update: Update;
  /** The browser offers installing; call it from a tap. */
  installable: () => Promise<void>;
}

export interface ExportOptions {
  readonly query?: Omit<ObservationQuery, "limit" | "before">;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ExportedFile {
  readonly file: File;
  /** Media that records speak of and that are not in the file. */
  readonly missingMedia: number;
}

export interface RestoreOptions {
  readonly signal?: AbortSignal;
  /** `read` of `total` bytes. */
  readonly onProgress?: (report: RestoreReport, total: number) => void;
}

export interface Fieldmesh {
  /** Resolves when the worker has answered for the first time; rejects with `worker-missing` or `insecure-origin`. */
  readonly ready: Promise<void>;
  status(): Promise<Status>;
  observations(query?: Partial<ObservationQuery>): Promise<readonly NotedObservation[]>;
  observation(id: string): Promise<NotedObservation | null>;
  /** What there is to choose from in a query. */
  facets(): Promise<Facets>;
  /** Says something of observations. Resolves when it is on disk. */
  note(...edits: readonly Edit[]): Promise<void>;
  /** All that was ever said of an observation, newest first. */
  history(observation: string): Promise<readonly StoredEdit[]>;
  /** What is known of a picture whose bytes `blob` does not give. */
  media(hash: string): Promise<Media | null>;
  /** A thumbnail; null when it has not arrived yet. */
  blob(hash: string): Promise<Blob | null>;
  /**
   * Starts watching. Stops what was being watched. Rejects with a `FieldError` the user can act on. A
   * {@link DroneSource} is the caller's own: it gives frames, each with the camera's pose.
   */
  start(source: SourceChoice | DroneSource): Promise<Capture>;
  stop(): Promise<void>;
  readonly capture: Capture | null;
  infer(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
  ): Promise<readonly InferDetection[]>;
  /** Detections in one to eight pictures at once; they are copied, nothing is recorded. */
  inferBatch(pictures: readonly Picture[]): Promise<BatchResult>;
  /** The world as this device knows it, with rules, decisions and this device's camera. */
  world(): Promise<WorldReport>;
  /** What is remembered of it from `fromMs` (ms since the epoch) on, oldest first. */
  worldPast(fromMs: number): Promise<readonly WorldMoment[]>;
  /** Says where this device's camera stands and looks, or (null) that nobody knows. Kept. */
  placeCamera(camera: CameraPlacement | null): Promise<void>;
  /** Gives the crew these rules and this origin; founds a crew where there is none. Rejects for who is no admin. */
  keepRules(rules: RuleSet, origin: LatLon | null): Promise<void>;
  worldAct(act: WorldAct): Promise<void>;
  /** `link` opens this app and joins. */
  invite(role?: Role): Promise<Invite & { readonly link: string }>;
  /** A link, its fragment, or the bare code. Resolves when this device is a member. */
  join(invite: string): Promise<void>;
  /** Gives an invite up that was taken and not answered yet: `join` then rejects. */
  cancelJoin(): Promise<void>;
  /** Links with a device in the same network by codes shown to each other, without hub and internet. */
  readonly pairing: Pairing;
  /**
   * Says something to the devices of the crew that listen to this topic, over several links where it must;
   * it is signed, and never stored. At most 4 KB; `undefined` clears a retained value.
   */
  publish(topic: string, value: TopicValue | undefined, options?: PublishOptions): Promise<void>;
  /** Hears topics by name or pattern ("sensor/+/temperature", "sensor/#"). Resolves with what ends it. */
  subscribe(pattern: string, listener: TopicListener): Promise<() => void>;
  rename(name: string): Promise<void>;
  /** What this device can watch with. */
  models(): Promise<readonly ModelInfo[]>;
  /** Watches with another model from now on. Rejects with a `FieldError`: the present one then stays. */
  chooseModel(id: string): Promise<void>;
  /** Looks with this processor from the next frame on. */
  chooseProcessor(processor: ProcessorMode): Promise<void>;
  verify(): Promise<VerifyResult>;
  /** A file for others, made part by part. Rejects with "called-off" when the signal aborts. */
  exportAs(format: ExportFormat, options?: ExportOptions): Promise<ExportedFile>;
  /** Takes a bundle in: what verifies is kept, the report says what does not. */
  restore(bundle: Blob, options?: RestoreOptions): Promise<RestoreReport>;
  /** This device's identity in a file, sealed with a passphrase. */
  backUpIdentity(passphrase: string): Promise<File>;
  /** Makes this device the one of the backup, and reloads the app. Only before it has written anything. */
  restoreIdentity(backup: Blob, passphrase: string): Promise<DeviceId>;
  /** Says that no other copy of this restored identity is in use: recording may begin. */
  confirmIdentity(): Promise<void>;
  storage(): Promise<StorageReport>;
  setRetention(retention: Retention): Promise<void>;
  /** Removes pictures now by this rule. */
  thin(retention: Retention): Promise<{ readonly removed: number; readonly bytes: number }>;
  setKeepFrames(on: boolean): Promise<void>;
  /** What came in and was not taken, newest first. */
  quarantine(): Promise<readonly QuarantineItem[]>;
  removeMember(device: DeviceId): Promise<void>;
  /** Builds the list of observations anew from the entries. */
  rebuild(): Promise<void>;
  /** Radio on or off; kept across pages and starts. Off: no links, nothing is sent. */
  setRadio(on: boolean): Promise<void>;
  readonly radio: boolean;
  /** Asks the browser not to delete the records. */
  persist(): Promise<boolean>;
  /** Place with observations: off until the user turns it on; kept. */
  setPlace(on: boolean): Promise<void>;
  readonly place: boolean;
  on<K extends keyof FieldmeshEvents>(
    event: K,
    listener: (value: FieldmeshEvents[K]) => void,
  ): () => void;
}

let current: Fieldmesh | undefined;

/** Called once by `client.ts`, before anything hydrates. */
export function installFieldmesh(instance: Fieldmesh): void {
  current = instance;
  (globalThis as { fieldmesh?: Fieldmesh }).fieldmesh = instance;
}

/** This page's instance. Only in the browser, in effects and handlers: never while rendering on the hub. */
export function fieldmesh(): Fieldmesh {
  if (!current) throw new Error("fieldmesh() was called before client.ts installed it");
  return current;
}
