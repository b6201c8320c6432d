/**
 * Which frames deserve the detector. Mistakes are not alike: a look too many costs an inference, a look too
 * few an object; so doubt looks, and no scene is left unlooked at for longer than its heartbeat.
 */
import type { Box, Detection } from "../observation.ts";
import { BlockNoise } from "./block_noise.ts";
import { type FrameDigest, frameDigest } from "./frame_digest.ts";
import { BLOCKS, type Frame, type GreyThumbnail, greyThumbnail } from "./grey_thumbnail.ts";
import { differenceBeyondLight, lightGain, UNCHANGED } from "./light_change.ts";

/** Nothing in view: what came so slowly or so faintly that it passed for light or noise is found so late. */
export const EMPTY_HEARTBEAT_MS = 5_000;
/** Something in view: its absence is to be noticed while the tracker still waits for it (2 s). */
export const OCCUPIED_HEARTBEAT_MS = 1_000;
/** So long after something was in view it may be awaited by the tracker, and the short heartbeat stays. */
export const LINGER_MS = 10_000;
/** Looks after a motion, so that the tracker has the three sure sightings with which a track begins. */
export const SETTLING_LOOKS = 3;
/** Light that changed by more, either way, may be a hand before the lens. */
const MOST_GAIN = 1.5 * UNCHANGED;
const LEAST_GAIN = UNCHANGED / 1.5;

/**
 * The first four are motion; `still` and `same` (a duplicate) are not looked at; what settles or is due to a
 * heartbeat may be either of these.
 */
export type GateReason =
  | "first"
  | "resized"
  | "light"
  | "moved"
  | "settling"
  | "heartbeat"
  | "still"
  | "same";

export interface Verdict {
  /** As against the frame that was looked at last. */
  readonly kind: "motion" | "still" | "duplicate";
  /** Worth the detector (or what a cache has of it). */
  readonly look: boolean;
  readonly reason: GateReason;
  /** Of {@link BLOCKS}: those that differ by more than light and noise explain. */
  readonly changedBlocks: number;
  /** Of frames to be looked at and of duplicates; of others it is not worth its time. */
  readonly digest: FrameDigest | null;
  readonly view: View;
}

/** What is kept of a frame. */
interface View {
  readonly width: number;
  readonly height: number;
  readonly thumbnail: GreyThumbnail;
  readonly atMs: number;
}

interface Looked extends View {
  readonly digest: FrameDigest | null;
}

/** Of one source. Deterministic; time comes with the frames, ms. */
export class FrameGate {
  readonly #noise = new BlockNoise();
  /** The last frame that was judged. */
  #before: View | null = null;
  /** The last frame that was looked at. */
  #looked: Looked | null = null;
  #inView: readonly Box[] = [];
  #inViewAtMs = -Infinity;
  #labels = "";
  #settling = 0;

  /** Judges a frame; to be called when the detector could take it, so that frames that wait are not judged. */
  judge(frame: Frame, atMs: number): Verdict {
    const view = { ...sizeOf(frame), thumbnail: greyThumbnail(frame), atMs };
    this.#learn(view);
    const { kind, reason, changedBlocks, digest } = this.#compare(frame, view);
    const why = kind === "motion" ? reason : this.#reasonToLook(atMs) ?? reason;
    const look = why !== "still" && why !== "same";
    return {
      kind,
      look,
      reason: why,
      changedBlocks,
      digest: digest ?? (look ? frameDigest(frame) : null),
      view,
    };
  }

  /** The frame of this verdict was looked at, and this is in view. Without this call a look stays due. */
  looked({ kind, reason, view, digest }: Verdict, inView: readonly Detection[]): void {
    const labels = inView.map(({ label }) => label).sort().join("\n");
    // other objects than at the last heartbeat: as good as motion; but flicker while settling starts nothing anew
    const isNews = kind === "motion" || (reason === "heartbeat" && labels !== this.#labels);
    if (isNews) this.#settling = SETTLING_LOOKS;
    else this.#settling = Math.max(0, this.#settling - 1);
    this.#looked = { ...view, digest };
    this.#inView = inView.map(({ box }) => box);
    if (inView.length > 0) this.#inViewAtMs = view.atMs;
    this.#labels = labels;
  }

  /** ms from the last look to the next, at most, while frames come. */
  get heartbeatMs(): number {
    const emptyMs = this.#looked ? this.#looked.atMs - this.#inViewAtMs : Infinity;
    return emptyMs >= 0 && emptyMs < LINGER_MS ? OCCUPIED_HEARTBEAT_MS : EMPTY_HEARTBEAT_MS;
  }

  #learn(view: View): void {
    const before = this.#before;
    this.#before = view;
    if (!before) return;
    if (!isSameSize(view, before)) return this.#noise.clear();
    const gain = lightGain(view.thumbnail, before.thumbnail);
    this.#noise.learn(view.thumbnail, before.thumbnail, gain, this.#inView);
  }

  #compare(
    frame: Frame,
    view: View,
  ): Pick<Verdict, "kind" | "reason" | "changedBlocks" | "digest"> {
    const changed = (reason: GateReason, changedBlocks = BLOCKS) =>
      ({ kind: "motion", reason, changedBlocks, digest: null }) as const;
    const last = this.#looked;
    if (!last) return changed("first");
    if (!isSameSize(view, last)) return changed("resized");
    const gain = lightGain(view.thumbnail, last.thumbnail);
    if (gain > MOST_GAIN || gain < LEAST_GAIN) return changed("light");
    const blocks = this.#changedBlocks(view.thumbnail, last.thumbnail, gain);
    if (blocks > 0) return changed("moved", blocks);
    // pixels that are all the same have the same thumbnail: others need no digest
    const digest = areEqual(view.thumbnail, last.thumbnail) ? frameDigest(frame) : null;
    return digest !== null && digest === last.digest
      ? { kind: "duplicate", reason: "same", changedBlocks: 0, digest }
      : { kind: "still", reason: "still", changedBlocks: 0, digest };
  }

  #changedBlocks(now: GreyThumbnail, then: GreyThumbnail, gain: number): number {
    let changed = 0;
    for (let block = 0; block < BLOCKS; block++) {
      const difference = differenceBeyondLight(now[block], then[block], gain);
      if (difference > this.#noise.mostOf(block)) changed++;
    }
    return changed;
  }

  #reasonToLook(atMs: number): GateReason | null {
    if (this.#settling > 0) return "settling";
    const sinceMs = this.#looked ? atMs - this.#looked.atMs : Infinity;
    // also when the clock was set back: how long ago it was is not known
    return sinceMs >= this.heartbeatMs || sinceMs < 0 ? "heartbeat" : null;
  }
}

function sizeOf({ width, height }: Frame): { width: number; height: number } {
  return { width, height };
}

function isSameSize(a: View, b: View): boolean {
  return a.width === b.width && a.height === b.height;
}

function areEqual(a: GreyThumbnail, b: GreyThumbnail): boolean {
  return a.every((grey, block) => grey === b[block]);
}
