/** Of the Compute Pressure API (W3C): how hot or how busy a device is. */
export type Thermal = "nominal" | "fair" | "serious" | "critical";

export interface Battery {
  /** 0..1. */
  readonly level: number;
  readonly charging: boolean;
}

export interface Conditions {
  /** Median time of a look, ms; null before the first. */
  readonly inferenceMs: number | null;
  /** Null where the browser does not tell: Firefox and Safari. */
  readonly battery: Battery | null;
  readonly thermal: Thermal | null;
  /** How full the links to peers are, 0..1: what is seen must also get away. */
  readonly pressure: number;
}

/** Looks a second of all sources together while nobody knows how long one takes. */
export const UNKNOWN_CAPACITY = 2;
/** The worker also saves, syncs and answers; and with periodic arrivals waits stay bounded only below 1. */
const MOST_BUSY = 0.8;
/** From the one level down to the other the rate falls to {@link LOW_BATTERY_SHARE}, and stays there. */
const FULL_RATE_LEVEL = 0.5;
const LOW_LEVEL = 0.1;
const LOW_BATTERY_SHARE = 0.25;
const THERMAL_SHARE: Readonly<Record<Thermal, number>> = {
  nominal: 1,
  fair: 0.8,
  serious: 0.5,
  critical: 0.25,
};
/** Links less full than this are not what a frame should wait for. */
const EASY_PRESSURE = 0.5;
const FULL_LINKS_SHARE = 0.1;

/** Looks a second that the engine can give to all sources; finite, above 0. */
export function engineCapacity({ inferenceMs }: Pick<Conditions, "inferenceMs">): number {
  if (inferenceMs === null) return UNKNOWN_CAPACITY;
  return (MOST_BUSY * 1000) / Math.max(1, inferenceMs);
}

/** What part of it, and of the most that a source is looked at, is to be used; above 0 to 1. Rises with the battery only. */
export function sparingShare(
  { battery, thermal, pressure }: Omit<Conditions, "inferenceMs">,
): number {
  return batteryShare(battery) * (thermal ? THERMAL_SHARE[thermal] : 1) * linksShare(pressure);
}

function batteryShare(battery: Battery | null): number {
  if (!battery || battery.charging) return 1;
  return between(LOW_BATTERY_SHARE, 1, (battery.level - LOW_LEVEL) / (FULL_RATE_LEVEL - LOW_LEVEL));
}

function linksShare(pressure: number): number {
  return between(1, FULL_LINKS_SHARE, (pressure - EASY_PRESSURE) / (1 - EASY_PRESSURE));
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * Math.min(1, Math.max(0, share));
}
