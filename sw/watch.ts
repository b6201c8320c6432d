import type { Stamp } from "../field/clock.ts";
import type { SourceStatus, TrackedDetection } from "../field/messages.ts";
import { observationId } from "../field/batch/observation_batch.ts";
import type {
  Box,
  Detection,
  DeviceId,
  FrameSize,
  ModelRef,
  Observation,
  Place,
} from "../field/observation.ts";
import type { StoredBlob } from "../field/store/store.ts";
import { type Track, Tracker } from "../field/tracker.ts";
import type { Frame } from "../models/model.ts";

export interface WatchPorts {
  readonly device: DeviceId;
  /** The number of an observation that began at `first`, ms since the epoch: never the same twice. */
  readonly beginStamp: (first: number) => Stamp;
  readonly model: ModelRef;
  readonly thumbnail: (frame: Frame, box: Box) => Promise<StoredBlob>;
  /** A picture of the whole frame; null when these are not kept. */
  readonly wholeFrame: (frame: Frame) => Promise<StoredBlob> | null;
  /** By how much this device's clock is ahead of its peers', ms; null when it has met nobody. */
  readonly clockAheadMs: () => number | null;
  /** `pictures`: those that the observation names and that may not be on disk yet. */
  readonly record: (observation: Observation, pictures: readonly StoredBlob[]) => void;
}

/** What is watched, and since when. */
export type WatchSource = Omit<SourceStatus, "frames" | "looked">;

/** While an object stays, its observation is written again this often, so that a kill loses no more. */
const REWRITE_MS = 30_000;
const SHOWN_FROM_FRAMES = 2;

interface Following {
  readonly id: string;
  /** When the observation began: before the track, if the worker was restarted in between. */
  readonly before: Observation | null;
  readonly place: Place | undefined;
  thumb: StoredBlob | undefined;
  wholeFrame: StoredBlob | undefined;
  /** Of the frame in which it was seen best. */
  size: FrameSize | undefined;
  writtenAt: number;
}

/** One source being watched: from detections to observations. */
export class Watch {
  readonly source: WatchSource;
  readonly #ports: WatchPorts;
  readonly #tracker = new Tracker();
  readonly #following = new Map<number, Following>();
  #shown: readonly TrackedDetection[] = [];

  get model(): ModelRef {
    return this.#ports.model;
  }

  /** `resumed`: observations of this source that were in view when the worker ended a moment ago. */
  constructor(
    ports: WatchPorts,
    source: WatchSource,
    resumed: readonly Observation[],
  ) {
    this.#ports = ports;
    this.source = source;
    for (const before of resumed) {
      const id = this.#tracker.resume(before);
      this.#following.set(id, {
        id: before.id,
        before,
        place: before.place,
        thumb: undefined,
        wholeFrame: undefined,
        size: before.size,
        writtenAt: before.last,
      });
    }
  }

  /** Is this observation still being written by this watch? */
  follows(observation: string): boolean {
    return [...this.#following.values()].some(({ id }) => id === observation);
  }

  /** One frame's detections become tracks and observations. */
  async see(
    frame: Frame,
    detections: readonly Detection[],
    at: number,
    place: Place | undefined,
  ): Promise<readonly TrackedDetection[]> {
    const step = this.#tracker.step(detections, at);
    const fresh = new Set(step.began.map(({ id }) => id));
    for (const track of step.began) this.#follow(track, at, place, sizeOf(frame));
    await this.#picture(frame, step.improved);
    for (const { track } of step.seen) {
      const following = this.#following.get(track.id);
      if (!following) continue;
      if (fresh.has(track.id) || at - following.writtenAt >= REWRITE_MS) {
        following.writtenAt = at;
        this.#write(track, following, true);
      }
    }
    for (const track of step.ended) this.#end(track);
    // what one frame alone has seen is mostly noise: it would only flicker
    this.#shown = step.seen.filter(({ track }) => track.frames >= SHOWN_FROM_FRAMES)
      .map(({ detection, track }) => this.#tracked(detection, track));
    return this.#shown;
  }

  /**
   * What the last frame that was seen held: all that can be said of one that nobody looked at, since nothing had
   * changed. It is no sighting. The looks between (`field/schedule`) keep what stands still.
   */
  get shown(): readonly TrackedDetection[] {
    return this.#shown;
  }

  /** The source has ended: what was in view is completed. */
  finish(): void {
    for (const track of this.#tracker.finish()) this.#end(track);
  }

  /** These are seen better than ever before: pictures of them, and one of the frame for all. */
  async #picture(frame: Frame, improved: readonly Track[]): Promise<void> {
    let whole: Promise<StoredBlob | undefined> | undefined;
    for (const { id, box } of improved) {
      const following = this.#following.get(id);
      if (!following) continue;
      following.thumb = await attempt(this.#ports.thumbnail(frame, box)) ?? following.thumb;
      whole ??= attempt(this.#ports.wholeFrame(frame));
      following.wholeFrame = await whole ?? following.wholeFrame;
      following.size = sizeOf(frame);
    }
  }

  #follow(track: Track, at: number, place: Place | undefined, size: FrameSize): void {
    this.#following.set(track.id, {
      id: observationId(this.#ports.device, this.#ports.beginStamp(track.first)),
      before: null,
      place,
      thumb: undefined,
      wholeFrame: undefined,
      size,
      writtenAt: at,
    });
  }

  #end(track: Track): void {
    const following = this.#following.get(track.id);
    if (!following) return;
    this.#following.delete(track.id);
    this.#write(track, following, false);
  }

  #write(track: Track, following: Following, open: boolean): void {
    const { id, before, place, thumb, wholeFrame, size } = following;
    const isBetter = !before || track.score > before.score;
    const clockAheadMs = this.#ports.clockAheadMs() ?? before?.clockAheadMs;
    const [thumbHash, frameHash] = [
      thumb?.hash ?? before?.thumb,
      wholeFrame?.hash ?? before?.frame,
    ];
    this.#ports.record({
      id,
      device: this.#ports.device,
      label: track.label,
      score: isBetter ? track.score : before.score,
      box: isBetter ? track.bestBox : before.box,
      first: before?.first ?? track.first,
      last: track.last,
      open,
      frames: track.frames + (before?.frames ?? 0),
      source: this.source.name,
      model: this.#ports.model,
      ...(place ? { place } : {}),
      ...(thumbHash === undefined ? {} : { thumb: thumbHash }),
      ...(frameHash === undefined ? {} : { frame: frameHash }),
      ...(size ? { size } : {}),
      ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
    }, [thumb, wholeFrame].flatMap((picture) => picture ?? []));
  }

  #tracked({ label, score, box }: Detection, track: Track): TrackedDetection {
    const id = this.#following.get(track.id)?.id;
    return { label, score, box, unsure: !track.confirmed, ...(id ? { track: id } : {}) };
  }
}

async function attempt(picture: Promise<StoredBlob> | null): Promise<StoredBlob | undefined> {
  try {
    return await picture ?? undefined;
  } catch (cause) {
    // a record without its picture is worth more than none; the log shows that it has none
    console.error("Cannot make a picture", cause);
    return undefined;
  }
}

function sizeOf({ width, height }: Frame): FrameSize {
  return { width, height };
}
