import { FieldError, toFailure } from "../field/errors.ts";
import type { EngineStatus, ModelInfo, ProcessorMode, ProcessorStatus } from "../field/messages.ts";
import type { ModelRef } from "../field/observation.ts";
import type { Store } from "../field/store/store.ts";
import { isChoosing } from "../kernels/chosen_engine.ts";
import type { Engine } from "../kernels/engine.ts";
import type { Detector, Frame, ModelDetection } from "../models/model.ts";
import type { ShippedDetector } from "../models/shipped_detector.ts";
import { type LoadedModel, loadModel, type ModelFiles } from "./model_loader.ts";
import { isProcessorMode } from "./parse_call.ts";

export interface EngineHostPorts extends ModelFiles {
  /** What can be chosen; the first is what a device watches with until it is told otherwise. */
  readonly detectors: readonly ShippedDetector[];
  readonly store: Pick<Store, "setting" | "commit">;
}

/** A frame's detections, best first, how long network and decoding took, and which model looked. */
export interface Inference {
  readonly detections: ModelDetection[];
  readonly ms: number;
  readonly model: ModelRef;
}

/** Each frame's detections, in the frames' order; `ms` is of all of them. */
export interface BatchInference {
  readonly detections: readonly ModelDetection[][];
  readonly ms: number;
  readonly model: ModelRef;
}

const CHOICE_SETTING = "engine.model";
const PROCESSOR_SETTING = "engine.processor";
/** Frames that a GPU is given at once: each needs activations of its own in its memory. */
const MOST_ON_GPU = 4;
const TIMED = 30;
const FPS_WINDOW_MS = 4000;

/** The one network of the worker: loaded at the first frame, one inference at a time. */
export class EngineHost {
  readonly #ports: EngineHostPorts;
  #chosen: ShippedDetector;
  #processor: ProcessorMode;
  #loaded: LoadedModel | null = null;
  #loading: Promise<LoadedModel> | null = null;
  #state: EngineStatus["state"] = "idle";
  #failure: EngineStatus["failure"];
  #coldStart: EngineStatus["coldStart"] = null;
  #times: number[] = [];
  #finished: number[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(ports: EngineHostPorts, chosen: ShippedDetector, processor: ProcessorMode) {
    this.#ports = ports;
    this.#chosen = chosen;
    this.#processor = processor;
  }

  /** With the model that was chosen last, if it still ships, and the processor. */
  static async open(ports: EngineHostPorts): Promise<EngineHost> {
    const { store, detectors } = ports;
    const [model, processor] = await Promise.all([
      store.setting(CHOICE_SETTING),
      store.setting(PROCESSOR_SETTING),
    ]);
    const [first] = detectors;
    const chosen = detectors.find(({ id }) => id === model) ?? first;
    return new EngineHost(ports, chosen, isProcessorMode(processor) ? processor : "auto");
  }

  get model(): ModelRef {
    return refOf(this.#detector);
  }

  /** Frames that are worth waiting for one another: Wasm looks at them one by one anyway, and blocks meanwhile. */
  get mostAtOnce(): number {
    return this.#processorStatus.inUse === "gpu" ? MOST_ON_GPU : 1;
  }

  /** Median of the last inferences, ms a frame; null before the first. */
  get inferenceMs(): number | null {
    return median(this.#times);
  }

  get status(): EngineStatus {
    const since = this.#ports.nowMs() - FPS_WINDOW_MS;
    const recent = this.#finished.filter((at) => at > since).length;
    return {
      name: this.#loaded?.engine.name ?? this.#ports.engineName(this.#detector),
      model: this.#detector.name,
      modelId: this.#detector.id,
      state: this.#state,
      p50Ms: this.inferenceMs,
      fps: Math.round((recent * 10_000) / FPS_WINDOW_MS) / 10,
      coldStart: this.#coldStart,
      processor: this.#processorStatus,
      ...(this.#failure ? { failure: this.#failure } : {}),
    };
  }

  async models(): Promise<ModelInfo[]> {
    return await Promise.all(this.#ports.detectors.map(async (detector) => {
      const files = this.#ports.filesOf(detector);
      const here = await Promise.all(files.map(({ url }) => this.#ports.has(url)));
      return {
        id: detector.id,
        name: detector.name,
        about: detector.about,
        classes: detector.labels.length,
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        here: here.every((each) => each),
        chosen: detector === this.#chosen,
      };
    }));
  }

  /** Throws `model-…`; what looked before then goes on looking. */
  choose(id: string): Promise<void> {
    return this.#inTurn(() => this.#choose(id));
  }

  /** Resolves when the choice is on disk; it holds from the next frame on. */
  async chooseProcessor(mode: ProcessorMode): Promise<void> {
    await this.#ports.store.commit({ settings: { [PROCESSOR_SETTING]: mode } });
    this.#processor = mode;
    const engine = this.#loaded?.engine;
    if (!engine || !isChoosing(engine)) return;
    engine.prefer(mode);
    this.#times = [];
  }

  /** Throws `model-…` or `inference-failed`. */
  async infer(frame: Frame): Promise<Inference> {
    const { detections: [detections], ms, model } = await this.inferBatch([frame]);
    return { detections, ms, model };
  }

  /** All frames by one model. Throws like `infer`, then for all of them. */
  inferBatch(frames: readonly Frame[]): Promise<BatchInference> {
    return this.#inTurn(() => this.#inferBatch(frames));
  }

  get #detector(): ShippedDetector {
    return this.#loaded?.detector ?? this.#chosen;
  }

  get #processorStatus(): ProcessorStatus {
    const engine = this.#loaded?.engine;
    if (engine && isChoosing(engine)) return engine.choice;
    const mode = this.#processor;
    if (this.#detector.runtime !== "plan") return { mode, inUse: "wasm", why: "model" };
    return { mode, inUse: "wasm", why: mode === "wasm" ? "forced" : "not-tried" };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {}); // the caller has the failure; the line goes on
    return result;
  }

  async #choose(id: string): Promise<void> {
    const detector = this.#ports.detectors.find((each) => each.id === id);
    if (!detector) {
      throw new FieldError("model-missing", `There is no model ${id} in this version.`);
    }
    if (this.#loaded?.detector !== detector) this.#take(await this.#load(detector));
    this.#failure = undefined;
    this.#chosen = detector;
    await this.#ports.store.commit({ settings: { [CHOICE_SETTING]: id } });
  }

  async #inferBatch(frames: readonly Frame[]): Promise<BatchInference> {
    const { engine, detector, readMs, loadMs } = await this.#ready();
    const { nowMs } = this.#ports;
    const start = nowMs();
    try {
      const detections = await detectAll(engine, detector, frames);
      const ms = nowMs() - start;
      this.#count(ms, frames.length);
      if (frames.length > 0) this.#coldStart ??= { readMs, loadMs, firstMs: ms };
      return { detections, ms, model: refOf(detector) };
    } catch (cause) {
      throw new FieldError("inference-failed", "The model could not look at this frame.", {
        cause,
      });
    }
  }

  /** So many frames took `ms` together. */
  #count(ms: number, frames: number): void {
    const now = this.#ports.nowMs();
    const times = Array.from({ length: frames }, () => ms / frames);
    this.#times = [...this.#times, ...times].slice(-TIMED);
    const finished = this.#finished.filter((at) => at > now - FPS_WINDOW_MS);
    this.#finished = [...finished, ...times.map(() => now)];
  }

  async #ready(): Promise<LoadedModel> {
    if (this.#loaded) return this.#loaded;
    this.#loading ??= this.#loadFirst().finally(() => this.#loading = null);
    return await this.#loading;
  }

  /** The chosen model, or, told in `status.failure`, the one that every device begins with. */
  async #loadFirst(): Promise<LoadedModel> {
    this.#state = "loading";
    try {
      const loaded = await this.#load(this.#chosen);
      this.#failure = undefined;
      return this.#take(loaded);
    } catch (thrown) {
      this.#failure = toFailure(thrown);
      const [first] = this.#ports.detectors;
      if (this.#chosen !== first) return this.#take(await this.#loadInstead(first));
      this.#state = "failed"; // tried again at the next frame
      throw thrown;
    }
  }

  /** With the processor that is wanted when it is ready. */
  async #load(detector: ShippedDetector): Promise<LoadedModel> {
    const processor = this.#processor;
    const loaded = await loadModel(detector, this.#ports, processor);
    const { engine } = loaded;
    if (this.#processor !== processor && isChoosing(engine)) engine.prefer(this.#processor);
    return loaded;
  }

  async #loadInstead(detector: ShippedDetector): Promise<LoadedModel> {
    try {
      return await this.#load(detector);
    } catch (thrown) {
      this.#state = "failed";
      throw thrown;
    }
  }

  #take(loaded: LoadedModel): LoadedModel {
    const before = this.#loaded;
    this.#loaded = loaded;
    this.#state = "ready";
    this.#times = [];
    this.#coldStart = null;
    before?.engine.dispose().catch((cause) => console.error("Cannot free a model", cause));
    return loaded;
  }
}

/** The detections of each frame, the same as one by one. */
async function detectAll(
  engine: Engine,
  detector: Detector,
  frames: readonly Frame[],
): Promise<ModelDetection[][]> {
  const outputs = await engine.runBatch(frames.map((frame) => detector.prepare(frame)));
  return frames.map((frame, i) => detector.decode(outputs[i], frame));
}

function refOf({ id, sha256 }: ShippedDetector): ModelRef {
  return { id, sha256 };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
