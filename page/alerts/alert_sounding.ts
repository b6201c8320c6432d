import type { AlertAction } from "../../field/decide/rule.ts";
import type { AlertDuty } from "./alert_duty.ts";
import { tonesOf, vibrationOf } from "./chime.ts";
import type { TonePlayer } from "./tone_player.ts";

/** "silent": it is this page's to sound, and the browser does not let it until its user has touched it. */
export type Sounded = "here" | "elsewhere" | "silent";

export interface SoundingPorts {
  readonly duty: AlertDuty;
  readonly player: Pick<TonePlayer, "play">;
  /** Absent where the device cannot. */
  readonly vibrate?: (pattern: readonly number[]) => void;
}

/** Sounds and shakes, in one page of the site. Notifications are the worker's. `id`: the decision's. */
export async function soundAlert(
  id: string,
  { sound, vibration }: AlertAction,
  { duty, player, vibrate }: SoundingPorts,
): Promise<Sounded> {
  if (!await duty(id)) return "elsewhere";
  const pattern = vibrationOf(vibration);
  if (pattern.length > 0) vibrate?.(pattern);
  const tones = tonesOf(sound);
  if (tones.length === 0) return "here";
  return await player.play(tones) ? "here" : "silent";
}
