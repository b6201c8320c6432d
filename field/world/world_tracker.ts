import { assign } from "./assignment.ts";
import { isotropic, isProper, minus, NO_COVARIANCE, plus } from "./covariance.ts";
import {
  begin,
  GATE,
  gateDistance2,
  type Measurement,
  type Motion,
  positionCovariance,
  predict,
  update,
} from "./kalman.ts";
import { type LabelVote, winnerOf, withVote } from "./label_votes.ts";
import { type Covariance, trackId, type Vector } from "./world_track.ts";

/** A detection with its place in the world. */
export interface PlacedDetection {
  readonly label: string;
  /** 0..1. */
  readonly confidence: number;
  /** Metres east and north of the site's origin. */
  readonly position: Vector;
  readonly covariance: Covariance;
  /** The part of `covariance` that is alike in the next frame, and which more frames do not lessen. */
  readonly biasCovariance?: Covariance;
}

/** What one agent follows, as of when it saw it last. */
export interface AgentTrack {
  /** `<agent>:<n>`. */
  readonly id: string;
  readonly n: number;
  readonly label: string;
  /** Mean over the frames that showed that label, 0..1. */
  readonly confidence: number;
  readonly votes: readonly LabelVote[];
  readonly position: Vector;
  readonly velocity: Vector;
  /** Of the position, with what the camera's pose adds to it. */
  readonly covariance: Covariance;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface TrackerStep {
  /** All confirmed tracks that are followed, in the order in which they began. */
  readonly tracks: readonly AgentTrack[];
  readonly confirmed: readonly AgentTrack[];
  readonly lost: readonly AgentTrack[];
}

export interface TrackerOptions {
  /** How much things change their velocity: spectral density of white acceleration, m²/s³. */
  readonly accelerationNoise?: number;
  /** How fast a thing first seen may be: standard deviation, m/s. */
  readonly speedDeviation?: number;
  /** Unseen for as long, it is lost. */
  readonly absenceMs?: number;
  /** The number of the first track: above those of the agent's life before. */
  readonly firstNumber?: number;
}

const DEFAULTS: Required<TrackerOptions> = {
  ...{ accelerationNoise: 1, speedDeviation: 3, absenceMs: 3000, firstNumber: 0 },
};
/** Sightings that make a track more than noise. */
const SIGHTINGS_TO_CONFIRM = 3;
/** Frames in a row without it that end a track not yet confirmed. */
const NOISE_MISSES = 3;
/** On a slow device it is waited for so many frames, however long they take. */
const FEWEST_MISSES = 3;
/** Followed at once, and so begun in one frame. */
export const MOST_TRACKS = 64;
/** Networks waver between labels, but two things side by side rather keep theirs: what another label costs. */
const OTHER_LABEL_COST = 3;
/** After more, what comes to its place under another label is another thing. */
const MISSES_OF_ONE_THING = 2;
/** Half of a thing's own measurements lie within: another name for it, not another thing. */
const SAME_THING = 1.39;
/** No camera is better than 5 cm, whatever it says; it also keeps every covariance invertible. */
const LEAST_VARIANCE = 0.05 ** 2;

interface Followed {
  readonly n: number;
  motion: Motion;
  votes: readonly LabelVote[];
  bias: Covariance;
  readonly firstAtMs: number;
  sightings: number;
  misses: number;
}

/**
 * Follows what one agent sees, in the world: global nearest neighbours within a gate, a beginning after
 * three sightings, an end after absence. Deterministic; time comes with the frames, in ms since the
 * epoch. A frame that is not later than the one before is left out.
 */
export class WorldTracker {
  readonly #agent: string;
  readonly #options: Required<TrackerOptions>;
  #followed: readonly Followed[] = [];
  #next: number;
  #lastAtMs = -Infinity;

  constructor(agent: string, options: TrackerOptions = {}) {
    this.#agent = agent;
    this.#options = { ...DEFAULTS, ...options };
    this.#next = this.#options.firstNumber;
  }

  /** Of the next thing that is seen for the first time; most such things come to nothing. */
  get nextNumber(): number {
    return this.#next;
  }

  step(detections: readonly PlacedDetection[], atMs: number): TrackerStep {
    if (!(atMs > this.#lastAtMs)) return { tracks: this.tracks, confirmed: [], lost: [] };
    this.#lastAtMs = atMs;
    const usable = detections.filter(isUsable);
    // what is known goes first: a stray detection would begin a track whose wide spread draws the next ones away
    const [known, tentative] = [true, false].map((is) =>
      this.#followed.filter((one) => isConfirmed(one) === is)
    );
    const left = this.#match(known, usable, atMs);
    const others = this.#match(tentative, left, atMs);
    const confirmed = tentative.filter(isConfirmed).map((one) => this.#viewed(one));
    const lost = this.#dropLost(atMs);
    this.#begin(others, atMs);
    return { tracks: this.tracks, confirmed, lost };
  }

  /** Detections that are none of these tracks'. */
  #match(
    followed: readonly Followed[],
    detections: readonly PlacedDetection[],
    atMs: number,
  ): readonly PlacedDetection[] {
    const now = followed.map(({ motion }) => this.#predicted(motion, atMs));
    const pairs = assign(costs(followed, now, detections), GATE);
    for (const one of followed) one.misses++;
    for (const [i, j] of pairs) see(followed[i], now[i], detections[j]);
    const used = new Set(pairs.map(([, j]) => j));
    return detections.filter((_, j) => !used.has(j));
  }

  /** Confirmed ones. */
  get tracks(): readonly AgentTrack[] {
    return this.#followed.filter(isConfirmed).map((one) => this.#viewed(one));
  }

  #dropLost(atMs: number): readonly AgentTrack[] {
    const isLost = (one: Followed) =>
      isConfirmed(one)
        ? one.misses >= FEWEST_MISSES && atMs - one.motion.atMs > this.#options.absenceMs
        : one.misses >= NOISE_MISSES;
    const lost = this.#followed.filter(isLost);
    this.#followed = this.#followed.filter((one) => !isLost(one));
    return lost.filter(isConfirmed).map((one) => this.#viewed(one));
  }

  /** The surest first; one on what this frame already showed under another label is a vote for that. */
  #begin(detections: readonly PlacedDetection[], atMs: number): void {
    const shown = this.#followed.filter(({ misses }) => misses === 0);
    for (const detection of detections.toSorted((a, b) => b.confidence - a.confidence)) {
      const same = shown.find((one) => isSecondName(detection, one));
      if (same) same.votes = withVote(same.votes, detection.label, detection.confidence);
      else if (this.#followed.length < MOST_TRACKS) shown.push(this.#follow(detection, atMs));
    }
  }

  #follow(detection: PlacedDetection, atMs: number): Followed {
    const one: Followed = {
      n: this.#next++,
      motion: begin(noiseOf(detection), atMs, this.#options.speedDeviation),
      votes: withVote([], detection.label, detection.confidence),
      bias: detection.biasCovariance ?? NO_COVARIANCE,
      firstAtMs: atMs,
      sightings: 1,
      misses: 0,
    };
    this.#followed = [...this.#followed, one];
    return one;
  }

  #predicted(motion: Motion, atMs: number): Motion {
    return predict(motion, atMs, this.#options.accelerationNoise);
  }

  #viewed({ n, motion, votes, bias, firstAtMs }: Followed): AgentTrack {
    const { position, velocity, atMs } = motion;
    const covariance = plus(positionCovariance(motion), bias);
    const id = trackId(this.#agent, n);
    const last = { firstAtMs, lastAtMs: atMs };
    return { id, n, ...winnerOf(votes), votes, position, velocity, covariance, ...last };
  }
}

function isConfirmed({ sightings }: Followed): boolean {
  return sightings >= SIGHTINGS_TO_CONFIRM;
}

function isUsable(detection: PlacedDetection): boolean {
  return detection.label !== "" && detection.position.every(Number.isFinite) &&
    isProper(detection.covariance) && isProper(noiseOf(detection).covariance);
}

/**
 * Without what the pose adds: that is the same for all frames of a camera, so it neither averages out nor
 * keeps a detection from its track.
 */
function noiseOf({ position, covariance, biasCovariance }: PlacedDetection): Measurement {
  const noise = minus(covariance, biasCovariance ?? NO_COVARIANCE);
  return { position, covariance: plus(noise, isotropic(LEAST_VARIANCE)) };
}

function isSecondName(detection: PlacedDetection, { motion, votes }: Followed): boolean {
  return winnerOf(votes).label !== detection.label &&
    gateDistance2(motion, noiseOf(detection)) < SAME_THING;
}

function costs(
  followed: readonly Followed[],
  now: readonly Motion[],
  detections: readonly PlacedDetection[],
): number[][] {
  return followed.map(({ votes, misses }, i) => {
    const { label } = winnerOf(votes);
    const otherLabelCost = misses > MISSES_OF_ONE_THING ? Infinity : OTHER_LABEL_COST;
    return detections.map((detection) =>
      gateDistance2(now[i], noiseOf(detection)) + (detection.label === label ? 0 : otherLabelCost)
    );
  });
}

function see(one: Followed, now: Motion, detection: PlacedDetection): void {
  one.motion = update(now, noiseOf(detection));
  one.votes = withVote(one.votes, detection.label, detection.confidence);
  one.bias = detection.biasCovariance ?? NO_COVARIANCE;
  one.sightings++;
  one.misses = 0;
}
