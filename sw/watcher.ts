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
import type { CameraPose } from "../field/world/camera_pose.ts";
import type { EngineHost } from "./engine_host.ts";
import type { Look } from "./look.ts";
import { LookRates } from "./look_rates.ts";
import { type Found, Lookout, type LookoutPorts } from "./lookout.ts";
import type { Recorder } from "./recorder.ts";
import { Watch, type WatchPorts } from "./watch.ts";

export interface WatcherPorts {
  readonly device: DeviceId;
  readonly beginStamp: WatchPorts["beginStamp"];
  readonly store: Store;
  readonly engine: LookoutPorts["engine"] & Pick<EngineHost, "inferenceMs">;
  readonly recorder: Pick<Recorder, "add" | "flush">;
  readonly thumbnail: WatchPorts["thumbnail"];
  readonly wholeFrame: WatchPorts["wholeFrame"];
  readonly clockAheadMs: WatchPorts["clockAheadMs"];
  readonly nowMs: () => number;
  /** Resolves when what else the worker was asked for has had its turn: an inference blocks all of it. */
  readonly othersFirst: () => Promise<void>;
  readonly onSeen: (source: string, detections: readonly TrackedDetection[]) => void;
  /** Every frame whose detections are known, also when there are none; in each source's order. Must not throw. */
  readonly onLooked: (look: Look) => void;
  readonly onSources: () => void;
  /** How full the links to peers are, 0..1. */
  readonly pressure: () => number;
  /** Of the usual rate, as decisions want it: 1 is usual, 2 twice as often. */
  readonly rateFactor: () => number;
}

/** No frame for this long: the page is gone without a word. */
const SILENT_MS = 8000;
/** The worker was restarted within this time: what was in view then is still the same object. */
const RESUME_MS = 45_000;

interface Source {
  watch: Watch;
  /** That were answered with what is in them, and those of them that the model itself looked at. */
  frames: number;
  looked: number;
  /** The camera's at the last look, if it moves. */
  pose: CameraPose | undefined;
  silence: ReturnType<typeof setTimeout> | undefined;
}

/** What is being watched: sources begin and end, and what is found in their frames becomes observations. */
export class Watcher {
  readonly #ports: WatcherPorts;
  readonly #sources = new Map<string, Source>();
  readonly #lookout: Lookout;
  readonly #rates: LookRates;

  constructor(ports: WatcherPorts) {
    this.#ports = ports;
    const { engine, nowMs, othersFirst, pressure, rateFactor } = ports;
    this.#lookout = new Lookout({ engine, nowMs, othersFirst, use: (found) => this.#use(found) });
    const inferenceMs = () => engine.inferenceMs;
    this.#rates = new LookRates({ inferenceMs, pressure, factor: rateFactor, nowMs });
  }

  get current(): SourceStatus | null {
    const source = [...this.#sources.values()].at(-1);
    return source ? statusOf(source) : null;
  }

  /** Begins a source, or finds it already begun. */
  async start({ source }: Args<"watch-start">): Promise<SourceStatus> {
    const known = this.#sources.get(source.id);
    if (known) return statusOf(known);
    const resumed = await this.#closeStale(source.name);
    const { engine, nowMs } = this.#ports;
    const watch = this.#watchOf({ ...source, since: nowMs() }, engine.model, resumed);
    // another call may have begun it meanwhile: the first one stays
    const first = this.#sources.get(source.id);
    if (first) return statusOf(first);
    const begun: Source = { watch, frames: 0, looked: 0, pose: undefined, silence: undefined };
    this.#sources.set(source.id, begun);
    this.#lookout.begin(source.id);
    this.#listen(source.id, begun);
    this.#ports.onSources();
    return statusOf(begun);
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
    await this.#lookout.end(id); // a picture may be in the making
    source.watch.finish();
    this.#ports.onSources();
    await this.#ports.recorder.flush();
  }

  /** Says what is in a frame, looking at it if it is worth that; or that a newer one took its place. */
  look(frame: Args<"frame">): Promise<FrameResult> {
    const source = this.#sources.get(frame.source);
    if (!source) {
      throw new FieldError(
        "bad-frame",
        `Cannot look at a frame: source ${frame.source} has not begun.`,
      );
    }
    this.#listen(frame.source, source);
    if (frame.battery) this.#rates.charged(frame.battery);
    return this.#lookout.look(frame);
  }

  /** Completes observations that an earlier run of the worker left in view. */
  async closeStale(): Promise<void> {
    await this.#closeStale(null);
  }

  async #use(found: Found): Promise<FrameResult> {
    const { why, call, ms, cameMs } = found;
    const source = this.#sources.get(call.source);
    if (!source) return { looked: false, detections: [], ms, why: "ended" };
    const detections = await this.#see(source, found);
    this.#ports.onSeen(call.source, detections);
    const answered = { source: call.source, cameMs, isLook: why === "looked" };
    const { sources, counts } = this.#lookout;
    const restMs = this.#rates.restMs(answered, sources, counts);
    return { looked: why !== "still", detections, ms, restMs, why };
  }

  /** What is in it becomes tracks and observations, and is told to whom it may concern. */
  async #see(source: Source, found: Found): Promise<readonly TrackedDetection[]> {
    const { why, call, frame, detections, model } = found;
    source.frames++;
    if (why === "looked") source.looked++;
    const isStill = why === "still";
    if (!isStill) source.pose = call.pose;
    // seen from elsewhere, what the last look found would be somewhere else
    if (!isStill || isSamePose(call.pose, source.pose)) this.#ports.onLooked(lookOf(found));
    if (isStill) return source.watch.shown;
    if (model.sha256 !== source.watch.model.sha256) this.#renew(source, model);
    return await source.watch.see(frame, detections, call.at, call.place);
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

function statusOf({ watch, frames, looked }: Source): SourceStatus {
  return { ...watch.source, frames, looked };
}

function lookOf({ call, frame, detections }: Found): Look {
  const { source, at: atMs, pose } = call;
  const { width, height } = frame;
  return { source, atMs, width, height, detections, ...pose && { pose } };
}

/** Poses of one source, which come with their fields in one order. */
function isSamePose(one: CameraPose | undefined, other: CameraPose | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
