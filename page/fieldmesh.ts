/**
 * `globalThis.fieldmesh`: what the islands, the console and the tests use. One instance a page, kept
 * across client-side navigation.
 */
import type {
  Invite,
  ModelInfo,
  Observation,
  ObservationQuery,
  Role,
  SourceKind,
  Status,
  TrackedDetection,
  VerifyResult,
} from "../field/messages.ts";
import type { Failure } from "../field/errors.ts";
import type { Box } from "../field/observation.ts";

/** A detection of `infer`: `box` in fractions of the picture, `pixels` in its pixels. */
export interface InferDetection {
  readonly label: string;
  readonly score: number;
  readonly box: Box;
  readonly pixels: Box;
}

/** What to watch: the rear camera, the demo scene, or a picture or film from a file. */
export type SourceChoice = "camera" | "demo" | File;

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
  /** Something to tell the user. `trying`: what was being tried. */
  failure: { readonly failure: Failure; readonly trying: string };
  /** The app is stored and works with no network: said once. */
  offlineReady: null;
  /** A newer version waits. */
  update: Update;
  /** The browser offers installing; call it from a tap. */
  installable: () => Promise<void>;
}

export interface Fieldmesh {
  /** Resolves when the worker has answered for the first time; rejects with `worker-missing` or `insecure-origin`. */
  readonly ready: Promise<void>;
  status(): Promise<Status>;
  observations(query?: Partial<ObservationQuery>): Promise<readonly Observation[]>;
  /** A thumbnail; null when it has not arrived yet. */
  blob(hash: string): Promise<Blob | null>;
  /** Starts watching. Stops what was being watched. Rejects with a `FieldError` the user can act on. */
  start(source: SourceChoice): Promise<Capture>;
  stop(): Promise<void>;
  readonly capture: Capture | null;
  infer(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
  ): Promise<readonly InferDetection[]>;
  /** `link` opens this app and joins. */
  invite(role?: Role): Promise<Invite & { readonly link: string }>;
  /** A link, its fragment, or the bare code. Resolves when this device is a member. */
  join(invite: string): Promise<void>;
  /** Gives an invite up that was taken and not answered yet: `join` then rejects. */
  cancelJoin(): Promise<void>;
  rename(name: string): Promise<void>;
  /** What this device can watch with. */
  models(): Promise<readonly ModelInfo[]>;
  /** Watches with another model from now on. Rejects with a `FieldError`: the present one then stays. */
  chooseModel(id: string): Promise<void>;
  verify(): Promise<VerifyResult>;
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
