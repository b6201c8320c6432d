import type { Box, Detection } from "./observation.ts";

/** An object followed over the frames of one source. */
export interface Track {
  readonly id: number;
  /** By confidence-weighted vote over its frames. */
  readonly label: string;
  /** Best confidence of that label, and the box of that moment. */
  readonly score: number;
  readonly bestBox: Box;
  readonly box: Box;
  /** ms since the epoch. */
  readonly first: number;
  readonly last: number;
  readonly frames: number;
  /** Seen often and well enough to be an observation. */
  readonly confirmed: boolean;
}

export interface TrackerStep {
  /** The frame's detections, each with its track. */
  readonly seen: readonly { readonly detection: Detection; readonly track: Track }[];
  readonly began: readonly Track[];
  /** Confirmed tracks that this frame shows better than any before since they began: time for a thumbnail. */
  readonly improved: readonly Track[];
  readonly ended: readonly Track[];
}

/** A sighting at or above this counts towards a beginning; below it, only towards going on. */
const SURE = 0.4;
const SURE_SIGHTINGS_TO_BEGIN = 3;
/** Overlap (intersection over union) at which a detection is the track's object. */
const SAME_OVERLAP = 0.2;
/** With another label it must cover the same place: networks waver between cup and bowl. */
const SAME_OVERLAP_OTHER_LABEL = 0.55;
/** Out of sight for this long, it has left. */
const ABSENCE_MS = 2000;
/** On a slow device, this many frames without it, however long they take. */
const ABSENCE_FRAMES = 4;
/** A thing that has stood still is waited for up to half the time it stood, since weak detections flicker. */
const STILL_ABSENCE_MS = 30_000;
/** Moved by less than this share of its size since it began: it stands still. */
const STILL_SHIFT = 0.35;
/** A tentative track that misses this many frames in a row was noise. */
const NOISE_MISSES = 3;
const MOST_TRACKS = 64;
const WORTH_SHOWING = 0.02;

interface Live {
  id: number;
  votes: Map<string, { weight: number; best: number; box: Box }>;
  start: Box;
  box: Box;
  first: number;
  last: number;
  /** Since when its absence counts: the last sight, or the first frame after it was resumed. */
  awaited: number;
  frames: number;
  sure: number;
  misses: number;
  confirmed: boolean;
  bestShown: number;
}

/**
 * Turns detections into tracks: greedy matching by overlap, a beginning after enough sure sightings, an
 * end after absence. Deterministic; time comes with the frames (ms since the epoch, rising).
 */
export class Tracker {
  #live: Live[] = [];
  #nextId = 1;
  #lastAt = -Infinity;
  #frameMs = 0;

  step(detections: readonly Detection[], at: number): TrackerStep {
    if (this.#lastAt !== -Infinity) this.#frameMs += (at - this.#lastAt - this.#frameMs) * 0.2;
    else for (const live of this.#live) live.awaited = at;
    this.#lastAt = at;
    const matches = this.#match(detections);
    const began: Live[] = [];
    const improved: Live[] = [];
    for (const { live, detection } of matches) {
      see(live, detection, at);
      if (!live.confirmed && live.sure >= SURE_SIGHTINGS_TO_BEGIN) {
        live.confirmed = true;
        began.push(live);
      }
      if (live.confirmed && isShownBetter(live, detection)) improved.push(live);
    }
    const seenNow = new Set(matches.map(({ live }) => live));
    for (const live of this.#live) if (!seenNow.has(live)) live.misses++;
    const ended = this.#dropAbsent(at);
    return {
      seen: matches.map(({ live, detection }) => ({ detection, track: view(live) })),
      began: began.map(view),
      improved: improved.map(view),
      ended: ended.map(view),
    };
  }

  /** Goes on following what was in view when another tracker ended: a confirmed track, back in its place. */
  resume({ label, score, box, first, last }: {
    readonly label: string;
    readonly score: number;
    readonly box: Box;
    readonly first: number;
    readonly last: number;
  }): number {
    const live = this.#begin({ label, score, box });
    Object.assign(live, { first, last, confirmed: true, bestShown: score });
    live.votes.set(label, { weight: score * score, best: score, box });
    return live.id;
  }

  /** The source has ended: so has all that was in view. */
  finish(): Track[] {
    const ended = this.#live.filter(({ confirmed }) => confirmed).map(view);
    this.#live = [];
    return ended;
  }

  #match(detections: readonly Detection[]): { live: Live; detection: Detection }[] {
    const pairs = this.#live.flatMap((live) =>
      detections.map((detection) => ({ live, detection, fit: fitness(live, detection) }))
    ).filter(({ fit }) => fit > 0).sort((a, b) => b.fit - a.fit);
    const matches: { live: Live; detection: Detection }[] = [];
    const takenTracks = new Set<Live>();
    const takenDetections = new Set<Detection>();
    for (const { live, detection } of pairs) {
      if (takenTracks.has(live) || takenDetections.has(detection)) continue;
      takenTracks.add(live);
      takenDetections.add(detection);
      matches.push({ live, detection });
    }
    for (const detection of detections) {
      if (takenDetections.has(detection)) continue;
      const rival = matches.find(({ detection: other }) =>
        overlap(other.box, detection.box) >= SAME_OVERLAP_OTHER_LABEL
      );
      if (rival) vote(rival.live, detection); // a second name for the same thing, not a second thing
      else if (this.#live.length < MOST_TRACKS) {
        matches.push({ live: this.#begin(detection), detection });
      }
    }
    return matches;
  }

  #begin(detection: Detection): Live {
    const live: Live = {
      id: this.#nextId++,
      votes: new Map(),
      start: detection.box,
      box: detection.box,
      first: this.#lastAt,
      last: this.#lastAt,
      awaited: this.#lastAt,
      frames: 0,
      sure: 0,
      misses: 0,
      confirmed: false,
      bestShown: 0,
    };
    this.#live.push(live);
    return live;
  }

  #dropAbsent(at: number): Live[] {
    const gone = this.#live.filter((live) =>
      live.confirmed
        ? at - live.awaited > this.#patienceMs(live)
        : live.misses > NOISE_MISSES && at - live.awaited > ABSENCE_MS / 2
    );
    if (gone.length > 0) this.#live = this.#live.filter((live) => !gone.includes(live));
    return gone.filter(({ confirmed }) => confirmed);
  }

  #patienceMs(live: Live): number {
    const least = Math.max(ABSENCE_MS, ABSENCE_FRAMES * this.#frameMs);
    if (!isStill(live)) return least;
    return Math.max(least, Math.min(STILL_ABSENCE_MS, (live.last - live.first) / 2));
  }
}

function see(live: Live, detection: Detection, at: number): void {
  vote(live, detection);
  live.box = detection.box;
  live.last = live.awaited = at;
  live.frames++;
  live.misses = 0;
  if (detection.score >= SURE) live.sure++;
}

function vote(live: Live, { label, score, box }: Detection): void {
  const sofar = live.votes.get(label) ?? { weight: 0, best: 0, box };
  live.votes.set(label, {
    weight: sofar.weight + score * score,
    best: Math.max(sofar.best, score),
    box: score > sofar.best ? box : sofar.box,
  });
}

function winner(live: Live): { label: string; best: number; box: Box } {
  let label = "";
  let won = { weight: -1, best: 0, box: live.box };
  for (const [candidate, votes] of live.votes) {
    if (votes.weight > won.weight) [label, won] = [candidate, votes];
  }
  return { label, best: won.best, box: won.box };
}

/** Better by enough that a new thumbnail is worth its bytes. */
function isShownBetter(live: Live, { label, score }: Detection): boolean {
  if (label !== winner(live).label || score < live.bestShown + WORTH_SHOWING) return false;
  live.bestShown = score;
  return true;
}

function view(live: Live): Track {
  const { label, best, box } = winner(live);
  const { id, first, last, frames, confirmed } = live;
  return { id, label, score: best, bestBox: box, box: live.box, first, last, frames, confirmed };
}

/** How well a detection continues a track; 0 when it does not. */
function fitness(live: Live, detection: Detection): number {
  const shared = overlap(live.box, detection.box);
  if (winner(live).label === detection.label) {
    return shared >= SAME_OVERLAP || isNear(live.box, detection.box) ? 1 + shared : 0;
  }
  return shared >= SAME_OVERLAP_OTHER_LABEL ? shared : 0;
}

/** The centre moved by less than half the size, and the size stayed: a fast object between slow frames. */
function isNear(a: Box, b: Box): boolean {
  const sizeRatio = (a.width * a.height) / (b.width * b.height || 1e-9);
  return sizeRatio > 0.5 && sizeRatio < 2 &&
    Math.abs(centreX(a) - centreX(b)) < (a.width + b.width) / 3 &&
    Math.abs(centreY(a) - centreY(b)) < (a.height + b.height) / 3;
}

function isStill(live: Live): boolean {
  const { start, box } = live;
  return Math.abs(centreX(start) - centreX(box)) < STILL_SHIFT * start.width &&
    Math.abs(centreY(start) - centreY(box)) < STILL_SHIFT * start.height;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function centreX(box: Box): number {
  return box.x + box.width / 2;
}

function centreY(box: Box): number {
  return box.y + box.height / 2;
}
