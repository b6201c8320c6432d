/** What a swarm shows of itself: plain data, for a view, a table and tests. Times are ms since it began. */
import type { Detection, DeviceId } from "../observation.ts";
import type { CameraPose } from "../world/camera_pose.ts";
import type { TileGrid } from "../world/tiles.ts";
import type { Vector, WorldTrack } from "../world/world_track.ts";

/** What lies on the ground and walks about there. */
export const SWARM_LABELS = ["person", "cat", "cup"] as const;
export type SwarmLabel = typeof SWARM_LABELS[number];

/** A true object. */
export interface TrueObject {
  readonly id: string;
  readonly label: SwarmLabel;
  /** Its middle, metres east and north of the ground's south-west corner. */
  readonly position: Vector;
  /** Width and height as seen from above, m. */
  readonly size: Vector;
  /** All of it has been in some drone's frame at some time. */
  readonly wasInView: boolean;
}

export interface LinkSettings {
  /** One way, from the least to the most, ms. */
  readonly latencyMs: readonly [least: number, most: number];
  /** Share of frames that get lost, each time that they are sent, 0 up to 0.95. */
  readonly loss: number;
  /** True: the first half of the drones (0 and 1 of five) and the rest do not hear each other. */
  readonly partition: boolean;
}

/** What a drone is about. */
export type DroneTask =
  | { readonly kind: "search" }
  /** Flies to a track, looks, and says that it is there or that it is not. */
  | {
    readonly kind: "confirm";
    readonly track: string;
    readonly place: Vector;
    readonly phase: "going" | "looking" | "returning";
  };

export interface SpokenDecision {
  readonly id: string;
  readonly atMs: number;
  /** "Person: person 0.81 by drone 2, so drone 3 has a look." */
  readonly words: string;
  /** The rule's name; null for a summary. */
  readonly rule: string | null;
  /** What of it this drone does itself. */
  readonly does: readonly ("confirm" | "rate" | "mark")[];
}

export interface FrameCounts {
  readonly taken: number;
  /** Given to the detector. */
  readonly looked: number;
  /** Not worth a look: nothing had changed. */
  readonly skipped: number;
}

export interface DroneReport {
  readonly id: DeviceId;
  /** "Drone 1" and so on. */
  readonly name: string;
  readonly number: number;
  /** Where it is. */
  readonly pose: CameraPose;
  /** Where it believes to be: with the error of its GNSS receiver. What it sees is placed by this. */
  readonly toldPose: CameraPose;
  /** Of the ground that its frame shows, m: width and height, around its position. */
  readonly footprintM: Vector;
  /** Clockwise from north, where it flies to; its camera always has north on top. */
  readonly courseDeg: number;
  readonly task: DroneTask;
  /** Where it is going, the next point first. */
  readonly path: readonly Vector[];
  /** Where it has been in the last 10 s, oldest first. */
  readonly trail: readonly Vector[];
  /** Its map: all that it knows, in the order of the ids. */
  readonly tracks: readonly WorldTrack[];
  /** Tiles of {@link SwarmReport.grid} that were flown over, as it knows. */
  readonly searched: readonly number[];
  readonly cleared: readonly number[];
  /** How often each track that it shows was confirmed, by any drone. */
  readonly confirmed: Readonly<Record<string, number>>;
  /** In the last frame that was looked at. */
  readonly detections: readonly Detection[];
  readonly frames: FrameCounts;
  /** Frames a second. */
  readonly rateHz: number;
  /** Oldest first, the last 20. */
  readonly decisions: readonly SpokenDecision[];
  /** Over all its links, since the beginning and in the last second. */
  readonly bytesSent: number;
  readonly bytesPerS: number;
  /** By id: whom it has an open session with. */
  readonly peers: readonly DeviceId[];
  /** Entries of all feeds on its disk: what is kept, and not only told. */
  readonly entries: number;
  /** 0 or 1: which side of a partition it is on; all 0 without one. */
  readonly side: number;
}

/** Why two drones' maps are not one. */
export interface Difference {
  /** Numbers of the drones; the first has it. */
  readonly drones: readonly [number, number];
  /** "missing": the second does not have the track; else it has it elsewhere or under another label. */
  readonly kind: "missing" | "label" | "place";
  readonly track: string;
  /** Where the first has it. */
  readonly place: Vector;
}

export interface Healing {
  /** When the last partition ended. */
  readonly atMs: number;
  /** How long until all maps were one in what any drone knew when it ended; null: not yet. */
  readonly tookMs: number | null;
}

export interface SwarmReport {
  readonly atMs: number;
  readonly seed: number;
  /** ms since the epoch when it began: tracks' and decisions' own times are counted from there. */
  readonly beganMs: number;
  /** East and north, m; the south-west corner is the origin. */
  readonly groundM: Vector;
  readonly grid: TileGrid;
  readonly links: LinkSettings;
  readonly truth: readonly TrueObject[];
  readonly drones: readonly DroneReport[];
  /** By side: the map of all that its drones have said, together. */
  readonly shared: readonly (readonly WorldTrack[])[];
  /** Between each drone and the first one, of both sides: at most 100. */
  readonly differences: readonly Difference[];
  /** Since when all have one map; null: they have not. */
  readonly agreedSinceMs: number | null;
  readonly healing: Healing | null;
}
