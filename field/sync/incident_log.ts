import type { DeviceId } from "../observation.ts";
import { type Incident, type IncidentKind, MOST_INCIDENTS } from "./incidents.ts";

/** What peers did that no honest one does. Held in memory: a log that anybody can make grow belongs on no disk. */
export class IncidentLog {
  #incidents: readonly Incident[] = [];

  /** The newest first. */
  get incidents(): readonly Incident[] {
    return this.#incidents;
  }

  /** `device`: only who has proved to be there. */
  record(kind: IncidentKind, message: string, at: number, device?: DeviceId): void {
    const [last, ...others] = this.#incidents;
    const isAgain = last?.kind === kind && last.message === message && last.device === device;
    const incident = {
      ...{ kind, at, message, times: isAgain ? last.times + 1 : 1 },
      ...(device === undefined ? {} : { device }),
    };
    const before = isAgain ? others : this.#incidents;
    this.#incidents = [incident, ...before].slice(0, MOST_INCIDENTS);
  }
}
