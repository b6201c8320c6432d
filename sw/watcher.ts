import type {
  Args,
  FrameResult,
  Observation,
  SourceStatus,
  TrackedDetection,
} from "../field/messages.ts";
import { FieldError } from "../field/errors.ts";
import type { DeviceId, ModelRef } from "../field/observation.ts";
import type { Store } from "../field/store/store.ts";
import type { EngineHost } from "./engine_host.ts";
import type { Recorder } from "./recorder.ts";
import { Watch, type WatchPorts } from "./watch.ts";

export interface WatcherPorts {
  readonly device: DeviceId;
  readonly beginStamp: WatchPorts["beginStamp"];
  readonly store: Store;
  readonly engine: EngineHost;
  readonly recorder: Recorder;
  readonly thumbnail: WatchPorts["thumbnail"];
  readonly wholeFrame: WatchPorts["wholeFrame"];
  readonly clockAheadMs: WatchPorts["clockAheadMs"];
  readonly nowMs: () => number;
  /** Resolves when what else the worker was asked for has had its turn: an inference blocks all of it. */
  readonly othersFirst: () => Promise<void>;
  readonly onSeen: (source: string, detections: readonly TrackedDetection[]) => void;
  readonly onSources: () => void;
  /** How full the links to peers are, 0..1. */
  readonly pressure: () => number;
}

/** No frame for this long: the page is gone without a word. */
const SILENT_MS = 8000;
/** The worker was restarted within this time: what was in view then is still the same object. */
const RESUME_MS = 45_000;

/** Links this full are not what a frame should wait for. */
const EASY_PRESSURE = 0.5;
const MOST_REST_MS = 1000;

const NOT_LOOKED: FrameResult = { looked: false, detections: [], ms: 0 };

interface Waiting {
  readonly frame: Args<"frame">;
  readonly answer: (result: FrameResult) => void;
  readonly fail: (cause: unknown) => void;
}

interface Source {
  watch: Watch;
  /** The newest frame waits for the engine; one before it that waited is answered unseen. */
  waiting: Waiting | null;
  busy: boolean;
  /** Detections of a frame on their way to observations and pictures. */
  seeing: Promise<unknown>;
  silence: ReturnType<typeof setTimeout> | undefined;
}

/** What is being watched: of every source the newest frame waits, and one is looked at. */
export class Watcher {
  readonly #ports: WatcherPorts;
  readonly #sources = new Map<string, Source>();

  constructor(ports: WatcherPorts) {
    this.#ports = ports;
  }

  get current(): SourceStatus | null {
    return [...this.#sources.values()].at(-1)?.watch.status ?? null;
  }

  /** Begins a source, or finds it already begun. */
  async start({ source }: Args<"watch-start">): Promise<SourceStatus> {
    const known = this.#sources.get(source.id);
    if (known) return known.watch.status;
    const resumed = await this.#closeStale(source.name);
    const { engine, nowMs } = this.#ports;
    const watch = this.#watchOf({ ...source, since: nowMs() }, engine.model, resumed);
    // another call may have begun it meanwhile: the first one stays
    const first = this.#sources.get(source.id);
    if (first) return first.watch.status;
    const begun: Source = {
      watch,
      waiting: null,
      busy: false,
      seeing: Promise.resolve(),
      silence: undefined,
    };
    this.#sources.set(source.id, begun);
    this.#listen(source.id, begun);
    this.#ports.onSources();
    return watch.status;
  }

  #watchOf(source: Watch["source"], model: ModelRef, resumed: readonly Observation[]): Watch {
    const { recorder, ...ports } = this.#ports;
    const record: WatchPorts["record"] = (one, pictures) => recorder.add(one, pictures);
    return new Watch({ ...ports, model, record }, source, resumed);
  }

  /** Ends a source; resolves when its observations are on disk (or the disk refuses). */
  async stop(id: string): Promise<void> {
    const source = this.#sources.get(id);
    if (!source) return;
    this.#sources.delete(id);
    clearTimeout(source.silence);
    source.waiting?.answer(NOT_LOOKED);
    source.waiting = null;
    await source.seeing.catch(() => {}); // its frame has the failure; a picture may be in the making
    source.watch.finish();
    this.#ports.onSources();
    await this.#ports.recorder.flush();
  }

  /** Looks at a frame, or says that a newer one took its place. */
  look(frame: Args<"frame">): Promise<FrameResult> {
    const source = this.#sources.get(frame.source);
    if (!source) {
      throw new FieldError(
        "bad-frame",
        `Cannot look at a frame: source ${frame.source} has not begun.`,
      );
    }
    this.#listen(frame.source, source);
    source.waiting?.answer(NOT_LOOKED);
    return new Promise((answer, fail) => {
      source.waiting = { frame, answer, fail };
      if (!source.busy) this.#work(source);
    });
  }

  /** Completes observations that an earlier run of the worker left in view. */
  async closeStale(): Promise<void> {
    await this.#closeStale(null);
  }

  /** Never throws: every frame's caller has its own answer or failure. */
  async #work(source: Source): Promise<void> {
    source.busy = true;
    while (source.waiting) {
      const { frame, answer, fail } = source.waiting;
      source.waiting = null;
      await this.#ports.othersFirst();
      await this.#lookAt(source, frame).then(answer, fail);
    }
    source.busy = false;
  }

  async #lookAt(source: Source, call: Args<"frame">): Promise<FrameResult> {
    const frame = {
      width: call.width,
      height: call.height,
      data: new Uint8ClampedArray(call.rgba),
    };
    const { detections, ms, model } = await this.#ports.engine.infer(frame);
    if (!this.#sources.has(call.source)) return NOT_LOOKED;
    if (model.sha256 !== source.watch.model.sha256) this.#renew(source, model);
    const seeing = source.watch.see(frame, detections, call.at, call.place);
    source.seeing = seeing;
    const tracked = await seeing;
    this.#ports.onSeen(call.source, tracked);
    return { looked: true, detections: tracked, ms, restMs: restMsAt(this.#ports.pressure()) };
  }

  /** Another model looks from now on: an observation names the one that made it. */
  #renew(source: Source, model: ModelRef): void {
    source.watch.finish();
    source.watch = this.#watchOf(source.watch.source, model, []);
  }

  /** Ends observations left open, but for those of `name` that can go on: these are returned. */
  async #closeStale(name: string | null): Promise<Observation[]> {
    const { store, device, recorder, nowMs } = this.#ports;
    const resumed: Observation[] = [];
    for (const left of await store.openObservations(device)) {
      if (this.#isFollowed(left)) continue;
      const isFresh = nowMs() - left.last <= RESUME_MS;
      if (isFresh && left.source === name) resumed.push(left);
      else if (!isFresh || name !== null) recorder.add({ ...left, open: false });
    }
    return resumed;
  }

  #isFollowed({ id }: Observation): boolean {
    return [...this.#sources.values()].some(({ watch }) => watch.follows(id));
  }

  #listen(id: string, source: Source): void {
    clearTimeout(source.silence);
    source.silence = setTimeout(() => {
      this.stop(id).catch(() => {}); // what could not be saved is the recorder's, which tells and retries
    }, SILENT_MS);
  }
}

/** Frames yield to the network: what they would add waits for what is on its way. */
function restMsAt(pressure: number): number {
  const above = Math.max(0, pressure - EASY_PRESSURE) / (1 - EASY_PRESSURE);
  return Math.round(Math.min(1, above) * MOST_REST_MS);
}
