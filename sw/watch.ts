import { type HybridClock } from "../field/clock.ts";
import type { SourceStatus, TrackedDetection } from "../field/messages.ts";
import { observationId } from "../field/observation_batch.ts";
import type {
  Box,
  Detection,
  DeviceId,
  ModelRef,
  Observation,
  Place,
} from "../field/observation.ts";
import type { StoredBlob } from "../field/store.ts";
import { type Track, Tracker } from "../field/tracker.ts";
import type { Frame } from "../models/model.ts";

export interface WatchPorts {
  readonly device: DeviceId;
  readonly clock: HybridClock;
  readonly model: ModelRef;
  readonly thumbnail: (frame: Frame, box: Box) => Promise<StoredBlob>;
  readonly record: (observation: Observation, thumb?: StoredBlob) => void;
}

/** While an object stays, its observation is written again this often, so that a kill loses no more. */
const REWRITE_MS = 30_000;
const SHOWN_FROM_FRAMES = 2;

interface Following {
  readonly id: string;
  /** When the observation began: before the track, if the worker was restarted in between. */
  readonly before: Observation | null;
  readonly place: Place | undefined;
  thumb: StoredBlob | undefined;
  writtenAt: number;
}

/** One source being watched: from detections to observations. */
export class Watch {
  readonly source: Omit<SourceStatus, "frames">;
  readonly #ports: WatchPorts;
  readonly #tracker = new Tracker();
  readonly #following = new Map<number, Following>();
  #frames = 0;

  get model(): ModelRef {
    return this.#ports.model;
  }

  /** `resumed`: observations of this source that were in view when the worker ended a moment ago. */
  constructor(
    ports: WatchPorts,
    source: Omit<SourceStatus, "frames">,
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
        writtenAt: before.last,
      });
    }
  }

  get status(): SourceStatus {
    return { ...this.source, frames: this.#frames };
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
  ): Promise<TrackedDetection[]> {
    this.#frames++;
    const step = this.#tracker.step(detections, at);
    const fresh = new Set(step.began.map(({ id }) => id));
    for (const track of step.began) this.#follow(track, at, place);
    for (const track of step.improved) {
      const following = this.#following.get(track.id);
      if (following) following.thumb = await this.#picture(frame, track.box) ?? following.thumb;
    }
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
    return step.seen.filter(({ track }) => track.frames >= SHOWN_FROM_FRAMES)
      .map(({ detection, track }) => this.#tracked(detection, track));
  }

  /** The source has ended: what was in view is completed. */
  finish(): void {
    for (const track of this.#tracker.finish()) this.#end(track);
  }

  async #picture(frame: Frame, box: Box): Promise<StoredBlob | null> {
    try {
      return await this.#ports.thumbnail(frame, box);
    } catch (cause) {
      // a record without its picture is worth more than none; the log shows that it has none
      console.error("Cannot make a thumbnail", cause);
      return null;
    }
  }

  #follow(track: Track, at: number, place: Place | undefined): void {
    const id = observationId(this.#ports.device, this.#ports.clock.next());
    this.#following.set(track.id, { id, before: null, place, thumb: undefined, writtenAt: at });
  }

  #end(track: Track): void {
    const following = this.#following.get(track.id);
    if (!following) return;
    this.#following.delete(track.id);
    this.#write(track, following, false);
  }

  #write(track: Track, { id, before, place, thumb }: Following, open: boolean): void {
    const isBetter = !before || track.score > before.score;
    const hash = thumb?.hash ?? before?.thumb;
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
      ...(hash === undefined ? {} : { thumb: hash }),
    }, thumb);
  }

  #tracked({ label, score, box }: Detection, track: Track): TrackedDetection {
    const id = this.#following.get(track.id)?.id;
    return { label, score, box, unsure: !track.confirmed, ...(id ? { track: id } : {}) };
  }
}
