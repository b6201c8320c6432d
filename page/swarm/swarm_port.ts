import { FieldError } from "../../field/errors.ts";
import type { ToSwarm } from "./swarm_messages.ts";

/** The swarm's worker: what is posted to it, and what ends it. */
export interface SwarmPort {
  post(message: ToSwarm): void;
  close(): void;
}

/** That it cannot be had. */
export function brokenWorker(cause: unknown): FieldError {
  return new FieldError(
    "worker-missing",
    "This browser cannot run the swarm: its worker does not start. Reload this page.",
    { cause },
  );
}
