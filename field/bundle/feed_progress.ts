import type { Refusal } from "../feed/intake.ts";
import { count, entriesAre } from "./fault_list.ts";

const WHY: Readonly<Record<Refusal, string>> = {
  "malformed": "it cannot be read",
  "bad-signature": "its signature does not hold",
  "not-a-member": "its device is not in the crew",
  "not-allowed": "its device may not write this",
  "wrong-actor": "it speaks for another device",
  "quarantined": "its device is quarantined, because it signed two entries with one number",
  "forked": "it contradicts another entry that its device has signed",
  "removed": "its device had been removed from the crew",
};

/** How far a device's feed was taken from a bundle, and why not further. */
export class FeedProgress {
  /** How far the bundle says that it goes; 0 while it has not said. */
  announced = 0;
  /** The last entry of those that came, by number. */
  #last = 0;
  #leftOut = 0;
  #firstLeftOut = 0;
  #refused = 0;
  #firstRefused: { readonly seq: number; readonly why: Refusal | "held" } | null = null;

  /** One came. */
  came(seq: number): void {
    this.#last = Math.max(this.#last, seq);
  }

  /** It has entries before it that are neither here nor on the way. */
  leaveOut(seq: number): void {
    this.#leftOut++;
    if (this.#firstLeftOut === 0 || seq < this.#firstLeftOut) this.#firstLeftOut = seq;
  }

  refuse(seq: number, why: Refusal | "held"): void {
    this.#refused++;
    this.#firstRefused ??= { seq, why };
  }

  /** What is wrong with it; `through`: the number of its last entry that is here. */
  *faults(through: number): Generator<string> {
    const refused = this.#firstRefused;
    const isStopped = refused?.seq === through + 1;
    if (refused && !isStopped) yield `${refusal(refused)}${others(this.#refused - 1)}.`;
    if (refused && isStopped) {
      yield `${refusal(refused)}${behind(this.#leftOut + this.#refused - 1, "it")}.`;
    } else if (this.#leftOut > 0) yield this.#gap(through);
    const next = Math.max(this.#last, through) + 1;
    if (this.announced >= next) {
      yield `${entriesAre(next, this.announced)} missing from the end of the feed.`;
    }
  }

  #gap(through: number): string {
    const [from, to] = [through + 1, this.#firstLeftOut - 1];
    if (to < from) {
      const came = count(this.#leftOut, "entry came", "entries came");
      return `${came} before those that they rest on, and were left out: restore the bundle once more.`;
    }
    const pronoun = from === to ? "it" : "them";
    return `${entriesAre(from, to)} missing or damaged${behind(this.#leftOut, pronoun)}.`;
  }
}

function refusal({ seq, why }: { readonly seq: number; readonly why: Refusal | "held" }): string {
  const reason = why === "held" ? "what it rests on is not in the bundle" : WHY[why];
  return `entry ${seq} was not taken: ${reason}`;
}

function others(many: number): string {
  return many === 0 ? "" : `; nor ${many === 1 ? "was 1 other" : `were ${many} others`}`;
}

function behind(many: number, pronoun: "it" | "them"): string {
  return many === 0 ? "" : `; ${count(many, "entry", "entries")} behind ${pronoun} ` +
    `${many === 1 ? "was" : "were"} left out`;
}
