import type { DeviceId } from "../observation.ts";

const MOST_LINES = 100;

/** What does not verify, in the user's words: the first hundred, and how many more there are. */
export class FaultList {
  readonly #lines: string[] = [];
  #more = 0;

  add(line: string): void {
    if (this.#lines.length < MOST_LINES) this.#lines.push(line);
    else this.#more++;
  }

  get lines(): { readonly faults: readonly string[]; readonly moreFaults: number } {
    return { faults: [...this.#lines], moreFaults: this.#more };
  }
}

/** "Device 3f2a91cc": enough of an id to know it by. */
export function deviceWords(device: DeviceId, name?: string): string {
  const short = device.slice(0, 8);
  return name === undefined ? `Device ${short}` : `${name} (device ${short})`;
}

/** "entry 17 is", "entries 17 to 40 are". */
export function entriesAre(from: number, to: number): string {
  return from === to ? `entry ${from} is` : `entries ${from} to ${to} are`;
}

/** "1 entry", "212 entries". */
export function count(many: number, one: string, more: string): string {
  return `${many} ${many === 1 ? one : more}`;
}

/** Damage in a bundle, by where it is in the file. */
export function damageWords({ at, length }: { readonly at: number; readonly length: number }) {
  const what = length === 1 ? `Byte ${at} is` : `Bytes ${at} to ${at + length - 1} are`;
  return `${what} damaged, or belong to no record.`;
}
