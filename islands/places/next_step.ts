/** What a user who looks at Places does next, until the picture of the world is whole. Pure. */
import type { WorldReport } from "../../field/world_messages.ts";

export type NextStep =
  /** No device says where it stands: nothing can be shown. */
  | { readonly kind: "begin" }
  /** Others are on the plan; what this device sees has no place. */
  | { readonly kind: "place" }
  /** Placed, and not watching. */
  | { readonly kind: "watch" }
  | { readonly kind: "draw" }
  /** A zone or line that no rule goes by. */
  | {
    readonly kind: "rule";
    readonly on: "zone" | "line";
    readonly id: string;
    readonly name: string;
  };

/** Null: all is set up, or what is missing is not for this user to do. */
export function nextStep(
  { now, camera, rules, mayRule }: WorldReport,
  isWatching: boolean,
): NextStep | null {
  if (!camera && now.agents.length === 0) return { kind: "begin" };
  if (!camera && isWatching) return { kind: "place" };
  if (camera && !isWatching) return { kind: "watch" };
  if (!mayRule) return null;
  if (rules.zones.length + rules.lines.length === 0) {
    return now.tracks.length > 0 ? { kind: "draw" } : null;
  }
  if (rules.rules.length > 0) return null;
  const [zone, line] = [rules.zones.at(0), rules.lines.at(0)];
  if (zone) return { kind: "rule", on: "zone", id: zone.id, name: zone.name };
  return line ? { kind: "rule", on: "line", id: line.id, name: line.name } : null;
}
