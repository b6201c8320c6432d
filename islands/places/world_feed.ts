/** The world as the worker tells it, for as long as somebody looks; module state, so that a change of page keeps it. */
import { batch, signal } from "@preact/signals";
import { type Failure, toFailure } from "../../field/errors.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { WorldAct, WorldReport } from "../../field/world_messages.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { coalesce } from "../coalesce.ts";
import type { PlaceSnapshot } from "./place_snapshot.ts";
import { checked } from "./rule_draft.ts";
import { historyOf, withNow } from "./snapshot_history.ts";

export const report = signal<WorldReport | null>(null);
/** Oldest first, the last is now. */
export const snapshots = signal<readonly PlaceSnapshot[]>([]);
/** Why the world cannot be read. */
export const feedFailure = signal<Failure | null>(null);
/** Why the last change was not kept, in words. */
export const keepProblem = signal<string | null>(null);

const ASK_GAP_MS = 200;
/** Ages go on also when nothing is seen. */
const ASK_EVERY_MS = 1_000;
const LOOK_BACK_MS = 10 * 60_000;

/** Fills the signals until it is undone. */
export function followWorld(source: Fieldmesh): () => void {
  let ended = false;
  let asked = false;
  const ask = coalesce(async () => {
    if (ended || document.hidden) return;
    try {
      const now = await source.world();
      // once: later moments are remembered here
      const past = asked ? null : await source.worldPast(now.now.atMs - LOOK_BACK_MS);
      asked = true;
      if (!ended) take(now, past);
    } catch (thrown) {
      if (!ended) feedFailure.value = toFailure(thrown);
    }
  }, ASK_GAP_MS);
  ask();
  const stop = source.on("world", ask);
  const timer = setInterval(ask, ASK_EVERY_MS);
  return () => {
    ended = true;
    stop();
    clearInterval(timer);
  };
}

function take(now: WorldReport, past: Parameters<typeof historyOf>[0] | null): void {
  batch(() => {
    const before = past ? historyOf(past, now.decisions) : snapshots.value;
    report.value = now;
    snapshots.value = withNow(before, now);
    feedFailure.value = now.failure ?? null;
  });
}

/** Keeps rules and the site's origin. False: they were not, and {@link keepProblem} says why. */
export async function keepRules(
  source: Fieldmesh,
  rules: RuleSet,
  origin: LatLon | null,
): Promise<boolean> {
  const whole = checked(rules);
  if ("fault" in whole) {
    keepProblem.value = whole.fault;
    return false;
  }
  return await tried(source, () => source.keepRules(whole.set, origin));
}

/** Where this device's camera is, or (null) that nobody knows. */
export function placeCamera(source: Fieldmesh, camera: CameraPlacement | null): Promise<boolean> {
  return tried(source, () => source.placeCamera(camera));
}

export function act(source: Fieldmesh, what: WorldAct): Promise<boolean> {
  return tried(source, () => source.worldAct(what));
}

async function tried(source: Fieldmesh, change: () => Promise<void>): Promise<boolean> {
  keepProblem.value = null;
  try {
    await change();
    take(await source.world(), null);
    return true;
  } catch (thrown) {
    keepProblem.value = toFailure(thrown).message;
    return false;
  }
}
