/** The one sentence over the map: what is going on now. Pure. */
import { counted, type Formats } from "../format.ts";

export interface Situation {
  readonly drones: number;
  /** Objects that are on some drone's map. */
  readonly objects: number;
  /** Of these, those that are not on all maps. */
  readonly differing: number;
  /** So long some map has been another, ms of the swarm's time; 0 when all are alike. */
  readonly differingForMs: number;
  readonly isCut: boolean;
  /** Since the links came back; null when they were never cut. */
  readonly healed: Healed | null;
}

export interface Healed {
  /** ms of the swarm's time. */
  readonly agoMs: number;
  /** How long it took till all maps were alike; null: they are not yet. */
  readonly agreedAfterMs: number | null;
}

export interface Headline {
  readonly tone: "good" | "bad" | "info";
  readonly words: string;
}

/** What is new is on all maps within a few frames; only longer is it worth a word. */
export const SPREADING_MS = 500;
/** So long it is told how quickly they agreed. */
export const HEALED_SHOWN_MS = 12_000;

export function headlineOf(now: Situation, formats: Formats): Headline {
  const drones = capitalNumber(now.drones);
  const differ = now.differing === 0
    ? ""
    : `${counted(now.differing, "object", formats)} ${now.differing === 1 ? "differs" : "differ"}`;
  if (now.isCut) {
    return { tone: "bad", words: `Cut in two: ${differ || "the maps are still alike"}.` };
  }
  const { healed } = now;
  if (healed && healed.agreedAfterMs === null) {
    return { tone: "info", words: `Linked again: ${differ || "comparing the maps"} …` };
  }
  if (healed && healed.agreedAfterMs !== null && healed.agoMs < HEALED_SHOWN_MS) {
    const ms = formats.count(Math.round(healed.agreedAfterMs));
    return { tone: "good", words: `Healed: all ${now.drones} agreed after ${ms} ms.` };
  }
  if (now.objects === 0) {
    return { tone: "info", words: `${drones} drones set out. Nothing found yet.` };
  }
  if (now.differing > 0 && now.differingForMs > SPREADING_MS) {
    return { tone: "info", words: `${drones} drones, one map. ${differ}.` };
  }
  return { tone: "good", words: `${drones} drones, one map. They agree.` };
}

const NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"];

function capitalNumber(value: number): string {
  return NUMBERS[value] ?? String(value);
}
