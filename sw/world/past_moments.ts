import { encodeCbor } from "../../field/cbor.ts";
import type { Store } from "../../field/store/store.ts";
import type { WorldMoment } from "../../field/world_messages.ts";
import { momentOfRow, rowOfMoment } from "./moment_rows.ts";

/** What of the past is remembered, about one moment a second. */
export const PAST_MS = 10 * 60_000;
const EVERY_MS = 1_000;
/** Also where nothing changes, so that it is seen who was still there. */
const STILL_EVERY_MS = 10_000;
/** Moments are put on disk together, a setting for each such span of time; the settings are used over and over. */
const SPAN_MS = 15_000;
const SPANS = PAST_MS / SPAN_MS;
/** Of one span: beyond it every second of its moments goes. */
const MOST_SPAN_BYTES = 96 * 1024;
const SETTING = "world.past.";

interface Remembered {
  readonly moment: WorldMoment;
  readonly bytes: number;
}

/**
 * The last ten minutes of the world: bounded, in memory and on the disk (4 MB at most). What a worker before this one
 * has kept is read when somebody asks for it: that can take longer than all else that a start needs.
 */
export class PastMoments {
  readonly #store: Pick<Store, "settings" | "commit">;
  #past: readonly Remembered[] = [];
  #before: Promise<readonly WorldMoment[]> | null = null;
  /** Without the times of beats: what the last one looked like. */
  #look = "";

  constructor(store: Pick<Store, "settings" | "commit">) {
    this.#store = store;
  }

  /** Oldest first, from this time on. Rejects with what the store throws. */
  async since(fromMs: number, nowMs: number): Promise<readonly WorldMoment[]> {
    this.#before ??= this.#read();
    const before = await this.#before.catch((thrown) => {
      this.#before = null; // the next call tries again
      throw thrown;
    });
    const own = this.#past.map(({ moment }) => moment);
    const endMs = own.at(0)?.atMs ?? Infinity;
    return [...before.filter(({ atMs }) => atMs < endMs), ...own].filter(({ atMs }) =>
      atMs >= fromMs && atMs <= nowMs && nowMs - atMs <= PAST_MS
    );
  }

  /** Is it time for the next one? */
  isDue(nowMs: number): boolean {
    const sinceMs = nowMs - (this.#past.at(-1)?.moment.atMs ?? -Infinity);
    return sinceMs < 0 || sinceMs >= EVERY_MS;
  }

  /** Remembers it, if it shows something new; resolves when what is complete is on disk. Throws what the store throws. */
  async note(moment: WorldMoment): Promise<void> {
    const before = this.#past.at(-1);
    const look = lookOf(moment);
    const isStill = look === this.#look && before !== undefined &&
      moment.atMs - before.moment.atMs < STILL_EVERY_MS;
    if (isStill || isEmpty(moment) && (!before || isEmpty(before.moment))) return;
    this.#look = look;
    // a clock that was set back: what is to come after it cannot have been
    const past = this.#past.filter(({ moment: { atMs } }) =>
      atMs < moment.atMs && moment.atMs - atMs <= PAST_MS
    );
    this.#past = thinned([...past, remembered(moment)], spanOf(moment.atMs));
    const span = before && spanOf(before.moment.atMs);
    if (span !== undefined && span !== spanOf(moment.atMs)) await this.#keep(span);
  }

  async #read(): Promise<readonly WorldMoment[]> {
    const kept = await this.#store.settings(SETTING);
    return [...kept.values()].flatMap(momentsOf).sort((a, b) => a.atMs - b.atMs);
  }

  async #keep(span: number): Promise<void> {
    const rows = this.#past.filter(({ moment }) => spanOf(moment.atMs) === span)
      .map(({ moment }) => rowOfMoment(moment));
    if (rows.length === 0) return;
    await this.#store.commit({ settings: { [`${SETTING}${span % SPANS}`]: rows } });
  }
}

function momentsOf(kept: unknown): readonly WorldMoment[] {
  return Array.isArray(kept) ? kept.flatMap((row) => momentOfRow(row) ?? []) : [];
}

function remembered(moment: WorldMoment): Remembered {
  return { moment, bytes: encodeCbor(rowOfMoment(moment)).length };
}

function spanOf(atMs: number): number {
  return Math.floor(atMs / SPAN_MS);
}

function thinned(past: readonly Remembered[], span: number): readonly Remembered[] {
  const isOf = ({ moment }: Remembered) => spanOf(moment.atMs) === span;
  const inSpan = past.filter(isOf);
  if (inSpan.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_SPAN_BYTES) return past;
  // the newest stays
  const kept = inSpan.filter((_, i) => (inSpan.length - 1 - i) % 2 === 0);
  return [...past.filter((one) => !isOf(one)), ...kept];
}

function lookOf({ agents, tracks, tiles }: WorldMoment): string {
  const shown = {
    agents: agents.map(({ id, name, pose }) => ({ id, name, pose })),
    tracks,
    tiles: rowOfMoment({ atMs: 0, agents: [], tracks: [], tiles }).tiles,
  };
  return JSON.stringify(shown);
}

function isEmpty({ agents, tracks, tiles }: WorldMoment): boolean {
  return agents.length === 0 && tracks.length === 0 && tiles.length === 0;
}
