import type { Bytes } from "../../../field/bytes.ts";
import type { Disk, Key, KeyRange, Row, Table, Write } from "../../../field/store/disk.ts";

export interface LateDiskPorts {
  readonly disk: Disk;
  readonly wait: (ms: number) => Promise<void>;
  /** How long the next write takes until it is on disk, and from then until its writer hears of it, ms. */
  readonly delays: () => readonly [number, number];
}

/** A worker's hold on its disk: writes take their time, and what it had not heard of when it ended may be on disk. */
export class LateDisk implements Disk {
  readonly #ports: LateDiskPorts;
  #isAlive = true;
  /** Calls that the disk has not answered. */
  #underWay = 0;

  constructor(ports: LateDiskPorts) {
    this.#ports = ports;
  }

  /** The worker ends: it reads, writes and hears nothing any more. */
  end(): void {
    this.#isAlive = false;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  get(table: Table, key: Key): Promise<Bytes | null> {
    return this.#ask((disk) => disk.get(table, key));
  }

  rows(table: Table, range: KeyRange): Promise<Row[]> {
    return this.#ask((disk) => disk.rows(table, range));
  }

  keys(table: Table, range: KeyRange): Promise<Key[]> {
    return this.#ask((disk) => disk.keys(table, range));
  }

  count(table: Table, range: KeyRange): Promise<number> {
    return this.#ask((disk) => disk.count(table, range));
  }

  async write(write: Write): Promise<void> {
    const [before, after] = this.#ports.delays();
    if (before > 0) await this.#ports.wait(before);
    await this.#ask((disk) => disk.write(write));
    if (after > 0) await this.#ports.wait(after);
    if (!this.#isAlive) await NEVER;
  }

  close(): void {
    this.#ports.disk.close();
  }

  async #ask<T>(question: (disk: Disk) => Promise<T>): Promise<T> {
    if (!this.#isAlive) return await NEVER;
    this.#underWay++;
    try {
      return await question(this.#ports.disk);
    } finally {
      this.#underWay--;
      if (!this.#isAlive) await NEVER;
    }
  }
}

const NEVER = new Promise<never>(() => {});
