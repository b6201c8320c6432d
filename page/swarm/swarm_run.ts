/** A swarm as its page has it: its worker, and the real detector for what its drones see. */
import { type Failure, toFailure } from "../../field/errors.ts";
import type { Detection } from "../../field/observation.ts";
import type { LinkSettings } from "../../field/swarm/swarm_report.ts";
import type { Picture } from "../fieldmesh.ts";
import type { Begun, Detect, DroneFrame, FromSwarm, Reported } from "./swarm_messages.ts";
import { brokenWorker, type SwarmPort } from "./swarm_port.ts";
import { parseFromSwarm } from "./swarm_shapes.ts";

/** A drone's frame and what the detector saw in it. */
export interface Looked extends DroneFrame {
  readonly detections: readonly Detection[];
}

export interface RunPorts {
  /** Starts the worker; `hear` gets what it says, `broken` why it cannot be had. */
  open(hear: (data: unknown) => void, broken: (cause: unknown) => void): SwarmPort;
  detect(pictures: readonly Picture[]): Promise<readonly (readonly Detection[])[]>;
  onBegun(begun: Begun): void;
  onReport(reported: Reported): void;
  onLooked(looked: readonly Looked[]): void;
  /** The swarm has ended with this. */
  onFailure(failure: Failure): void;
}

export class SwarmRun {
  readonly #ports: RunPorts;
  readonly #port: SwarmPort;
  #isEnded = false;

  constructor(ports: RunPorts, seed: number, links: LinkSettings) {
    this.#ports = ports;
    this.#port = ports.open(
      (data) => this.#hear(data),
      (cause) => this.#fail(toFailure(brokenWorker(cause))),
    );
    this.#port.post({ kind: "begin-swarm", seed, links });
  }

  run(on: boolean): void {
    if (!this.#isEnded) this.#port.post({ kind: "run", on });
  }

  setLinks(links: LinkSettings): void {
    if (!this.#isEnded) this.#port.post({ kind: "links", links });
  }

  end(): void {
    this.#isEnded = true;
    this.#port.close();
  }

  #hear(data: unknown): void {
    if (this.#isEnded) return;
    const message = parseFromSwarm(data);
    if (message) this.#take(message);
    else this.#fail({ code: "bad-message", message: "The swarm said something unreadable." });
  }

  #take(message: FromSwarm): void {
    switch (message.kind) {
      case "begun":
        return this.#ports.onBegun(message);
      case "report":
        return this.#ports.onReport(message);
      case "detect":
        return void this.#look(message);
      case "failed":
        return this.#fail(message.failure);
      case "frame":
        return; // of an agent's camera
    }
  }

  /** Never rejects: the swarm is told. */
  async #look({ batch, frames }: Detect): Promise<void> {
    try {
      const detections = await this.#ports.detect(
        frames.map(({ width, height, rgba }) => ({ width, height, rgba: new Uint8Array(rgba) })),
      );
      if (this.#isEnded) return;
      this.#port.post({ kind: "detected", batch, detections });
      this.#ports.onLooked(
        frames.map((frame, index) => ({ ...frame, detections: detections[index] ?? [] })),
      );
    } catch (thrown) {
      if (this.#isEnded) return;
      this.#port.post({ kind: "not-detected", batch, failure: toFailure(thrown) });
    }
  }

  #fail(failure: Failure): void {
    this.end();
    this.#ports.onFailure(failure);
  }
}
