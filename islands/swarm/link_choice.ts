import type { LinkSettings } from "../../field/swarm/swarm_report.ts";

/** What the user made of the links. */
export interface LinkChoice {
  /** One way, in the mean. */
  readonly latencyMs: number;
  /** Of frames sent, 0..100. */
  readonly lossPercent: number;
  /** The swarm is in two parts that hear nothing of each other. */
  readonly isCut: boolean;
}

export const LATENCY = { most: 400, step: 5 } as const;
export const LOSS = { most: 60, step: 5 } as const;
/** A radio link of the field, on a good day. */
export const FIRST_LINKS: LinkChoice = { latencyMs: 25, lossPercent: 5, isCut: false };
/** A frame takes from that share of the mean to the other. */
const JITTER = [0.6, 1.4] as const;

/** Least and most, ms. */
export function latencyRange(meanMs: number): readonly [number, number] {
  return [Math.round(meanMs * JITTER[0]), Math.round(meanMs * JITTER[1])];
}

export function latencyWords(meanMs: number): string {
  const [least, most] = latencyRange(meanMs);
  return least === most ? `${most} ms` : `${least} to ${most} ms`;
}

export function lossWords(percent: number): string {
  return percent === 0 ? "none" : `${percent} % of frames`;
}

/** As the swarm takes it. */
export function linkSettings({ latencyMs, lossPercent, isCut }: LinkChoice): LinkSettings {
  return { latencyMs: latencyRange(latencyMs), loss: lossPercent / 100, partition: isCut };
}
