/** What is compared: a way for several to have one map. */
import type { SeenFrame } from "../../field/swarm/swarm_options.ts";
import type { LinkSettings } from "../../field/swarm/swarm_report.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";

/** That somebody knows of a decision: ms since the epoch. */
export interface KnownDecision {
  /** Who knows it. */
  readonly drone: number;
  /** The rule's id. */
  readonly rule: string;
  /** Of the frame that it rests on. */
  readonly seenAtMs: number;
  readonly atMs: number;
}

export interface Team {
  /** Ten ms pass, then these frames are known, then all do what is due. `ms` since the start. */
  step(ms: number, frames: readonly SeenFrame[]): Promise<void>;
  /** By drone: what it shows. */
  readonly views: readonly (readonly WorldTrack[])[];
  readonly decisions: readonly KnownDecision[];
  /** That drones sent, and whoever serves them. */
  readonly bytesSent: number;
  /** A partition begins or ends. */
  part(settings: LinkSettings): Promise<void>;
  end(): void;
}
