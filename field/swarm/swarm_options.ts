/** What a swarm is begun with, and what it asks of its detector. */
import type { Picture } from "../cutout/cutout.ts";
import type { RuleSet } from "../decide/rule.ts";
import type { Detection } from "../observation.ts";
import type { PlacedDetection } from "../world/world_tracker.ts";
import type { LinkSettings } from "./swarm_report.ts";

/** The free pictures, decoded: the ground is made of one, the objects are cut out of the others. */
export type SwarmPictures = Readonly<
  Record<"astronaut" | "chelsea" | "coffee" | "rocket", Picture>
>;

/** What one drone's camera shows, north on top. */
export interface SwarmFrame {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** The drone's number. */
  readonly drone: number;
  /** ms since the swarm began. */
  readonly atMs: number;
  /** Its top left corner on the ground's picture, pixels: the same corner and time give the same pixels. */
  readonly corner: readonly [x: number, y: number];
}

/**
 * The real detector, or what a test puts in its place: the detections of each frame, in the frames' order. All
 * frames of one moment come together. The same frames must give the same detections, or runs differ.
 */
export type SwarmDetector = (
  frames: readonly SwarmFrame[],
) => Promise<readonly (readonly Detection[])[]>;

/** What a drone saw in a frame, on the ground. */
export interface SeenFrame {
  readonly drone: number;
  /** When the frame was taken, ms since the start; it is known `DETECTION_MS` later. */
  readonly atMs: number;
  readonly seen: readonly PlacedDetection[];
}

export interface SwarmOptions {
  /** All chance follows from it: the same seed is the same run, to the bit. */
  readonly seed: number;
  /** 2 to {@link MOST_DRONES}; absent: 5. */
  readonly agents?: number;
  readonly pictures: SwarmPictures;
  readonly detect: SwarmDetector;
  /** Hears of every frame that was looked at: for who wants to play it again. */
  readonly onSeen?: (frame: SeenFrame) => void;
  /** Resolves once Automerge can be used. */
  readonly automerge: () => Promise<void>;
  /** Absent: {@link DEFAULT_LINKS}. */
  readonly links?: Partial<LinkSettings>;
  /** Keeps what `Swarm.score` needs, which grows with time. Absent: no. */
  readonly isScored?: boolean;
  /** The crew's rules; absent: `swarmRules`. */
  readonly rules?: RuleSet;
}

/** All are linked with all; a device takes 8 neighbours at most (`../sync/mesh.ts`). */
export const MOST_DRONES = 8;
export const DEFAULT_LINKS: LinkSettings = { latencyMs: [5, 20], loss: 0.1, partition: false };
