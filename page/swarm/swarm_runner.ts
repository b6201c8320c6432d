/** Runs a swarm at the pace of real time, and tells the page how it is: what the swarm's worker does, without one. */
import { type Failure, fromFailure, toFailure } from "../../field/errors.ts";
import type { Detection } from "../../field/observation.ts";
import type { Picture } from "../../field/cutout/cutout.ts";
import type { Swarm } from "../../field/swarm/swarm.ts";
import type { SwarmDetector, SwarmFrame } from "../../field/swarm/swarm_options.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { Pace } from "./pace.ts";
import type { Begun, DroneFrame, FromSwarm } from "./swarm_messages.ts";

/** Of a swarm what is used here. */
export type RunnableSwarm = Pick<Swarm, "run" | "links" | "report" | "ground" | "end">;

export interface RunnerPorts {
  post(message: FromSwarm): void;
  /** ms that only rise. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

type Detections = readonly (readonly Detection[])[];

export class SwarmRunner {
  readonly #ports: RunnerPorts;
  #swarm: RunnableSwarm | null = null;
  #isOn = false;
  #isRunning = false;
  #batch = 0;
  /** Of the batch that the page has; there is at most one. */
  #waiting: PromiseWithResolvers<Detections> | null = null;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
  }

  /** The detector of the swarm: the page's. */
  readonly detect: SwarmDetector = (frames) => {
    const waiting = Promise.withResolvers<Detections>();
    this.#waiting = waiting;
    this.#ports.post({ kind: "detect", batch: ++this.#batch, frames: frames.map(handedOver) });
    return waiting.promise;
  };

  begin(swarm: RunnableSwarm): void {
    this.#swarm = swarm;
    this.#ports.post(begunWith(swarm.ground, swarm.report().groundM));
    this.#tell(swarm, 1);
    if (this.#isOn) void this.#run(swarm);
  }

  run(on: boolean): void {
    this.#isOn = on;
    if (on && this.#swarm) void this.#run(this.#swarm);
  }

  set links(links: RunnableSwarm["links"]) {
    if (!this.#swarm) return;
    this.#swarm.links = links;
    this.#tell(this.#swarm, 1);
  }

  detected(batch: number, detections: Detections): void {
    this.#answered(batch)?.resolve(detections);
  }

  notDetected(batch: number, failure: Failure): void {
    this.#answered(batch)?.reject(fromFailure(failure));
  }

  /** Never rejects: the page is told. At most one at a time: the swarm's own rule. */
  async #run(swarm: RunnableSwarm): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#steps(swarm);
    } catch (thrown) {
      this.#isOn = false;
      this.#ports.post({ kind: "failed", failure: toFailure(thrown) });
    } finally {
      this.#isRunning = false;
    }
  }

  async #steps(swarm: RunnableSwarm): Promise<void> {
    const { now, sleep } = this.#ports;
    const pace = new Pace(now());
    while (this.#isOn) {
      // also when a step is overdue: what the page says gets in between
      await sleep(pace.untilDue(now()));
      const stepMs = pace.due(now());
      if (stepMs === 0) continue;
      await swarm.run(stepMs);
      pace.ran(stepMs, now());
      this.#tell(swarm, pace.speed);
    }
  }

  #tell(swarm: RunnableSwarm, speed: number): void {
    this.#ports.post({ kind: "report", report: swarm.report(), speed });
  }

  #answered(batch: number): PromiseWithResolvers<Detections> | null {
    if (batch !== this.#batch) return null;
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }
}

export function begunWith({ width, height, data }: Picture, groundM: Vector): Begun {
  return { kind: "begun", ground: { width, height, rgba: new Uint8Array(data).buffer }, groundM };
}

/** What of a message is handed over, not copied. */
export function transferred(message: FromSwarm): Transferable[] {
  switch (message.kind) {
    case "begun":
      return [message.ground.rgba];
    case "detect":
      return message.frames.map(({ rgba }) => rgba);
    case "frame":
      return [message.rgba];
    case "report":
    case "failed":
      return [];
  }
}

/** A copy: the swarm keeps its own, to be looked at again. */
function handedOver({ width, height, data, drone, corner }: SwarmFrame): DroneFrame {
  return { width, height, drone, corner, rgba: new Uint8Array(data).buffer };
}
