/** One sentence for people, made of a decision's data alone. */
import type { Decision } from "./decision.ts";
import { ENGLISH, type Words } from "./english.ts";

export interface ExplainOptions {
  /** What people call an agent. */
  readonly agentName: (agent: string) => string;
  /** How far the user's clock is ahead of UTC, minutes. */
  readonly utcOffsetMin: number;
  readonly words?: Words;
}

const MINUTE_MS = 60_000;

export function explain(decision: Decision, options: ExplainOptions): string {
  const { agentName, utcOffsetMin, words = ENGLISH } = options;
  const timeOf = (atMs: number) => clockTime(atMs + utcOffsetMin * MINUTE_MS);
  return words.sentence(decision, { agentName, timeOf });
}

/** `HH:MM:SS` of a day, ms since 1970. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
