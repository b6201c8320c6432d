/**
 * Agents that say what they like over links that lose, double, delay and cut: once all has come through, each has
 * the same world, and it is the one that a plain reading of everything that was said gives.
 */
import assert from "node:assert/strict";
import { agentTrack, stampAt, WORLD_START_MS } from "../../tests/fixtures/worlds.ts";
import { Chance } from "../../tests/sim/chance.ts";
import type { Bytes } from "../bytes.ts";
import { sayConfirmed, sayRemoved, sayTile, sayTracks } from "./own_world.ts";
import { confirmationsOf, objectsOf } from "./world_objects.ts";
import { parseAgentWorld } from "./world_parse.ts";
import {
  EMPTY_AGENT,
  EMPTY_WORLD,
  markedTiles,
  mergeAgent,
  type WorldState,
} from "./world_state.ts";
import { difference, messagesOf } from "./world_teller.ts";
import { trackId } from "./world_track.ts";
import { worldView } from "./world_view.ts";

interface Message {
  readonly from: string;
  readonly bytes: Bytes;
}

/** Everything that was said, as it was said. */
interface Spoken {
  readonly positions: Map<string, readonly [number, number]>;
  readonly confirmed: Map<string, number>;
  readonly removed: Set<string>;
  readonly tiles: { readonly added: Set<number>; readonly removed: Set<number> };
}

class Crew {
  readonly chance: Chance;
  readonly ids: readonly string[];
  readonly states: WorldState[];
  readonly waiting: Message[][];
  readonly spoken: Spoken = {
    ...{ positions: new Map(), confirmed: new Map(), removed: new Set() },
    tiles: { added: new Set(), removed: new Set() },
  };
  #ms = 0;
  #isCut = false;

  constructor(seed: number, count: number) {
    this.chance = new Chance(seed);
    this.ids = Array.from({ length: count }, (_, i) => `agent${10 + i}`);
    this.states = this.ids.map(() => EMPTY_WORLD);
    this.waiting = this.ids.map(() => []);
  }

  get nowMs(): number {
    return WORLD_START_MS + this.#ms;
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      this.#isCut = step > steps / 3 && step < 2 * steps / 3;
      this.#ms += 1 + this.chance.below(80);
      this.#speak(this.chance.below(this.ids.length));
      for (let to = 0; to < this.ids.length; to++) if (this.chance.is(0.3)) this.#hear(to);
    }
  }

  /** All says all again, to be heard in any order, some of it twice. */
  settle(): void {
    for (let from = 0; from < this.ids.length; from++) {
      const own = this.states[from].get(this.ids[from]) ?? EMPTY_AGENT;
      const said = messagesOf(own).map((bytes) => ({ from: this.ids[from], bytes }));
      this.waiting.forEach((queue, to) => to === from || queue.push(...said, ...said.slice(0, 1)));
    }
    for (let to = 0; to < this.ids.length; to++) while (this.#hear(to));
  }

  #speak(at: number): void {
    const id = this.ids[at];
    const own = this.states[at].get(id) ?? EMPTY_AGENT;
    const next = this.#say(own, id, stampAt(this.#ms) + at);
    this.states[at] = mergeAgent(this.states[at], id, next);
    for (const bytes of messagesOf(difference(next, own))) {
      this.waiting.forEach((queue, to) => {
        if (to === at || this.#isCut && to % 2 !== at % 2 || this.chance.is(0.3)) return;
        queue.push({ from: id, bytes });
        if (this.chance.is(0.1)) queue.push({ from: id, bytes });
      });
    }
  }

  /** One of those waiting, any of them; false when there is none. */
  #hear(to: number): boolean {
    const queue = this.waiting[to];
    if (queue.length === 0) return false;
    const [{ from, bytes }] = queue.splice(this.chance.below(queue.length), 1);
    const said = parseAgentWorld(bytes, this.nowMs);
    assert.ok(said);
    this.states[to] = mergeAgent(this.states[to], from, said);
    return true;
  }

  #say(own: typeof EMPTY_AGENT, id: string, stamp: number) {
    const { positions, confirmed, removed, tiles } = this.spoken;
    const [n, tile] = [this.chance.below(4), this.chance.below(30)];
    const object = trackId(this.chance.pick(this.ids), this.chance.below(4));
    switch (this.chance.below(6)) {
      case 0:
        confirmed.set(`${id} ${object}`, (confirmed.get(`${id} ${object}`) ?? 0) + 1);
        return sayConfirmed(own, object, stamp);
      case 1:
        if (!this.chance.is(0.2)) return own;
        removed.add(object);
        return sayRemoved(own, object, stamp);
      case 2: {
        const is = this.chance.is(0.7) ? "added" : "removed";
        tiles[is].add(tile);
        return sayTile(own, "cleared", tile, is);
      }
      default: {
        const position = [this.chance.below(50), this.chance.below(50)] as const;
        positions.set(trackId(id, n), position);
        const alias = this.chance.is(0.3) ? { to: object, bornMs: WORLD_START_MS } : null;
        const other = { firstAtMs: WORLD_START_MS - n };
        const track = agentTrack(id, n, position, this.#ms, other);
        return sayTracks(own, [track], new Map([[n, alias]]), stamp);
      }
    }
  }
}

function checkSpoken(crew: Crew, state: WorldState): void {
  const { positions, confirmed, tiles } = crew.spoken;
  const left = [...tiles.added].filter((tile) => !tiles.removed.has(tile)).sort((a, b) => a - b);
  assert.deepEqual(markedTiles(state, "cleared"), left);
  const registers = new Map(
    [...state].flatMap(([id, { tracks }]) =>
      [...tracks].map(([n, { position: [x, y] }]) =>
        [trackId(id, n), [x / 1000, y / 1000]] as const
      )
    ),
  );
  assert.deepEqual(registers, positions);
  const counts = new Map(
    [...state].flatMap(([id, { confirmations }]) =>
      [...confirmations].map(([object, { count }]) => [`${id} ${object}`, count] as const)
    ),
  );
  assert.deepEqual(counts, confirmed);
}

function checkSeed(seed: number, count: number, steps: number): void {
  const crew = new Crew(seed, count);
  crew.run(steps);
  crew.settle();
  const [first, ...others] = crew.states;
  checkSpoken(crew, first);
  const [view, objects] = [worldView(first, crew.nowMs), objectsOf(first, crew.nowMs)];
  const shown = new Set(view.flatMap(({ sources }) => sources.map(({ agent }) => agent)));
  assert.ok([...shown].every((agent) => crew.ids.includes(agent)));
  for (const object of objects) {
    for (const [agent, times] of confirmationsOf(first, object)) {
      const ids = new Set([object.id, ...object.tracks.map(({ id }) => id)]);
      const said = [...ids].map((id) => crew.spoken.confirmed.get(`${agent} ${id}`) ?? 0);
      assert.equal(times, said.reduce((sum, one) => sum + one));
    }
  }
  for (const state of others) {
    assert.deepEqual(state, first);
    assert.deepEqual(worldView(state, crew.nowMs), view);
  }
}

const SIZES = [
  { seeds: [1, 500], fewest: 2, most: 4, steps: 60 },
  { seeds: [501, 850], fewest: 5, most: 9, steps: 60 },
  { seeds: [851, 1000], fewest: 10, most: 32, steps: 50 },
];

for (const { seeds: [first, last], fewest, most, steps } of SIZES) {
  Deno.test(`${fewest} to ${most} agents have one world after loss, doubles, disorder and a cut: seeds ${first} to ${last}`, () => {
    for (let seed = first; seed <= last; seed++) {
      const count = fewest + seed % (most - fewest + 1);
      try {
        checkSeed(seed, count, steps);
      } catch (cause) {
        throw new Error(`Seed ${seed} with ${count} agents`, { cause });
      }
    }
  });
}
