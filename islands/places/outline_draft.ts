/** A zone or a line being drawn, by finger or by keys: whole millimetres, and no screen. Pure. */
import type { Line, Zone } from "../../field/decide/rule.ts";
import { MOST_MM, type SitePoint } from "../../field/decide/site_point.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { clamp } from "./plan_view.ts";

export type OutlineKind = "zone" | "line";

export interface OutlineDraft {
  readonly kind: OutlineKind;
  /** Of what is edited; null for a new one. */
  readonly id: string | null;
  readonly name: string;
  readonly corners: readonly SitePoint[];
  /** Where the next corner goes. */
  readonly cursor: SitePoint;
  /** The corner that the arrows move; null when they move the cursor. */
  readonly chosen: number | null;
}

/** A finger is not more exact than that, mm. */
const FINGER_MM = 100;
const LINE_CORNERS = 2;

export function newDraft(kind: OutlineKind, at: Vector, name = ""): OutlineDraft {
  return { kind, id: null, name, corners: [], cursor: byFinger(at), chosen: null };
}

export function draftOfZone({ id, name, corners }: Zone): OutlineDraft {
  return { kind: "zone", id, name, corners, cursor: corners[0], chosen: null };
}

export function draftOfLine({ id, name, from, to }: Line): OutlineDraft {
  return { kind: "line", id, name, corners: [from, to], cursor: to, chosen: null };
}

/** Rounded to what a finger can mean, and on the site. */
export function byFinger([east, north]: Vector): SitePoint {
  const rounded = (m: number) => Math.round(m * 1000 / FINGER_MM) * FINGER_MM;
  return onSite([rounded(east), rounded(north)]);
}

/** A line has two ends: a third corner moves its second. */
export function withCorner(draft: OutlineDraft, at: SitePoint = draft.cursor): OutlineDraft {
  const { kind, corners } = draft;
  const kept = kind === "line" ? corners.slice(0, LINE_CORNERS - 1) : corners;
  return { ...draft, corners: [...kept, at], cursor: at, chosen: null };
}

export function withoutCorner(draft: OutlineDraft, index: number): OutlineDraft {
  return { ...draft, corners: draft.corners.filter((_, i) => i !== index), chosen: null };
}

/** Takes the last corner back. */
export function withoutLast(draft: OutlineDraft): OutlineDraft {
  return withoutCorner(draft, draft.corners.length - 1);
}

export function chosenCorner(draft: OutlineDraft, index: number | null): OutlineDraft {
  const corner = index === null ? undefined : draft.corners[index];
  return corner ? { ...draft, chosen: index, cursor: corner } : { ...draft, chosen: null };
}

/** The corner `index`, or with null the cursor alone, goes to a place. */
export function placed(draft: OutlineDraft, index: number | null, at: SitePoint): OutlineDraft {
  const to = onSite(at);
  const corners = draft.corners.map((corner, i) => i === index ? to : corner);
  return { ...draft, corners, cursor: to };
}

/** What the arrows do: the chosen corner, or the cursor, goes so many mm east and north. */
export function stepped(draft: OutlineDraft, east: number, north: number): OutlineDraft {
  const [x, y] = draft.cursor;
  return placed(draft, draft.chosen, [x + east, y + north]);
}

/** A line counts forward from its left to its right: turned round, it counts the other way. */
export function turnedRound(draft: OutlineDraft): OutlineDraft {
  return { ...draft, corners: draft.corners.toReversed(), chosen: null };
}

export function inMetres([east, north]: SitePoint): Vector {
  return [east / 1000, north / 1000];
}

function onSite([east, north]: SitePoint): SitePoint {
  const within = (mm: number) => clamp(Math.round(mm), -MOST_MM, MOST_MM) + 0;
  return [within(east), within(north)];
}
