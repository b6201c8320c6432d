import type { Bytes } from "../bytes.ts";
import type { HybridClock } from "../clock.ts";
import { AliasKeeper } from "./alias_keeper.ts";
import { sayConfirmed, sayRemoved, sayRestored, sayTile, sayTracks } from "./own_world.ts";
import type { TileMark } from "./tiles.ts";
import { newestStamp } from "./world_codec.ts";
import { parseAgentWorld } from "./world_parse.ts";
import {
  type AgentWorld,
  EMPTY_AGENT,
  EMPTY_WORLD,
  mergeAgent,
  type WorldState,
} from "./world_state.ts";
import { confirmationsOf, objectsOf } from "./world_objects.ts";
import { WorldTeller } from "./world_teller.ts";
import type { WorldTrack } from "./world_track.ts";
import {
  type PlacedDetection,
  type TrackerOptions,
  type TrackerStep,
  WorldTracker,
} from "./world_tracker.ts";
import { worldView } from "./world_view.ts";

/**
 * One agent's world: what it sees and hears goes in, what it tells and shows comes out. Times are ms since the
 * epoch by the device's clock, corrected by how far that is ahead of its crew's where it knows
 * (`../sync/clock_offset.ts`). A wrong clock harms what its own device says and shows, and nothing else.
 */
export class WorldAgent {
  readonly id: string;
  readonly #clock: HybridClock;
  readonly #tracker: WorldTracker;
  readonly #keeper: AliasKeeper;
  readonly #teller = new WorldTeller();
  #state: WorldState;

  /**
   * `before`: what was read of all agents' documents. Where its own is not among them, `options.firstNumber` must
   * be above the numbers of its tracks in former lives, which others may still remember.
   */
  constructor(
    id: string,
    clock: HybridClock,
    before: WorldState = EMPTY_WORLD,
    options: TrackerOptions = {},
  ) {
    this.id = id;
    this.#clock = clock;
    this.#state = before;
    clock.resume(newestStamp(this.own));
    const firstNumber = 1 + Math.max(-1, ...this.own.tracks.keys());
    this.#tracker = new WorldTracker(id, { firstNumber, ...options });
    this.#keeper = new AliasKeeper(id);
  }

  get state(): WorldState {
    return this.#state;
  }

  get own(): AgentWorld {
    return this.#state.get(this.id) ?? EMPTY_AGENT;
  }

  /** Above the numbers of all tracks that it has begun, also of those that came to nothing. */
  get nextNumber(): number {
    return this.#tracker.nextNumber;
  }

  /** What a frame showed; also when it showed nothing. */
  see(detections: readonly PlacedDetection[], atMs: number): TrackerStep {
    const step = this.#tracker.step(detections, atMs);
    this.#say((own, stamp) => sayTracks(own, step.tracks, new Map(), stamp));
    this.#sayAliases(atMs);
    return step;
  }

  /** That the object of this track is not there. */
  remove(id: string): void {
    this.#say((own, stamp) => sayRemoved(own, id, stamp));
  }

  /** That its own track is there after all. */
  restore(n: number): void {
    this.#say((own, stamp) => sayRestored(own, n, stamp));
  }

  confirm(id: string): void {
    this.#say((own, stamp) => sayConfirmed(own, id, stamp));
  }

  /** A mark that was removed stays so. Throws when there is no such tile. */
  mark(mark: TileMark, tile: number, is: "added" | "removed" = "added"): void {
    this.#say((own) => sayTile(own, mark, tile, is));
  }

  /** What `agent` signed; false when it is no message, or one from the far future. */
  hear(agent: string, bytes: Bytes, nowMs: number): boolean {
    const said = parseAgentWorld(bytes, nowMs);
    if (!said) return false;
    const before = this.#state.get(agent);
    this.take(agent, said);
    // whoever waits for the next frame leaves an object with two names on all maps until then
    if (hasNews(said, before)) this.#sayAliases(nowMs);
    return true;
  }

  /** What `agent` said, as it was parsed from a message or its document. */
  take(agent: string, said: AgentWorld): void {
    this.#clock.observe(newestStamp(said));
    this.#state = mergeAgent(this.#state, agent, said);
  }

  /** Somebody is there who was not. */
  greet(): void {
    this.#teller.repeat();
  }

  /** What to send now, if anything. `usualMs`: as {@link WorldTeller.next} takes it. */
  tell(nowMs: number, usualMs?: number): readonly Bytes[] {
    return this.#teller.next(this.own, nowMs, usualMs);
  }

  /** How often each agent has confirmed a track that is shown; empty when it is not. */
  confirmations(id: string, nowMs: number): ReadonlyMap<string, number> {
    const objects = objectsOf(this.#state, nowMs);
    const object = objects.find((one) => one.id === id);
    return object ? confirmationsOf(this.#state, object) : new Map();
  }

  view(nowMs: number): readonly WorldTrack[] {
    return worldView(this.#state, nowMs);
  }

  #sayAliases(nowMs: number): void {
    const aliases = this.#keeper.next(this.#state, nowMs);
    const before = this.own;
    this.#say((own, stamp) => sayTracks(own, this.#tracker.tracks, aliases, stamp));
    if (this.own !== before) this.#teller.repeat();
  }

  #say(change: (own: AgentWorld, stamp: number) => AgentWorld): void {
    this.#state = mergeAgent(this.#state, this.id, change(this.own, this.#clock.next()));
  }
}

/** A track that was not known, or that has another name now. */
function hasNews({ tracks }: AgentWorld, before: AgentWorld | undefined): boolean {
  return [...tracks].some(([n, { alias }]) => {
    const known = before?.tracks.get(n);
    return !known || known.alias?.to !== alias?.to;
  });
}
