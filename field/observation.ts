import type { Notes } from "./notes.ts";

/** SHA-256 or public key as 64 lower-case hex digits. */
export type Hex = string;
/** A device's Ed25519 public key, hex: its id everywhere. */
export type DeviceId = Hex;

/** A rectangle in fractions of the frame: `x`, `y` top left, all in 0..1. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One object in one frame, as the model saw it. */
export interface Detection {
  readonly label: string;
  /** Confidence, 0..1. */
  readonly score: number;
  readonly box: Box;
}

/** Where the device stood. Degrees (WGS 84), metres. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyM: number;
}

export interface ModelRef {
  readonly id: string;
  readonly sha256: Hex;
}

/**
 * One object that came by. A fact: never edited, only completed by its own device
 * (a later record with the same `id` replaces the earlier one while the object stays in view).
 */
export interface Observation {
  /** `<first 12 digits of the device>-<begin stamp, base 36>`. */
  readonly id: string;
  readonly device: DeviceId;
  readonly label: string;
  /** Best confidence, 0..1, in steps of 0.001. */
  readonly score: number;
  /** Box at the best score. */
  readonly box: Box;
  /** First and last time in view, ms since the epoch by the device's clock. */
  readonly first: number;
  readonly last: number;
  /** Still in view when this was written. */
  readonly open: boolean;
  /** Frames in which it was seen. */
  readonly frames: number;
  /** The source's name, as its user knows it. */
  readonly source: string;
  readonly model: ModelRef;
  readonly place?: Place;
  /** SHA-256 of a JPEG thumbnail in the blob store. */
  readonly thumb?: Hex;
  /** SHA-256 of a JPEG of the whole frame at the best score, where its user keeps them. */
  readonly frame?: Hex;
  /** The frame's size in pixels, as the source gave it. */
  readonly size?: FrameSize;
  /**
   * By how much this device's clock was ahead of its peers' when this was written: the median of what
   * was measured, ms. Absent while it has met nobody.
   */
  readonly clockAheadMs?: number;
}

/** An observation with what people say of it. */
export interface NotedObservation extends Observation {
  readonly notes?: Notes;
}

/** The class of an observation as far as it is known: a person's word before the model's. */
export function classOf({ label, notes }: NotedObservation): string {
  return notes?.class ?? label;
}

/** Pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}
