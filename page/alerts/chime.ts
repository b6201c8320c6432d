/** What an alert sounds like: tones to be made, no file. Pure. */
import type { AlertAction } from "../../field/decide/rule.ts";

export interface Tone {
  readonly hz: number;
  /** s from the beginning. */
  readonly fromS: number;
  readonly forS: number;
}

/** A fifth upwards: heard, and over. */
const CHIME: readonly Tone[] = [
  { hz: 659, fromS: 0, forS: 0.22 },
  { hz: 988, fromS: 0.2, forS: 0.5 },
];
/** 800 to 1,000 Hz carries furthest from a phone's speaker; up and down, as sirens do, it is found by ear. */
const ALARM_HZ = [784, 988];
const ALARM_TONE_S = 0.28;
const ALARM_TONES = 12;

export function tonesOf(sound: AlertAction["sound"]): readonly Tone[] {
  if (sound === "chime") return CHIME;
  if (sound !== "alarm") return [];
  return Array.from({ length: ALARM_TONES }, (_, i) => ({
    hz: ALARM_HZ[i % ALARM_HZ.length],
    fromS: i * ALARM_TONE_S,
    forS: ALARM_TONE_S,
  }));
}

/** As `navigator.vibrate` takes it: ms on, off, on … */
export function vibrationOf(vibration: AlertAction["vibration"]): readonly number[] {
  if (vibration === "short") return [200];
  return vibration === "long" ? [500, 200, 500, 200, 500] : [];
}
