/**
 * Starting and stopping, and what the user chose to watch. Module state, because a start may still be
 * under way when the user looks at another page.
 */
import { signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Failure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import type { SourceChoice } from "../../page/fieldmesh.ts";
import { readSetting, writeSetting } from "../settings.ts";
import { parseSource, SOURCE_SETTING } from "./source_choice.ts";

/** What the start button starts. */
export const choice = signal<SourceChoice>("camera");
export const starting = signal(false);
/** Why the last start failed, until the next one. */
export const problem = signal<Failure | null>(null);

/** Counts starts and stops, so that the outcome of one that was overtaken is not shown. */
let attempt = 0;

/** Takes up what was chosen the last time. Only in the browser. */
export function recallChoice(): void {
  if (!(choice.value instanceof File)) choice.value = parseSource(readSetting(SOURCE_SETTING));
}

/** Chooses without starting. */
export function choose(next: SourceChoice): void {
  choice.value = next;
  problem.value = null;
  if (!(next instanceof File)) writeSetting(SOURCE_SETTING, next);
}

/** Chooses and starts. Failures are in {@link problem}. */
export async function start(next: SourceChoice): Promise<void> {
  choose(next);
  const mine = ++attempt;
  starting.value = true;
  try {
    await fieldmesh().start(next);
  } catch (thrown) {
    if (mine === attempt) problem.value = toFailure(thrown);
  } finally {
    if (mine === attempt) starting.value = false;
  }
}

/** Stops what is watched, or the start that is under way. */
export async function stop(): Promise<void> {
  const mine = ++attempt;
  starting.value = false;
  try {
    await fieldmesh().stop();
  } catch (thrown) {
    if (mine === attempt) problem.value = toFailure(thrown);
  }
}
