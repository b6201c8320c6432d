/**
 * What a page and the worker say about the world: types only, as in `messages.ts`, whose unions hold them.
 */
import type { Decision } from "./decide/decision.ts";
import type { RuleSet } from "./decide/rule.ts";
import type { Failure } from "./errors.ts";
import type { Detection, DeviceId, ModelRef } from "./observation.ts";
import type { CameraPlacement } from "./world/camera_placement.ts";
import type { CameraPose } from "./world/camera_pose.ts";
import type { LatLon } from "./world/plan_frame.ts";
import type { MarkedTiles, TileGrid, TileMark } from "./world/tiles.ts";
import type { WorldTrack } from "./world/world_track.ts";

/** A device of the crew that says where it stands. */
export interface WorldAgentPlace {
  readonly id: DeviceId;
  readonly name: string;
  readonly pose: CameraPose;
  /** When something was heard of it last, ms since the epoch. */
  readonly lastAtMs: number;
}

/** The world at one moment, as this device knows it. */
export interface WorldMoment {
  /** ms since the epoch. */
  readonly atMs: number;
  /** In the order of their ids; this device too, once it is placed. */
  readonly agents: readonly WorldAgentPlace[];
  /** In the order of their ids. */
  readonly tracks: readonly WorldTrack[];
  readonly tiles: readonly { readonly grid: TileGrid; readonly marks: MarkedTiles }[];
}

export interface WorldReport {
  readonly now: WorldMoment;
  /** Oldest first: those of this device since it remembers, at most 200. */
  readonly decisions: readonly Decision[];
  readonly rules: RuleSet;
  /** Where the metres of tracks, zones and poses are counted from; null: a plan without a place on earth. */
  readonly origin: LatLon | null;
  /** False: only an admin of the crew changes rules and the origin. */
  readonly mayRule: boolean;
  /** Of this device's camera; null: what it sees has no place. */
  readonly camera: CameraPlacement | null;
  /** What went wrong with the world, until it is well again. */
  readonly failure?: Failure;
}

/** What a person does to the world. */
export type WorldAct =
  /** It is not there (any more). */
  | { readonly kind: "remove-track"; readonly track: string }
  /** It was seen by a person. */
  | { readonly kind: "confirm-track"; readonly track: string }
  /** `place`: metres east and north. */
  | {
    readonly kind: "mark-tile";
    readonly mark: TileMark;
    readonly place: readonly [number, number];
    /** False takes a mark back: for good, as others may have seen both. */
    readonly on: boolean;
  };

/** A picture to look at; `rgba` is transferred. */
export interface PictureToInfer {
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
}

export interface BatchResult {
  /** As many as pictures, in their order. */
  readonly detections: readonly (readonly Detection[])[];
  /** Of the whole batch. */
  readonly ms: number;
  readonly model: ModelRef;
}

interface CallBase {
  readonly id: string;
}
/** The world now. Notices "changed" with "world" say when to ask again. */
export interface WorldCall extends CallBase {
  readonly kind: "world";
}
/** What is remembered of the world from `fromMs` on, oldest first, about one a second, at most 600. */
export interface WorldPastCall extends CallBase {
  readonly kind: "world-past";
  readonly fromMs: number;
}
/** Places this device's camera, or takes its place away. Kept. */
export interface PlaceCameraCall extends CallBase {
  readonly kind: "place-camera";
  readonly camera: CameraPlacement | null;
}
/** Gives the crew these rules, in place of those before; founds a crew where there is none. Admins only. */
export interface KeepRulesCall extends CallBase {
  readonly kind: "keep-rules";
  readonly rules: RuleSet;
  readonly origin: LatLon | null;
}
export interface WorldActCall extends CallBase {
  readonly kind: "world-act";
  readonly act: WorldAct;
}
/** Detections in up to eight pictures at once; nothing is recorded. */
export interface InferBatchCall extends CallBase {
  readonly kind: "infer-batch";
  readonly pictures: readonly PictureToInfer[];
}

export type WorldCalls =
  | WorldCall
  | WorldPastCall
  | PlaceCameraCall
  | KeepRulesCall
  | WorldActCall
  | InferBatchCall;

export interface WorldResults {
  world: WorldReport;
  "world-past": readonly WorldMoment[];
  "place-camera": null;
  "keep-rules": null;
  "world-act": null;
  "infer-batch": BatchResult;
}

/** Something was decided just now: to be sounded, shown, done. To every page. */
export interface DecidedNotice {
  readonly boot: string;
  readonly notice: "decided";
  readonly decision: Decision;
  /** `explain` of it, in words. */
  readonly words: string;
}
