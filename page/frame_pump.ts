import { type ErrorCode, type Failure, toFailure } from "../field/errors.ts";
import type { TrackedDetection } from "../field/messages.ts";
import type { Place } from "../field/observation.ts";
import type { Battery } from "../field/schedule/engine_capacity.ts";
import { Backoff } from "./backoff.ts";
import type { RgbaFrame } from "./frame_reader.ts";
import type { Source } from "./sources/source.ts";
import { sleep, type Timing } from "./timing.ts";
import type { WorkerCalls } from "./worker_connection.ts";

/** At most ten frames a second: more shows nothing new to a tracker and drains the battery. */
const LEAST_INTERVAL_MS = 100;
/** After a frame that took t, the worker is left alone for this share of t: to save and to sync. */
const REST_SHARE = 0.2;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 10_000;
const MENDS_ITSELF: ReadonlySet<ErrorCode> = new Set(["worker-lost", "bad-frame"]);

export interface PumpPorts {
  readonly timing: Timing;
  readonly calls: WorkerCalls;
  /** 0..1, for the spread of retries. */
  readonly random: () => number;
  /** ms since the epoch. */
  readonly wallMs: () => number;
  /** Null while there is no picture. */
  readonly read: (source: Source) => RgbaFrame | null;
  /** Where the device stands, if its user lets that be recorded. */
  readonly place: () => Place | undefined;
  /** Of the device, where the browser tells. */
  readonly battery: () => Battery | undefined;
  /** Resolves as soon as the page can be seen. Rejects with the signal's reason. */
  readonly visible: (signal: AbortSignal) => Promise<void>;
  readonly onDetections: (detections: readonly TrackedDetection[]) => void;
  /** A failure is told once, not with every frame that meets it. */
  readonly onFailure: (failure: Failure) => void;
}

/** How long to wait before the next frame, in ms, when the last one took `tookMs`. */
export function restMs(tookMs: number, intervalMs: number): number {
  return Math.max(Math.max(intervalMs, LEAST_INTERVAL_MS) - tookMs, tookMs * REST_SHARE);
}

/**
 * Carries a source's frames to the worker, one at a time: the next is taken when the answer to the last
 * has come, so none ever waits in a queue and the worker always looks at the newest.
 */
export class FramePump {
  readonly #source: Source;
  readonly #id: string;
  readonly #ports: PumpPorts;
  readonly #backoff: Backoff;
  #announced = false;
  /** How often the worker has forgotten the source. */
  #forgotten = 0;
  #failuresInRow = 0;
  #toldCode: ErrorCode | undefined;

  constructor(id: string, source: Source, ports: PumpPorts) {
    this.#id = id;
    this.#source = source;
    this.#ports = ports;
    this.#backoff = new Backoff(
      { firstMs: RETRY_FIRST_MS, mostMs: RETRY_MOST_MS },
      ports.random,
    );
  }

  /** The worker has forgotten the source: announce it again before the next frame. */
  forget(): void {
    this.#announced = false;
    this.#forgotten++;
  }

  /** Tells the worker of the source. Rejects with its failure. */
  async announce(signal: AbortSignal): Promise<void> {
    const { name, kind } = this.#source;
    this.#announced = true;
    try {
      const source = { id: this.#id, name, kind };
      await this.#ports.calls.call("watch-start", { source }, { signal });
    } catch (error) {
      this.#announced = false;
      throw error;
    }
  }

  /** Runs until aborted; then it resolves. Failures are told and tried again, ever more rarely. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await sleep(this.#ports.timing, await this.#turn(signal), signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  /** Returns how long to wait before the next. */
  async #turn(signal: AbortSignal): Promise<number> {
    const { timing, visible } = this.#ports;
    await visible(signal);
    const beganMs = timing.now();
    const forgotten = this.#forgotten;
    try {
      if (!this.#announced) await this.announce(signal);
      await this.#source.nextPicture(signal);
      // the source may have been closed in between
      signal.throwIfAborted();
      const takenMs = timing.now();
      const askedMs = await this.#hand(signal);
      this.#succeed();
      return Math.max(restMs(timing.now() - takenMs, this.#source.intervalMs), askedMs);
    } catch (error) {
      if (signal.aborted) throw error;
      // what a restarted worker says of a source that it does not know yet is no failure
      if (forgotten !== this.#forgotten) return restMs(timing.now() - beganMs, 0);
      this.#fail(toFailure(error));
      return Math.max(this.#backoff.nextMs(), restMs(timing.now() - beganMs, 0));
    }
  }

  /** Returns the rest that the worker asks for, ms. */
  async #hand(signal: AbortSignal): Promise<number> {
    const { battery, calls, place, read, wallMs } = this.#ports;
    const frame = read(this.#source);
    if (!frame) return 0;
    const [stood, power] = [place(), battery()];
    const result = await calls.call("frame", {
      source: this.#id,
      ...frame,
      at: wallMs(),
      ...(stood && { place: stood }),
      ...(power && { battery: power }),
    }, { transfer: [frame.rgba], signal });
    // of a frame that was passed over nothing is known; in one where all is still, what was there is there
    if (result.looked || result.why === "still") this.#ports.onDetections(result.detections);
    return result.restMs ?? 0;
  }

  #succeed(): void {
    this.#backoff.reset();
    this.#failuresInRow = 0;
    this.#toldCode = undefined;
  }

  #fail(failure: Failure): void {
    // the worker was restarted, or was updated, and does not know the source: begin anew
    this.#announced = false;
    this.#failuresInRow++;
    // a worker that was stopped is started by the next frame, and a source that it took for gone is begun
    // anew: only if it stays so is it worth a word
    const isWorthAWord = !MENDS_ITSELF.has(failure.code) || this.#failuresInRow > 1;
    if (!isWorthAWord || failure.code === this.#toldCode) return;
    this.#toldCode = failure.code;
    this.#ports.onFailure(failure);
  }
}
