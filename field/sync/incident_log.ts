import type { DeviceId } from "../observation.ts";
import { type Incident, type IncidentKind, MOST_INCIDENTS } from "./incidents.ts";

/** Of those that are nobody's here: whoever has a link, and keys without end, must not drive out what members did. */
const MOST_OF_STRANGERS = 15;

/** What peers did that no honest one does. Held in memory: a log that anybody can make grow belongs on no disk. */
export class IncidentLog {
  #ofMembers: readonly Incident[] = [];
  #ofStrangers: readonly Incident[] = [];

  /** The newest first. */
  get incidents(): readonly Incident[] {
    return [...this.#ofMembers, ...this.#ofStrangers].sort((a, b) => b.at - a.at);
  }

  /** `device`: only who has proved to be there. `isMember`: it is or was one of the crew. */
  record(
    kind: IncidentKind,
    message: string,
    at: number,
    by: { readonly device?: DeviceId; readonly isMember: boolean },
  ): void {
    const { device, isMember } = by;
    const before = isMember ? this.#ofMembers : this.#ofStrangers;
    const isAgain = (one: Incident) =>
      one.kind === kind && one.message === message && one.device === device;
    const times = (before.find(isAgain)?.times ?? 0) + 1;
    const incident = { kind, at, message, times, ...(device === undefined ? {} : { device }) };
    const all = [incident, ...before.filter((one) => !isAgain(one))];
    if (isMember) this.#ofMembers = shortened(all, MOST_INCIDENTS - MOST_OF_STRANGERS);
    else this.#ofStrangers = all.slice(0, MOST_OF_STRANGERS);
  }

  /** Takes back what has turned out to be nobody's fault. True when there was any. */
  withdraw(isMistaken: (incident: Incident) => boolean): boolean {
    const before = this.#ofMembers.length + this.#ofStrangers.length;
    this.#ofMembers = this.#ofMembers.filter((one) => !isMistaken(one));
    this.#ofStrangers = this.#ofStrangers.filter((one) => !isMistaken(one));
    return this.#ofMembers.length + this.#ofStrangers.length < before;
  }
}

/** Without the oldest of whom there are most: one who is loud drives out nobody but himself. */
function shortened(incidents: readonly Incident[], most: number): readonly Incident[] {
  if (incidents.length <= most) return incidents;
  const counts = new Map<DeviceId | undefined, number>();
  for (const { device } of incidents) counts.set(device, (counts.get(device) ?? 0) + 1);
  const loudest = Math.max(...counts.values());
  const oldest = incidents.findLastIndex(({ device }) => counts.get(device) === loudest);
  return incidents.toSpliced(oldest, 1);
}
