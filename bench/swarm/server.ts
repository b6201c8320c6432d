import type { Bytes } from "../../field/bytes.ts";
import type { LinkEnd, RadioLink } from "../../field/swarm/radio_link.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import { Brain } from "./brain.ts";
import { DRONES } from "./recording.ts";
import { benchRules } from "./rules.ts";
import { KIND } from "./server_client.ts";
import { decodeUpload, encodeDecision, encodeMap } from "./server_rows.ts";

/** A frame that comes later than this was kept by its drone until there was a link. */
const LATE_MS = 1_000;

/** Tracks for each drone, decides for all, and tells again what one missed that was cut off. */
export class Server implements LinkEnd {
  readonly number = DRONES;
  bytesSent = 0;
  readonly #brain: Brain;
  readonly #nowMs: () => number;
  readonly #numbers = new Map<string, number>();
  readonly #decisions: Bytes[] = [];
  /** Of each client that said how much it knows: the tracks that it has, by number. */
  readonly #told = new Map<RadioLink, ReadonlyMap<number, string>>();
  readonly #rules = benchRules(DRONES);
  #hasNews = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#brain = new Brain(nowMs);
  }

  opened(): void {}

  closed(link: RadioLink): void {
    this.#told.delete(link);
  }

  receive(link: RadioLink, bytes: Bytes): Promise<void> {
    const said = bytes.slice(1);
    if (bytes[0] === KIND.known) {
      this.#told.set(link, new Map());
      for (const one of this.#decisions.slice(said[0] * 256 + said[1])) {
        this.#send(link, KIND.decision, one);
      }
    } else {
      const { atMs, seen } = decodeUpload(said);
      const { number } = link.ends.find((end) => end !== this) ?? this;
      this.#brain.see(number, seen, atMs);
      // of those that come all at once after a partition, else only the last would be decided of
      if (this.#nowMs() - atMs > LATE_MS) this.decide(atMs);
    }
    this.#hasNews = true;
    return Promise.resolve();
  }

  /** What changed, to each client; nothing when nothing came. */
  sendMaps(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    const atMs = this.#nowMs();
    const tracks = this.#brain.view.map((track) => ({ ...track, number: this.#numberOf(track) }));
    const now = new Map(tracks.map((track) => [track.number, contentOf(track)]));
    for (const [link, told] of this.#told) {
      const changed = tracks.filter(({ number }) => told.get(number) !== now.get(number));
      if (changed.length === 0 && told.size === now.size) continue;
      this.#send(link, KIND.map, encodeMap({ atMs, all: [...now.keys()], changed }));
      this.#told.set(link, now);
    }
  }

  /** As of a time; absent: now. */
  decide(asOfMs?: number): void {
    for (const { rule, atMs } of this.#brain.decide(this.#rules, asOfMs)) {
      const bytes = encodeDecision(rule, atMs);
      this.#decisions.push(bytes);
      for (const link of this.#told.keys()) this.#send(link, KIND.decision, bytes);
    }
  }

  #numberOf({ id }: WorldTrack): number {
    const number = this.#numbers.get(id) ?? this.#numbers.size;
    this.#numbers.set(id, number);
    return number;
  }

  #send(link: RadioLink, kind: number, bytes: Uint8Array): void {
    this.bytesSent += 1 + bytes.length;
    link.send(this, Uint8Array.from([kind, ...bytes]));
  }
}

/** What of a track is told again when it changes: what only passing time changes, clients reckon themselves. */
function contentOf({ label, confidence, lastAtMs, sources }: WorldTrack): string {
  return [label, confidence, lastAtMs, ...sources.map(({ agent, atMs }) => `${agent} ${atMs}`)]
    .join();
}
