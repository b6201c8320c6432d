import type { Role } from "../../../field/messages.ts";
import type { Edit } from "../../../field/notes.ts";
import type { DeviceId, Hex, Observation } from "../../../field/observation.ts";
import { Promises } from "../ledger.ts";

/** What one device has told its user. */
export class DeviceLedger {
  /** Of each observation all records that were ever made of it, and the frames of the newest that was said to be saved. */
  readonly observations = new Map<string, { saved: number; readonly made: Observation[] }>();
  readonly edits: Edit[] = [];
  /** Pictures that were said to be saved. */
  readonly pictures = new Set<Hex>();
  readonly name = new Promises<string | undefined>(undefined);

  /** A record was made; nothing has been promised yet. */
  made(observation: Observation): void {
    const known = this.observations.get(observation.id) ?? { saved: 0, made: [] };
    known.made.push(observation);
    this.observations.set(observation.id, known);
  }

  /** The user was told that these are saved. */
  saved(observations: readonly Observation[]): void {
    for (const { id, frames } of observations) {
      const known = this.observations.get(id);
      if (known) known.saved = Math.max(known.saved, frames);
    }
  }
}

/** Where a device stands with the crew. */
export type Place = Role | "removed" | "stranger";

/** What happened, as those tell it who were there: kept apart from everything that is simulated. */
export class CrewLedger {
  readonly devices = new Map<DeviceId, DeviceLedger>();
  /** What the crew was told of each device, one word after the other. */
  readonly places = new Map<DeviceId, Promises<Place>>();
  /** For whom an invite was made: they may be members. */
  readonly invited = new Set<DeviceId>();
  /** Ephemeral messages that were published: `<device> <topic> <text>`. */
  readonly published = new Set<string>();
  heard = 0;

  of(device: DeviceId): DeviceLedger {
    const known = this.devices.get(device) ?? new DeviceLedger();
    this.devices.set(device, known);
    return known;
  }

  placeOf(device: DeviceId): Promises<Place> {
    const known = this.places.get(device) ?? new Promises<Place>("stranger");
    this.places.set(device, known);
    return known;
  }

  /** Observations and notes that users were told are saved. */
  get acknowledged(): number {
    let count = 0;
    for (const { observations, edits } of this.devices.values()) {
      for (const { saved } of observations.values()) count += Number(saved > 0);
      count += edits.length;
    }
    return count;
  }

  /** All observations that were made: what a user may write a note on. */
  get ids(): string[] {
    return [...this.devices.values()].flatMap(({ observations }) => [...observations.keys()]);
  }
}
