import { type Failure, FieldError, toFailure } from "../field/errors.ts";
import type { TrackedDetection } from "../field/messages.ts";
import type { Capture, SourceChoice } from "./fieldmesh.ts";
import { FramePump, type PumpPorts } from "./frame_pump.ts";
import type { PlaceWatch } from "./place_watch.ts";
import type { ScreenHold } from "./screen_hold.ts";
import type { DroneSource } from "./sources/drone_source.ts";
import type { Source, SourceEvents } from "./sources/source.ts";
import type { WorkerConnection } from "./worker_connection.ts";

/** How long place may look for a first fix when it is turned on without watching. */
const PLACE_TRIAL_MS = 60_000;

export type OpenSource = (
  choice: SourceChoice | DroneSource,
  events: SourceEvents,
  signal: AbortSignal,
) => Promise<Source>;

export interface CapturePorts
  extends Pick<PumpPorts, "battery" | "timing" | "random" | "wallMs" | "read" | "visible"> {
  readonly worker: Pick<WorkerConnection, "call" | "hold" | "onRestart">;
  readonly open: OpenSource;
  readonly newId: () => string;
  readonly isHidden: () => boolean;
  readonly screen: Pick<ScreenHold, "hold" | "release">;
  readonly position: Pick<PlaceWatch, "start" | "stop" | "place">;
  readonly onCapture: (capture: Capture | null) => void;
  readonly onDetections: (detections: readonly TrackedDetection[]) => void;
  readonly onFailure: (failure: Failure, trying: string) => void;
}

/** One source being watched. */
interface Watch {
  readonly id: string;
  readonly since: number;
  readonly source: Source;
  readonly pump: FramePump;
  readonly abort: AbortController;
  readonly release: () => void;
  stalled: boolean;
}

/** Watches at most one source in this page: opens it, carries its frames to the worker, ends it. */
export class Capturing {
  readonly #ports: CapturePorts;
  #starting: AbortController | undefined;
  #watch: Watch | undefined;
  #placeWanted: boolean;

  constructor(ports: CapturePorts, placeWanted: boolean) {
    this.#ports = ports;
    this.#placeWanted = placeWanted;
    ports.worker.onRestart(() => this.#watch?.pump.forget());
  }

  get current(): Capture | null {
    return this.#watch ? this.#describe(this.#watch) : null;
  }

  /**
   * Stops what is watched and watches this. Resolves when the worker knows of it; rejects with a
   * `FieldError`: the source's own (`camera-…`, `file-unreadable`), the worker's, or that it was called off.
   */
  async start(choice: SourceChoice | DroneSource): Promise<Capture> {
    this.#callOffStart();
    this.#end()?.catch((error) => this.#tell(error, "Ending the former watch"));
    const abort = new AbortController();
    this.#starting = abort;
    const watch = await this.#open(choice, abort);
    if (this.#starting !== abort) {
      discard(watch);
      throw calledOff();
    }
    this.#starting = undefined;
    this.#watch = watch;
    this.#begin(watch);
    try {
      await watch.pump.announce(abort.signal);
    } catch (error) {
      if (this.#watch === watch) this.#close(watch);
      throw error;
    }
    watch.pump.run(abort.signal).catch((error) => this.#breakOff(watch, error));
    return this.#describe(watch);
  }

  /** Resolves when the worker has completed and saved what was in view. */
  async stop(): Promise<void> {
    this.#callOffStart();
    await this.#end();
  }

  /** Place goes with frames from now on, or no more. Asks the user's permission at once. */
  setPlace(on: boolean): void {
    this.#placeWanted = on;
    if (!on) return this.#ports.position.stop();
    this.#ports.position.start();
    this.#ports.timing.after(PLACE_TRIAL_MS, () => {
      if (!this.#watch) this.#ports.position.stop();
    });
  }

  /** The page was hidden or is seen again. */
  visibilityChanged(): void {
    if (!this.#watch) return;
    this.#show(this.#watch);
    if (!this.#ports.isHidden()) this.#holdScreen();
  }

  /** The page is being left, perhaps for good: what is in view ends here. */
  leavePage(): void {
    const { pump, id } = this.#watch ?? {};
    if (!pump || !id) return;
    pump.forget();
    // nobody is left to hear of it; the worker also ends a source that sends nothing more
    this.#ports.worker.call("watch-stop", { source: id }).catch(() => {});
  }

  async #open(choice: SourceChoice | DroneSource, abort: AbortController): Promise<Watch> {
    const watching: { watch?: Watch } = {};
    const opening = this.#ports.open(choice, this.#sourceEvents(watching), abort.signal);
    const source = await orAbandon(opening, abort.signal);
    const id = this.#ports.newId();
    watching.watch = {
      id,
      since: this.#ports.wallMs(),
      source,
      pump: new FramePump(id, source, this.#pumpPorts()),
      abort,
      release: this.#ports.worker.hold(),
      stalled: false,
    };
    return watching.watch;
  }

  #pumpPorts(): PumpPorts {
    const { worker, position, onDetections, onFailure, ...ports } = this.#ports;
    return {
      ...ports,
      calls: worker,
      place: () => this.#placeWanted ? position.place() : undefined,
      onDetections,
      onFailure: (failure) => onFailure(failure, "Looking at a frame"),
    };
  }

  #sourceEvents(watching: { readonly watch?: Watch }): SourceEvents {
    const whileWatched = (act: (watch: Watch) => void) => () => {
      const { watch } = watching;
      if (watch && watch === this.#watch) act(watch);
    };
    const setStalled = (stalled: boolean) =>
      whileWatched((watch) => {
        watch.stalled = stalled;
        this.#show(watch);
      });
    return {
      stalled: setStalled(true),
      flowing: setStalled(false),
      resized: whileWatched((watch) => this.#show(watch)),
      broken: (reason) => whileWatched((watch) => this.#breakOff(watch, reason))(),
    };
  }

  #begin(watch: Watch): void {
    this.#show(watch);
    if (!this.#ports.isHidden()) this.#holdScreen();
    if (this.#placeWanted) this.#ports.position.start();
  }

  /** Ends what is watched; the promise is the worker's part. Undefined when nothing was. */
  #end(): Promise<null> | undefined {
    const watch = this.#watch;
    if (!watch) return undefined;
    this.#close(watch);
    return this.#ports.worker.call("watch-stop", { source: watch.id });
  }

  #close(watch: Watch): void {
    this.#watch = undefined;
    discard(watch);
    this.#ports.position.stop();
    this.#ports.screen.release().catch((error) => this.#tell(error, "Letting the screen go dark"));
    this.#ports.onCapture(null);
  }

  /** The source broke by itself: its user is told, and what was in view is completed. */
  #breakOff(watch: Watch, reason: unknown): void {
    if (this.#watch !== watch) return;
    this.#tell(reason, `Watching ${watch.source.name}`);
    this.#ports.onCapture({ ...this.#describe(watch), state: "ended" });
    this.#end()?.catch((error) => this.#tell(error, "Ending the watch"));
  }

  #callOffStart(): void {
    this.#starting?.abort(calledOff());
    this.#starting = undefined;
  }

  #holdScreen(): void {
    this.#ports.screen.hold().catch((error) => this.#tell(error, "Keeping the screen on"));
  }

  #show(watch: Watch): void {
    this.#ports.onCapture(this.#describe(watch));
  }

  #describe({ id, since, source, stalled }: Watch): Capture {
    const { kind, name, element, size } = source;
    const state = stalled || this.#ports.isHidden() ? "paused" : "live";
    return { id, kind, name, since, element, ...size, state };
  }

  #tell(error: unknown, trying: string): void {
    this.#ports.onFailure(toFailure(error), trying);
  }
}

function discard({ abort, release, source }: Watch): void {
  abort.abort(calledOff());
  release();
  source.close();
}

function calledOff(): FieldError {
  return new FieldError("called-off", "Watching was ended or begun anew before it had started.");
}

/** Rejects at once when aborted; a source that opens all the same is closed. */
async function orAbandon(opening: Promise<Source>, signal: AbortSignal): Promise<Source> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([opening, aborted.promise]);
  } catch (error) {
    // what it rejects with was either thrown just now or is of no interest any more
    if (signal.aborted) opening.then((source) => source.close(), () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
