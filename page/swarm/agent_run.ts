/** One drone of a crew of real browsers: a source of frames for this device's own worker. */
import { type Failure, FieldError, fromFailure } from "../../field/errors.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { DroneSource } from "../sources/drone_source.ts";
import { sleep, type Timing } from "../timing.ts";
import type { AgentFrame, Begun } from "./swarm_messages.ts";
import { brokenWorker, type SwarmPort } from "./swarm_port.ts";
import { parseFromSwarm } from "./swarm_shapes.ts";

export interface AgentPorts {
  /** Starts the worker; `hear` gets what it says, `broken` why it cannot be had. */
  open(hear: (data: unknown) => void, broken: (cause: unknown) => void): SwarmPort;
  readonly timing: Timing;
  /** ms since the epoch. */
  wallMs(): number;
  /** Shows what the drone sees. */
  readonly element: HTMLCanvasElement;
  onBegun(begun: Begun): void;
  /** Its pixels are lent: they are handed over afterwards. */
  onFrame(frame: AgentFrame): void;
  onFailure(failure: Failure): void;
}

/** As often as a drone of the simulation looks. */
const INTERVAL_MS = 250;

export class AgentRun {
  readonly #ports: AgentPorts;
  readonly #port: SwarmPort;
  #failure: Failure | null = null;
  readonly #begun = Promise.withResolvers<void>();
  #waiting: PromiseWithResolvers<AgentFrame> | null = null;
  #askedMs = -Infinity;

  /** `drone`: its number, from 0. */
  constructor(ports: AgentPorts, seed: number, drone: number) {
    this.#ports = ports;
    // who does not await it hears of the failure by its port
    this.#begun.promise.catch(() => {});
    this.#port = ports.open((data) => this.#hear(data), (cause) => this.#fail(brokenWorker(cause)));
    this.#port.post({ kind: "begin-agent", seed, drone });
  }

  /** Resolves when its scene is made: before, there is no frame to take. */
  get ready(): Promise<void> {
    return this.#begun.promise;
  }

  /** What `fieldmesh().start()` takes, once it is ready. */
  source(name: string): DroneSource {
    const { element } = this.#ports;
    return { kind: "drone", name, element, nextFrame: (signal) => this.#nextFrame(signal) };
  }

  /** It leaves its way for a look there. */
  sendThere(track: string, place: Vector): void {
    if (!this.#failure) this.#port.post({ kind: "send-there", track, place });
  }

  end(): void {
    this.#fail(new FieldError("called-off", "This drone was called back."), false);
  }

  async #nextFrame(signal: AbortSignal): Promise<AgentFrame> {
    const { timing, wallMs } = this.#ports;
    await sleep(timing, Math.max(0, this.#askedMs + INTERVAL_MS - timing.now()), signal);
    if (this.#failure) throw fromFailure(this.#failure);
    this.#askedMs = timing.now();
    this.#waiting ??= Promise.withResolvers();
    this.#port.post({ kind: "take-frame", atMs: wallMs() });
    return await this.#waiting.promise;
  }

  #hear(data: unknown): void {
    const message = parseFromSwarm(data);
    if (!message) return this.#fail(new FieldError("bad-message", "The drone is not understood."));
    switch (message.kind) {
      case "begun":
        this.#ports.onBegun(message);
        return this.#begun.resolve();
      case "frame": {
        this.#ports.onFrame(message);
        this.#waiting?.resolve(message);
        this.#waiting = null;
        return;
      }
      case "failed":
        return this.#fail(fromFailure(message.failure));
      case "report":
      case "detect":
        return; // of a whole swarm
    }
  }

  #fail(error: FieldError, isTold = true): void {
    if (this.#failure) return;
    this.#port.close();
    this.#failure = { code: error.code, message: error.message };
    this.#begun.reject(error);
    this.#waiting?.reject(error);
    this.#waiting = null;
    if (isTold) this.#ports.onFailure(this.#failure);
  }
}
