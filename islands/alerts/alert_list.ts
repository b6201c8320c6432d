/** Which alerts stand on the screen. Pure. */
import type { Decision } from "../../field/decide/decision.ts";
import type { AlertAction, Urgency } from "../../field/decide/rule.ts";
import { URGENCIES } from "../../field/decide/rule.ts";

export interface ShownAlert {
  /** The decision's. */
  readonly id: string;
  readonly words: string;
  readonly urgency: Urgency;
  /** This device is asked to look; the track, if it is about one. */
  readonly look: { readonly track: string | null } | null;
  /** The browser did not let it sound. */
  readonly silent: boolean;
}

const MOST = 3;
const TRACK = "track ";

/** Null: nobody has to be told, nor this device to look. */
export function shownAlert(
  decision: Decision,
  words: string,
  self: string | null,
): ShownAlert | null {
  const { id, urgency, asks } = decision;
  const mine = asks.find((ask) => ask.kind === "confirm" && ask.agent === self);
  if (!mine && !alertAsk(decision)) return null;
  const subject = mine?.kind === "confirm" ? mine.subject : null;
  const track = subject?.startsWith(TRACK) ? subject.slice(TRACK.length) : null;
  return { id, words, urgency, look: subject === null ? null : { track }, silent: false };
}

export function alertAsk({ asks }: Decision): AlertAction | null {
  return asks.find((ask): ask is AlertAction => ask.kind === "alert") ?? null;
}

/** With it, the most urgent first and of equals the newest; what was there under its id is as it was. */
export function withAlertShown(
  list: readonly ShownAlert[],
  alert: ShownAlert,
): readonly ShownAlert[] {
  if (list.some(({ id }) => id === alert.id)) return list;
  const rank = ({ urgency }: ShownAlert) => -URGENCIES.indexOf(urgency);
  return [alert, ...list].sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
}

export function withoutAlertShown(
  list: readonly ShownAlert[],
  id: string,
): readonly ShownAlert[] {
  return list.filter((one) => one.id !== id);
}

export function silenced(list: readonly ShownAlert[], id: string): readonly ShownAlert[] {
  return list.map((one) => one.id === id ? { ...one, silent: true } : one);
}
