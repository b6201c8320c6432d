import { DiskStore } from "../../../field/store/disk_store.ts";
import { MemoryDisk } from "../../../field/store/memory_disk.ts";
import type { Store } from "../../../field/store/store.ts";
import { IdbConnection } from "../../../sw/idb_connection.ts";
import { IdbDisk } from "../../../sw/idb_disk.ts";
import type { Chance } from "../chance.ts";
import {
  type DiskState,
  type FaultRates,
  FaultyIndexedDb,
  NO_FAULTS,
} from "../faulty_indexeddb.ts";
import { isHonestFailure } from "../simulate_feed.ts";
import { LateDisk } from "./late_disk.ts";
import type { Schedule } from "./schedule.ts";

/** What a device keeps while its workers come and go. */
export interface DeviceDisk {
  /** A worker begins. */
  start(): Promise<Store>;
  /** The worker ends, at whatever it is. */
  end(): void;
  /** What is on it now, whatever the worker is at; null where only the worker can read it. */
  now(): Store | null;
  /** Is this what a disk of this kind may say? */
  mayFail(thrown: unknown): boolean;
}

/** Writes take up to `mostDelayMs` until they are on disk, and as long again until the worker hears of it. */
export class MemoryDeviceDisk implements DeviceDisk {
  readonly disk: MemoryDisk;
  readonly #schedule: Schedule;
  readonly #chance: Chance;
  readonly #mostDelayMs: number;
  #hold: LateDisk | null = null;

  constructor(schedule: Schedule, chance: Chance, mostDelayMs: number, disk = new MemoryDisk()) {
    [this.#schedule, this.#chance, this.#mostDelayMs] = [schedule, chance, mostDelayMs];
    this.disk = disk;
  }

  start(): Promise<Store> {
    const delay = () => this.#mostDelayMs === 0 ? 0 : this.#chance.below(this.#mostDelayMs + 1);
    this.#hold = new LateDisk({
      disk: this.disk,
      wait: this.#schedule.wait,
      delays: () => [delay(), delay()],
    });
    return Promise.resolve(new DiskStore(this.#hold));
  }

  end(): void {
    this.#hold?.end();
  }

  now(): Store {
    return new DiskStore(this.disk);
  }

  mayFail(): boolean {
    return false;
  }
}

/** How long an ended worker's last calls are waited for, a step at a time, ms. */
const STEP_MS = 20;

/** An IndexedDB that fails. There is one in a simulation: the browser's global is one. */
export class FaultyDeviceDisk implements DeviceDisk {
  readonly #schedule: Schedule;
  readonly #chance: Chance;
  readonly #struck = { abort: 0, quota: 0, lost: 0, slow: 0 };
  #faults = NO_FAULTS;
  #saved: DiskState = new Map();
  #db: FaultyIndexedDb | null = null;
  #hold: LateDisk | null = null;

  constructor(schedule: Schedule, chance: Chance) {
    [this.#schedule, this.#chance] = [schedule, chance];
  }

  /** From now on, and for the workers to come. */
  trouble(faults: FaultRates): void {
    this.#faults = faults;
    this.#db?.trouble(faults);
  }

  /** How often each fault has struck. */
  get struck(): Readonly<Record<keyof FaultRates, number>> {
    return this.#struck;
  }

  async start(): Promise<Store> {
    // what the last worker still waits for must not go to the next one's database
    while (this.#hold && !this.#hold.isIdle) await this.#schedule.wait(STEP_MS);
    this.#db = new FaultyIndexedDb(this.#chance.branch(), this.#saved);
    this.#db.install();
    this.#db.trouble(this.#faults);
    this.#hold = new LateDisk({
      disk: new IdbDisk(new IdbConnection("fieldmesh", (ms) => this.#schedule.wait(ms))),
      wait: this.#schedule.wait,
      delays: () => [0, 0],
    });
    return new DiskStore(this.#hold);
  }

  end(): void {
    if (!this.#db) return;
    this.#saved = this.#db.stateAfter(this.#chance.is(0.5) ? "power cut" : "browser killed");
    for (const fault of ["abort", "quota", "lost", "slow"] as const) {
      this.#struck[fault] += this.#db.struck[fault];
    }
    this.#db.trouble(NO_FAULTS);
    this.#db = null;
    this.#hold?.end();
  }

  now(): null {
    return null;
  }

  mayFail(thrown: unknown): boolean {
    return isHonestFailure(thrown);
  }
}
