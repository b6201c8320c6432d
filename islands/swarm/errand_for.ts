import type { Decision } from "../../field/decide/decision.ts";
import type { Vector } from "../../field/world/world_track.ts";

/** Where a decision sends this device for a look: metres. Null when it sends another, or nobody. */
export function errandFor(
  self: string,
  { asks }: Pick<Decision, "asks">,
): { readonly track: string; readonly place: Vector } | null {
  for (const ask of asks) {
    if (ask.kind !== "confirm" || ask.agent !== self) continue;
    const [eastMm, northMm] = ask.place;
    return { track: ask.subject.replace(/^track /, ""), place: [eastMm / 1000, northMm / 1000] };
  }
  return null;
}
