/** Plays what was recorded to a team, and measures it. */
import {
  Agreement,
  areOneIn,
  differencesOf,
  type KnownThen,
  knownTo,
} from "../../field/swarm/agreement.ts";
import { placeAt } from "../../field/swarm/scene_objects.ts";
import {
  HELD_EVERY_MS,
  SCORE_EVERY_MS,
  type ScoredObject,
  ScoreKeeper,
} from "../../field/swarm/swarm_score.ts";
import { HeldKeeper } from "./held.ts";
import { beyondOf, type Lateness, latenessOf } from "./lateness.ts";
import type { Event } from "./oracle.ts";
import { DRONES, type Recording } from "./recording.ts";
import { APART_S, isApart, LINKS, SECONDS, STEP_MS } from "./scenario.ts";
import type { Team } from "./team.ts";

/** Drones from this one on are cut off from the rest, and from a server. */
const FIRST_CUT = DRONES >> 1;
const END_MS = SECONDS * 1000;
const [CUT_MS, LINKED_MS] = [APART_S[0] * 1000, APART_S[1] * 1000];

export interface Played {
  readonly lateness: readonly Lateness[];
  /** Alerts that a drone heard of besides those of the events. */
  readonly beyond: number;
  /** From the end of 20 s apart until all show the same of what any knew then; to the end of the run if never. */
  readonly healedMs: number;
  /** Share of the time in which all showed the same. */
  readonly agreedShare: number;
  /** Of each object: until all have one track of it. */
  readonly heldMs: readonly number[];
  readonly mota: number;
  /** Of what the drones that are cut off fly over in that time, the share on their maps. */
  readonly shownApart: number;
  readonly idf1: number;
  readonly bytesPerAgentS: number;
}

/** With `onStep`, all that happens in each step of 10 ms; `ms` since the start. */
export async function playTo(
  endMs: number,
  { seen }: Recording,
  team: Team,
  onStep: (ms: number) => void = () => {},
): Promise<void> {
  let next = 0;
  for (let ms = STEP_MS; ms <= endMs; ms += STEP_MS) {
    const from = next;
    while (next < seen.length && seen[next].knownAtMs <= ms) next++;
    if (ms === CUT_MS) await team.part({ ...LINKS, partition: true });
    if (ms === LINKED_MS) await team.part(LINKS);
    await team.step(ms, seen.slice(from, next));
    onStep(ms);
  }
}

export async function play(
  recording: Recording,
  events: readonly Event[],
  team: Team,
): Promise<Played> {
  const measures = new Measures(recording, team);
  await playTo(END_MS, recording, team, (ms) => measures.step(ms));
  return {
    ...measures.result(),
    lateness: latenessOf(events, team.decisions),
    beyond: beyondOf(events, team.decisions),
    bytesPerAgentS: team.bytesSent / DRONES / SECONDS,
  };
}

class Measures {
  readonly #recording: Recording;
  readonly #team: Team;
  readonly #score = new ScoreKeeper(DRONES);
  readonly #cut = new ScoreKeeper(DRONES - FIRST_CUT);
  readonly #held = new HeldKeeper();
  readonly #agreement = new Agreement();
  /** When the partition ended. */
  #known: KnownThen | null = null;
  #nextWhole = 0;

  constructor(recording: Recording, team: Team) {
    [this.#recording, this.#team] = [recording, team];
  }

  step(ms: number): void {
    this.#noteWhole(ms);
    const isAlways = ms % HELD_EVERY_MS === 0;
    if (!isAlways && !this.#agreement.isHealing) return;
    const { views } = this.#team;
    const maps = views.map((tracks, drone) => ({ drone, tracks }));
    if (ms === LINKED_MS) {
      this.#agreement.healed(ms);
      this.#known = knownTo(maps, []);
    }
    const haveHealed = this.#known !== null && areOneIn(this.#known, maps, []);
    this.#agreement.observe(differencesOf(maps).length === 0, ms, haveHealed);
    if (!isAlways) return;
    const objects = objectsAt(this.#recording, ms);
    this.#held.observe(objects, views, ms);
    if (ms % SCORE_EVERY_MS !== 0) return;
    const sideOf = (drone: number) => isApart(ms) && drone >= FIRST_CUT ? 1 : 0;
    const drones = views.map((tracks, i) => ({ side: sideOf(i), tracks }));
    this.#score.observe(objects, drones, ms);
    if (isApart(ms)) this.#cut.observe(objects, drones.slice(FIRST_CUT), ms);
  }

  result() {
    const objects = objectsAt(this.#recording, END_MS);
    const { mota, idf1 } = this.#score.result(objects);
    const cut = this.#cut.result(objects);
    return {
      ...{ mota, idf1, shownApart: 1 - cut.misses / cut.truths },
      heldMs: this.#held.lateMs(END_MS),
      healedMs: this.#agreement.healing?.tookMs ?? END_MS - LINKED_MS,
      agreedShare: this.#agreement.agreedMs / END_MS,
    };
  }

  #noteWhole(ms: number): void {
    const { whole } = this.#recording;
    for (; this.#nextWhole < whole.length && whole[this.#nextWhole].atMs <= ms; this.#nextWhole++) {
      const { id, drone, atMs } = whole[this.#nextWhole];
      this.#score.shown(id, drone, atMs);
      this.#held.shown(id, atMs);
      if (drone >= FIRST_CUT) this.#cut.shown(id, drone - FIRST_CUT, atMs);
    }
  }
}

function objectsAt({ scene }: Recording, ms: number): readonly ScoredObject[] {
  return scene.objects.map((one) => ({
    ...{ id: one.id, label: one.label, position: placeAt(one, ms) },
  }));
}
