/**
 * What a page and the swarm's own worker say to each other: types only. The worker has no detector: the page
 * hands its frames to the app's worker and brings back what that saw. `swarm_shapes.ts` has the guards.
 */
import type { Failure } from "../../field/errors.ts";
import type { Detection } from "../../field/observation.ts";
import type { LinkSettings, SwarmReport } from "../../field/swarm/swarm_report.ts";
import type { CameraPose } from "../../field/world/camera_pose.ts";
import type { Vector } from "../../field/world/world_track.ts";

/** RGBA, handed over. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
}

// ---------------------------------------------------------------- page -> worker

/** The first message, once: a whole swarm. Time stands still until it is told to run. */
export interface BeginSwarm {
  readonly kind: "begin-swarm";
  readonly seed: number;
  readonly links: LinkSettings;
}
/** The first message, once: the camera of one drone, whose device is this browser. */
export interface BeginAgent {
  readonly kind: "begin-agent";
  readonly seed: number;
  /** Its number, from 0. */
  readonly drone: number;
}
/** Time goes on, or stands still. */
export interface Run {
  readonly kind: "run";
  readonly on: boolean;
}
export interface SetLinks {
  readonly kind: "links";
  readonly links: LinkSettings;
}
/** What the frames of a batch held, in their order. */
export interface Detected {
  readonly kind: "detected";
  readonly batch: number;
  readonly detections: readonly (readonly Detection[])[];
}
/** They could not be looked at. */
export interface NotDetected {
  readonly kind: "not-detected";
  readonly batch: number;
  readonly failure: Failure;
}
/** The agent's camera at that time of its clock, ms since the epoch; answered by a `frame`. */
export interface TakeFrame {
  readonly kind: "take-frame";
  readonly atMs: number;
}
/** A decision sends the agent's drone there. */
export interface SendThere {
  readonly kind: "send-there";
  readonly track: string;
  readonly place: Vector;
}

export type ToSwarm =
  | BeginSwarm
  | BeginAgent
  | Run
  | SetLinks
  | Detected
  | NotDetected
  | TakeFrame
  | SendThere;

// ---------------------------------------------------------------- worker -> page

/** It is ready: the ground with nothing on it, north on top. */
export interface Begun {
  readonly kind: "begun";
  readonly ground: Pixels;
  /** East and north, m. */
  readonly groundM: Vector;
}
export interface Reported {
  readonly kind: "report";
  readonly report: SwarmReport;
  /** Simulated over real time, at most 1. */
  readonly speed: number;
}
/** Frames to look at; all of one moment. One batch at a time: the next comes after its answer. */
export interface Detect {
  readonly kind: "detect";
  readonly batch: number;
  readonly frames: readonly DroneFrame[];
}
export interface DroneFrame extends Pixels {
  /** The drone's number. */
  readonly drone: number;
  /** Its top left corner on the ground's picture, pixels. */
  readonly corner: Vector;
}
/** What the agent's camera sees. */
export interface AgentFrame extends Pixels {
  readonly kind: "frame";
  readonly atMs: number;
  /** Where the drone believes to be. */
  readonly pose: CameraPose;
  /** Of the frame, its top left corner on the ground's picture, pixels. */
  readonly corner: Vector;
  /** Where a decision sent it; null while it flies its own path. */
  readonly sentTo: Vector | null;
}
/** It has ended with this. */
export interface Failed {
  readonly kind: "failed";
  readonly failure: Failure;
}

export type FromSwarm = Begun | Reported | Detect | AgentFrame | Failed;
