import { sha256, toHex } from "../field/bytes.ts";
import { FieldError, toFailure } from "../field/errors.ts";
import type { EngineStatus } from "../field/messages.ts";
import type { ModelRef } from "../field/observation.ts";
import type { Engine } from "../kernels/engine.ts";
import { detect, type Detector, type Frame, type ModelDetection } from "../models/model.ts";

export interface EngineHostPorts {
  readonly engine: Engine;
  readonly detector: Detector;
  /** Reads a file of the app, from the cache if it is there. */
  readonly read: (url: string) => Promise<ArrayBuffer>;
  /** A monotonic clock, ms. */
  readonly nowMs: () => number;
}

const TIMED = 30;
const FPS_WINDOW_MS = 4000;

/** The one network of the worker: loaded at the first frame, one inference at a time. */
export class EngineHost {
  readonly #ports: EngineHostPorts;
  #loading: Promise<void> | null = null;
  #state: EngineStatus["state"] = "idle";
  #failure: EngineStatus["failure"];
  #times: number[] = [];
  #finished: number[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: EngineHostPorts) {
    this.#ports = ports;
  }

  get model(): ModelRef {
    const { id, sha256 } = this.#ports.detector;
    return { id, sha256 };
  }

  get status(): EngineStatus {
    const since = this.#ports.nowMs() - FPS_WINDOW_MS;
    const recent = this.#finished.filter((at) => at > since).length;
    return {
      name: this.#ports.engine.name,
      model: this.#ports.detector.name,
      state: this.#state,
      p50Ms: median(this.#times),
      fps: Math.round((recent * 10_000) / FPS_WINDOW_MS) / 10,
      ...(this.#failure ? { failure: this.#failure } : {}),
    };
  }

  /** Detections, best first, and how long network and decoding took. Throws `model-…` or `inference-failed`. */
  infer(frame: Frame): Promise<{ detections: ModelDetection[]; ms: number }> {
    const result = this.#turn.then(() => this.#infer(frame));
    this.#turn = result.catch(() => {}); // the caller has the failure; the line goes on
    return result;
  }

  async #infer(frame: Frame): Promise<{ detections: ModelDetection[]; ms: number }> {
    await this.#loaded();
    const { engine, detector, nowMs } = this.#ports;
    const start = nowMs();
    try {
      const detections = await detect(engine, detector, frame);
      const ms = nowMs() - start;
      this.#times = [...this.#times, ms].slice(-TIMED);
      const since = nowMs() - FPS_WINDOW_MS;
      this.#finished = [...this.#finished.filter((at) => at > since), nowMs()];
      return { detections, ms };
    } catch (cause) {
      throw new FieldError("inference-failed", "The model could not look at this frame.", {
        cause,
      });
    }
  }

  #loaded(): Promise<void> {
    this.#loading ??= this.#load().catch((thrown) => {
      this.#loading = null; // tried again at the next frame
      this.#state = "failed";
      this.#failure = toFailure(thrown);
      throw thrown;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const { engine, detector } = this.#ports;
    this.#state = "loading";
    const plan = new Uint8Array(await this.#readModel());
    if (toHex(await sha256(plan)) !== detector.sha256) {
      throw new FieldError(
        "model-damaged",
        `Cannot load model ${detector.name}: its SHA-256 is not the one it must have. Reload the app with a network.`,
      );
    }
    try {
      await engine.load(plan);
    } catch (cause) {
      throw new FieldError(
        "model-damaged",
        `Cannot load model ${detector.name}: ${engine.name} does not take it.`,
        { cause },
      );
    }
    this.#state = "ready";
    this.#failure = undefined;
  }

  async #readModel(): Promise<ArrayBuffer> {
    const { detector, read } = this.#ports;
    try {
      return await read(detector.url);
    } catch (cause) {
      throw new FieldError(
        "model-missing",
        `Model ${detector.name} is not on this device yet. Open the app once with a network.`,
        { cause },
      );
    }
  }
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
