/** This device's map: what is kept, what is being done, what went wrong. Outlives the page that shows it. */
import { computed, signal } from "@preact/signals";
import type { KeptMap } from "../../page/maps/map_archive.ts";
import { isMapEngineKept, loadMapEngine } from "../../page/maps/load_map_engine.ts";
import { dropMap, keepMap, keptMap } from "../../page/maps/map_store.ts";
import { takeMap, type TakeStep } from "../../page/maps/take_map.ts";
import { formats } from "../format.ts";

export interface GroundProblem {
  readonly title: string;
  readonly what: string;
}

/** Undefined till the disk was asked. */
export const groundMap = signal<KeptMap | null | undefined>(undefined);
export const groundStep = signal<TakeStep | null>(null);
export const isGroundBusy = computed(() => groundStep.value !== null);
/** Of the file that was chosen, or of the one that is kept. */
export const groundProblem = signal<GroundProblem | null>(null);
/** Why the map is not drawn, or not whole. */
export const drawProblem = signal<string | null>(null);
/** False: it is drawn now, and would not be without a network. */
export const isDrawnOffline = signal(true);

/** Asks the disk, once. */
export async function readGround(): Promise<void> {
  if (groundMap.value !== undefined) return;
  try {
    const map = await keptMap(indexedDB);
    groundMap.value ??= map;
  } catch (thrown) {
    groundProblem.value = { title: "The map cannot be read", what: storageWords(thrown) };
  }
}

export async function chooseGround(file: File): Promise<void> {
  groundProblem.value = null;
  const taken = await takeMap(file, {
    loadEngine: loadMapEngine,
    keep: (map) => keepMap(indexedDB, map),
    room,
    nowMs: () => Date.now(),
    onStep: (step) => groundStep.value = step,
    bytes: formats.bytes,
  });
  groundStep.value = null;
  if ("problem" in taken) {
    groundProblem.value = { title: `${file.name} was not taken as a map`, what: taken.problem };
  } else groundMap.value = await asKept(taken);
}

/** The stored copy: the file that was chosen may be changed or removed by others. */
async function asKept(taken: KeptMap): Promise<KeptMap> {
  return await keptMap(indexedDB) ?? taken;
}

export async function removeGround(): Promise<void> {
  try {
    await dropMap(indexedDB);
    groundMap.value = null;
    groundProblem.value = drawProblem.value = null;
  } catch (thrown) {
    groundProblem.value = { title: "The map was not removed", what: storageWords(thrown) };
  }
}

/** After the map was drawn: its scripts are stored by then, or will not be. */
export async function lookWhetherOffline(): Promise<void> {
  isDrawnOffline.value = await isMapEngineKept(caches);
}

async function room(): Promise<number | undefined> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || usage === undefined ? undefined : Math.max(0, quota - usage);
}

function storageWords(thrown: unknown): string {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return `The browser's storage does not answer (${why}). Reload the page; the plan goes on without the map.`;
}
