import type { CrewRules } from "../../field/feed/rules_record.ts";
import { NO_RULES } from "../../field/decide/rule.ts";
import type { Replica } from "../../field/feed/replica.ts";
import type { Store } from "../../field/store/store.ts";
import { EMPTY_AGENT, EMPTY_WORLD, type WorldState } from "../../field/world/world_state.ts";
import { DecisionBook } from "./decision_book.ts";
import { KeptCamera } from "./kept_camera.ts";
import { PastMoments } from "./past_moments.ts";
import { CELL } from "./site.ts";
import { TrackNumbers } from "./track_numbers.ts";

/** What the world stands on, from the disk. */
export interface WorldParts {
  readonly before: WorldState;
  readonly rules: CrewRules;
  readonly numbers: TrackNumbers;
  readonly book: DecisionBook;
  readonly camera: KeptCamera;
  readonly past: PastMoments;
  /** Feeds could not be read: what they say of the world is missing, and nothing of it is lost. */
  readonly thrown?: unknown;
}

export async function readWorldParts(
  { replica, store }: {
    readonly replica: Pick<Replica, "id" | "world" | "crewRules">;
    readonly store: Pick<Store, "setting" | "settings" | "commit">;
  },
): Promise<WorldParts> {
  const fed = await readFeeds(replica);
  const own = fed.before.get(replica.id) ?? EMPTY_AGENT;
  const used = Math.max(-1, ...own.tracks.keys());
  const [numbers, book, camera] = await Promise.all([
    TrackNumbers.open(store, used),
    DecisionBook.open(store),
    KeptCamera.open(store),
  ]);
  return { ...fed, numbers, book, camera, past: new PastMoments(store) };
}

/** The rest of the app does not wait for the world. */
async function readFeeds(
  replica: Pick<Replica, "world" | "crewRules">,
): Promise<Pick<WorldParts, "before" | "rules" | "thrown">> {
  try {
    return { before: await replica.world(CELL), rules: await replica.crewRules() };
  } catch (thrown) {
    return { before: EMPTY_WORLD, rules: { set: NO_RULES, origin: null }, thrown };
  }
}
