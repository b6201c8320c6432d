import type { Picture } from "../cutout/cutout.ts";
import { TILE_MARKS } from "../world/tiles.ts";
import { markedTiles } from "../world/world_state.ts";
import {
  Agreement,
  areOneIn,
  type ComparedMap,
  differencesOf,
  type KnownThen,
  knownTo,
} from "./agreement.ts";
import { Chance } from "./chance.ts";
import { Drone } from "./drone.ts";
import { DroneDevice, makeCrew } from "./drone_device.ts";
import type { DecisionMade } from "./drone_mind.ts";
import { FLIGHT_STEP_MS } from "./flight.ts";
import { Radio } from "./radio.ts";
import { placeAt } from "./scene_objects.ts";
import { reportOf } from "./report_of.ts";
import {
  DEFAULT_LINKS,
  MOST_DRONES,
  type SeenFrame,
  type SwarmDetector,
  type SwarmFrame,
  type SwarmOptions,
} from "./swarm_options.ts";
import type { LinkSettings, SwarmReport } from "./swarm_report.ts";
import { swarmRules } from "./swarm_rules.ts";
import { SwarmScene } from "./swarm_scene.ts";
import {
  HELD_EVERY_MS,
  SCORE_EVERY_MS,
  type ScoredObject,
  ScoreKeeper,
  type SwarmScore,
} from "./swarm_score.ts";
import { SwarmTotals } from "./swarm_totals.ts";
import { Timeline } from "./timeline.ts";

/** Noon of a day: what is told in words has a time. */
const BEGAN_MS = Date.UTC(2027, 0, 15, 12);
const STEP_MS = 10;
/** From a frame to what is in it: a phone's detector, and what waits before it. */
export const DETECTION_MS = 80;
const DECIDE_EVERY_MS = 200;
const TICK_MS = 1000;
const LEAST_DRONES = 2;

/**
 * Drones that share one world: each a device of its own, over simulated links and in virtual time, with the shipping
 * feeds, nodes, trackers and deciders. The same options give the same run, to the bit.
 */
export class Swarm {
  readonly #seed: number;
  readonly #timeline: Timeline;
  readonly #scene: SwarmScene;
  readonly #radio: Radio;
  readonly #drones: readonly Drone[];
  readonly #detect: SwarmDetector;
  readonly #onSeen: (frame: SeenFrame) => void;
  readonly #agreement = new Agreement();
  readonly #score: ScoreKeeper;
  readonly #isScored: boolean;
  readonly #totals: SwarmTotals;
  #ms = 0;
  #isLinkingDue = true;
  /** When the last partition ended. */
  #knownThen: KnownThen | null = null;

  private constructor(
    options: SwarmOptions,
    parts: { timeline: Timeline; scene: SwarmScene; radio: Radio; drones: readonly Drone[] },
  ) {
    this.#seed = options.seed;
    this.#detect = options.detect;
    this.#isScored = options.isScored ?? false;
    this.#onSeen = options.onSeen ?? (() => {});
    ({ timeline: this.#timeline, scene: this.#scene } = parts);
    ({ radio: this.#radio, drones: this.#drones } = parts);
    this.#score = new ScoreKeeper(parts.drones.length);
    this.#totals = new SwarmTotals(parts.drones);
  }

  /** Throws for a number of agents or links that cannot be. Cutting out and keys take about a second. */
  static async begin(options: SwarmOptions): Promise<Swarm> {
    const { seed, agents = 5, pictures, automerge, links } = options;
    if (!Number.isInteger(agents) || agents < LEAST_DRONES || agents > MOST_DRONES) {
      throw new RangeError(`Cannot fly ${agents} drones: ${LEAST_DRONES} to ${MOST_DRONES} can`);
    }
    const chance = new Chance(seed);
    const timeline = new Timeline(BEGAN_MS);
    const scene = new SwarmScene(pictures, seed, agents);
    const settings = { ...DEFAULT_LINKS, ...links };
    const radio = new Radio({ timeline, chance: chance.branch(), settings });
    const { nowMs } = timeline;
    const devices: DroneDevice[] = [];
    for (let number = 0; number < agents; number++) {
      const ports = { number, chance: chance.branch(), nowMs, automerge, radio };
      devices.push(await DroneDevice.open(ports));
    }
    await makeCrew(devices);
    radio.ends = devices;
    const drones = devices.map((device) =>
      new Drone({ device, scene, chance: chance.branch(), beganMs: BEGAN_MS, nowMs })
    );
    const rules = options.rules ?? swarmRules(scene.groundM);
    // on the founder's disk alone: the others hear of them over the links
    await devices[0].replica.keepRules(rules);
    return new Swarm(options, { timeline, scene, radio, drones });
  }

  /** ms since it began. */
  get ms(): number {
    return this.#ms;
  }

  /** The ground with nothing on it, RGBA, north on top. */
  get ground(): Picture {
    return this.#scene.picture;
  }

  get scene(): SwarmScene {
    return this.#scene;
  }

  get links(): LinkSettings {
    return this.#radio.settings;
  }

  /** From the next frame on; a partition cuts now, and its end makes the links anew, with their handshakes. */
  set links(settings: LinkSettings) {
    const wasApart = this.links.partition;
    this.#radio.change(settings);
    if (settings.partition && !wasApart) this.#agreement.parted();
    if (settings.partition || !wasApart) return;
    this.#agreement.healed(this.#ms);
    this.#knownThen = knownTo(this.#maps(), this.#tiles());
    this.#isLinkingDue = true;
  }

  /** The last frame that this drone's camera took; null before the first. */
  frameOf(drone: number): SwarmFrame | null {
    return this.#drones[drone]?.camera.last ?? null;
  }

  /** Virtual time passes, in steps of 10 ms. Rejects with what must not happen. Calls must not overlap. */
  async run(ms: number): Promise<void> {
    for (const endMs = this.#ms + ms; this.#ms < endMs;) await this.#step();
  }

  report(): SwarmReport {
    return reportOf({
      ...{ ms: this.#ms, seed: this.#seed, beganMs: BEGAN_MS, scene: this.#scene },
      ...{ radio: this.#radio, drones: this.#drones, agreement: this.#agreement },
      ...{ totals: this.#totals, truth: this.#truth(), differences: this.#differences() },
      wasInView: (object) => this.#score.wasInView(object),
    });
  }

  /** Against what is there, since it began. Throws where `isScored` was not asked for. */
  score(): SwarmScore {
    if (!this.#isScored) throw new Error("Cannot score a swarm that did not keep what it takes");
    return this.#score.result(this.#truth());
  }

  /** How long all maps have been one, in all, ms. */
  get agreedMs(): number {
    return this.#agreement.agreedMs;
  }

  /** By every drone, of all that it decided. */
  get decided(): readonly DecisionMade[] {
    return this.#drones.flatMap(({ agent }) => agent.mind.made);
  }

  /** What came of the drones' flights to tracks: how many were there, and not. */
  get verdicts(): { readonly confirmed: number; readonly removed: number } {
    const count = (found: "there" | "not there") =>
      this.#drones.reduce((sum, { verdicts }) => sum + verdicts[found], 0);
    return { confirmed: count("there"), removed: count("not there") };
  }

  end(): void {
    for (const drone of this.#drones) drone.agent.end();
  }

  // ---------------------------------------------------------------- time

  async #step(): Promise<void> {
    if (this.#isLinkingDue || this.#isTime(TICK_MS)) await this.#radio.connect();
    this.#isLinkingDue = false;
    this.#ms += STEP_MS;
    await this.#timeline.runUntil(BEGAN_MS + this.#ms);
    if (this.#isTime(FLIGHT_STEP_MS)) await this.#flyAndLook();
    for (const drone of this.#drones) await this.#serve(drone);
    this.#measure();
  }

  #isTime(everyMs: number, afterMs = 0): boolean {
    return (this.#ms + everyMs - afterMs % everyMs) % everyMs === 0;
  }

  /** What a drone's own timers do; those of different drones do not go off together. */
  async #serve(drone: Drone): Promise<void> {
    const { number } = drone;
    await drone.agent.tell();
    if (this.#isTime(DECIDE_EVERY_MS, number * 3 * STEP_MS)) await drone.decide(this.#ms);
    if (this.#isTime(TICK_MS, number * 13 * STEP_MS)) await drone.agent.tick();
    drone.device.flush();
  }

  /** Frames of one moment go to the detector together. */
  async #flyAndLook(): Promise<void> {
    for (const drone of this.#drones) drone.fly(this.#ms);
    const shots = this.#drones.flatMap((drone) => {
      const before = drone.camera.counts.taken;
      const shot = drone.shoot(this.#ms);
      if (drone.camera.counts.taken > before) this.#noteShown(drone);
      return shot ? [{ drone, shot }] : [];
    });
    if (shots.length === 0) return;
    const found = await this.#detect(shots.map(({ shot }) => shot.frame));
    if (found.length !== shots.length) {
      throw new Error(`The detector gave ${found.length} answers to ${shots.length} frames`);
    }
    this.#timeline.after(
      DETECTION_MS,
      () => shots.forEach(({ drone, shot }, i) => this.#onSeen(drone.looked(shot, found[i]))),
    );
  }

  #noteShown({ number, camera: { last } }: Drone): void {
    if (!last) return;
    for (const { id, isWhole } of this.#scene.shown(last.corner, last.atMs)) {
      if (isWhole) this.#score.shown(id, number, this.#ms);
    }
  }

  // ---------------------------------------------------------------- measures

  #measure(): void {
    if (this.#isTime(TICK_MS)) this.#totals.second();
    const isAlways = this.#isTime(HELD_EVERY_MS);
    if (!isAlways && !this.#agreement.isHealing) return;
    const maps = this.#maps();
    this.#compare(maps);
    if (!isAlways || !this.#isScored) return;
    const truth = this.#truth();
    const drones = maps.map(({ drone, tracks }) => ({ side: this.#radio.sideOf(drone), tracks }));
    this.#score.held(truth, drones, this.#ms);
    if (this.#isTime(SCORE_EVERY_MS)) this.#score.observe(truth, drones, this.#ms);
  }

  #maps(): readonly ComparedMap[] {
    return this.#drones.map(({ number, view }) => ({ drone: number, tracks: view }));
  }

  #differences() {
    return differencesOf(this.#maps());
  }

  #compare(maps: readonly ComparedMap[]): void {
    const { isHealing } = this.#agreement;
    const tiles = this.#tiles();
    const areOne = differencesOf(maps).length === 0 && new Set(tiles.map(String)).size === 1;
    const haveHealed = isHealing && this.#knownThen !== null &&
      areOneIn(this.#knownThen, maps, tiles);
    this.#agreement.observe(areOne, this.#ms, haveHealed);
  }

  /** By drone, what was marked once and for good: "searched 7". */
  #tiles(): readonly (readonly string[])[] {
    return this.#drones.map(({ agent: { world: { state } } }) =>
      TILE_MARKS.flatMap((mark) => markedTiles(state, mark).map((tile) => `${mark} ${tile}`))
    );
  }

  #truth(): readonly ScoredObject[] {
    return this.#scene.objects.map((object) => ({
      ...{ id: object.id, label: object.label, position: placeAt(object, this.#ms) },
    }));
  }
}
