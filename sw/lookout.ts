import type { Args, FrameReason, FrameResult } from "../field/messages.ts";
import type { Detection, ModelRef } from "../field/observation.ts";
import { formBatch } from "../field/schedule/batch_former.ts";
import { LatestWins, type QueueCounts } from "../field/schedule/latest_wins.ts";
import { ResultCache } from "../field/schedule/result_cache.ts";
import type { Frame } from "../models/model.ts";
import type { EngineHost } from "./engine_host.ts";
import { type Due, WatchedScene } from "./watched_scene.ts";

type Call = Args<"frame">;

/** What is in a frame, and how that is known. */
export interface Found {
  readonly why: Extract<FrameReason, "looked" | "same" | "still">;
  readonly call: Call;
  readonly frame: Frame;
  /** `still`: of the last look. Shared by all who get them: nobody may change them. */
  readonly detections: readonly Detection[];
  /** What the model took; 0 where it did not look. */
  readonly ms: number;
  readonly model: ModelRef;
  /** When the frame came. */
  readonly cameMs: number;
}

export interface LookoutPorts {
  readonly engine: Pick<EngineHost, "inferBatch" | "mostAtOnce" | "model">;
  readonly nowMs: () => number;
  /** Resolves when what else the worker was asked for has had its turn: an inference blocks all of it. */
  readonly othersFirst: () => Promise<void>;
  /** Makes the caller's answer of it. Of a source one at a time, in the order of its frames. */
  readonly use: (found: Found) => Promise<FrameResult>;
}

interface Source {
  readonly scene: WatchedScene;
  /** Settles, and never rejects, when what was found last has been used. */
  using: Promise<unknown> | null;
}

interface Waiting {
  readonly source: Source;
  readonly call: Call;
  readonly frame: Frame;
  readonly cameMs: number;
  readonly answer: (result: FrameResult) => void;
  readonly fail: (cause: unknown) => void;
}

interface DueFrame extends Waiting, Due {}

/**
 * Whose frame is looked at next, and whether it is worth a look. Of each source the newest frame waits; when the
 * engine is free, who has waited longest is judged, and what the model need not see is answered without it.
 */
export class Lookout {
  readonly #ports: LookoutPorts;
  readonly #sources = new Map<string, Source>();
  readonly #line = new LatestWins<Waiting>();
  readonly #cache = new ResultCache<readonly Detection[]>();
  #isWorking = false;

  constructor(ports: LookoutPorts) {
    this.#ports = ports;
  }

  get sources(): readonly string[] {
    return [...this.#sources.keys()];
  }

  get counts(): QueueCounts {
    return this.#line.counts;
  }

  begin(source: string): void {
    this.#sources.set(source, { scene: new WatchedScene(), using: null });
  }

  /** Answers what waits; resolves when what was found of the source before has been used. */
  async end(id: string): Promise<void> {
    const source = this.#sources.get(id);
    this.#sources.delete(id);
    this.#line.forget(id)?.answer(unseen("ended"));
    await source?.using;
  }

  /** Every frame is answered once. Fails when the model does, for this frame. */
  look(call: Call): Promise<FrameResult> {
    const source = this.#sources.get(call.source);
    if (!source) return Promise.resolve(unseen("ended"));
    const { width, height } = call;
    const frame = { width, height, data: new Uint8ClampedArray(call.rgba) };
    const cameMs = this.#ports.nowMs();
    return new Promise((answer, fail) => {
      const waiting = { source, call, frame, cameMs, answer, fail };
      const passedOver = this.#line.offer(call.source, waiting, cameMs);
      passedOver?.answer(unseen(passedOver === waiting ? "busy" : "newer"));
      this.#work();
    });
  }

  /** Never throws: every frame's caller has its own answer or failure. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#line.next(this.#isReady)) {
      await this.#ports.othersFirst();
      await this.#turn();
    }
    this.#isWorking = false;
  }

  readonly #isReady = (id: string) => this.#sources.get(id)?.using === null;

  async #turn(): Promise<void> {
    const { engine, nowMs } = this.#ports;
    const batch = formBatch(this.#line, nowMs(), {
      most: engine.mostAtOnce,
      lingerMs: 0, // frames that come while the engine is busy are company enough
      sources: this.#sources.size,
      isReady: this.#isReady,
    });
    if (!("frames" in batch)) return; // a source has ended meanwhile
    const due = batch.frames.flatMap(({ item }) => this.#judge(item) ?? []);
    if (due.length > 0) await this.#look(due);
  }

  /** The frame, if the model has to look at it; else it has its answer. */
  #judge(waiting: Waiting): DueFrame | null {
    const { engine, nowMs } = this.#ports;
    const { source: { scene }, frame, call } = waiting;
    const { model } = engine;
    try {
      const judged = scene.judge(frame, call.at, model.sha256);
      if (!("digest" in judged)) {
        this.#use(waiting, { why: "still", detections: judged.detections, ms: 0, model });
        return null;
      }
      const detections = this.#cache.get(model.sha256, judged.digest, nowMs());
      if (!detections) return { ...waiting, ...judged };
      scene.found(judged.verdict, detections, model.sha256);
      this.#use(waiting, { why: "same", detections, ms: 0, model });
    } catch (cause) {
      waiting.fail(cause);
    }
    return null;
  }

  async #look(due: readonly DueFrame[]): Promise<void> {
    try {
      const { detections, ms, model } = await this.#ports.engine.inferBatch(
        due.map(({ frame }) => frame),
      );
      due.forEach((one, i) => {
        one.source.scene.found(one.verdict, detections[i], model.sha256);
        this.#cache.put(model.sha256, one.digest, detections[i], this.#ports.nowMs());
        this.#use(one, { why: "looked", detections: detections[i], ms: ms / due.length, model });
      });
    } catch (cause) {
      for (const { fail } of due) fail(cause);
    }
  }

  #use(
    { source, call, frame, cameMs, answer, fail }: Waiting,
    found: Pick<Found, "why" | "detections" | "ms" | "model">,
  ): void {
    if (this.#sources.get(call.source) !== source) return answer(unseen("ended"));
    const using = this.#ports.use({ call, frame, cameMs, ...found }).then(answer, fail)
      .then(() => {
        source.using = null;
        this.#work();
      });
    source.using = using;
  }
}

function unseen(why: FrameReason): FrameResult {
  return { looked: false, detections: [], ms: 0, why };
}
