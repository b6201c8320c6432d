/** What a tap and a key do to a draft. Pure. */
import {
  byFinger,
  chosenCorner,
  type OutlineDraft,
  stepped,
  withCorner,
  withoutCorner,
  withoutLast,
} from "./outline_draft.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { PlanKey } from "./plan_keys.ts";

/** A tap on a corner chooses it, or lets it go; elsewhere it makes one. */
export function draftTapped(draft: OutlineDraft, corner: number | null, at: Vector): OutlineDraft {
  if (corner === null) return withCorner(draft, byFinger(at));
  return chosenCorner(draft, draft.chosen === corner ? null : corner);
}

/** Null: away with it, when there is nothing to lose. Keys that are about the view leave it as it is. */
export function draftAfterKey(
  draft: OutlineDraft,
  key: PlanKey,
  stepMm: number,
): OutlineDraft | null {
  const { chosen } = draft;
  switch (key.kind) {
    case "go":
      return stepped(draft, key.east * stepMm, key.north * stepMm);
    case "add":
      return chosen === null ? withCorner(draft) : chosenCorner(draft, null);
    case "back":
      return chosen === null ? withoutLast(draft) : withoutCorner(draft, chosen);
    case "leave":
      return chosen === null && draft.corners.length === 0 ? null : chosenCorner(draft, null);
    case "zoom":
    case "fit":
      return draft;
  }
}
