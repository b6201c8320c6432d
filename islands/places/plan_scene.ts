/** What of the world lies where on the plan: marks, names beside them, and what a tap on them means. Pure. */
import type { Line, Zone } from "../../field/decide/rule.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { Target } from "./mark_hit.ts";
import { type LabelBox, type Labelled, layOutLabels } from "./label_layout.ts";
import { inMetres } from "./outline_draft.ts";
import { isPicked, type Picked, type PlaceSnapshot } from "./place_snapshot.ts";
import { type PlacedDecision, placedDecisions } from "./placed_decision.ts";
import type { PlanPoint, PlanSize } from "./plan_view.ts";
import { isSure, trackTag } from "./track_look.ts";

export interface SceneLabel {
  readonly key: string;
  readonly words: string;
  readonly kind: string;
  readonly box: LabelBox;
}

export interface Scene {
  readonly decisions: readonly PlacedDecision[];
  readonly labels: readonly SceneLabel[];
  readonly targets: readonly Target<Picked>[];
}

export interface SceneOf {
  readonly snapshot: PlaceSnapshot;
  readonly zones: readonly Zone[];
  readonly lines: readonly Line[];
  readonly picked: Picked | null;
  readonly size: PlanSize;
  /** What lies over the plan, px. */
  readonly covered: readonly LabelBox[];
  readonly toPlan: (place: Vector) => PlanPoint;
}

interface Named extends Labelled {
  readonly kind: string;
  readonly picks: Picked;
}

/** Where a decision's pin is widest: what a finger aims at. */
const PIN_PX = 20;

export function sceneOf(of: SceneOf): Scene {
  const { snapshot, size, covered, toPlan } = of;
  const decisions = placedDecisions(snapshot.decisions, snapshot.atMs);
  const pins = decisions.map(({ decision, place }) => {
    const { x, y } = toPlan(place);
    const picks: Picked = { kind: "decision", id: decision.id };
    return { is: picks, at: { x, y: y - PIN_PX } };
  });
  const pinBoxes = pins.map(({ at: { x, y } }) => ({
    x: x - 12,
    y: y - 13,
    width: 24,
    height: 26,
  }));
  const named = namedOf(of);
  const boxes = layOutLabels(named, size, [...covered, ...pinBoxes]);
  return {
    decisions,
    labels: named.flatMap(({ id, words, kind }) => {
      const box = boxes.get(id);
      return box ? [{ key: id, words, kind, box }] : [];
    }),
    targets: [...named.map(({ at, picks }) => ({ at, is: picks })), ...pins],
  };
}

/** Half of a mark's width, px: an outline's name may lie on it. */
const REACH = { zone: 0, line: 0, agent: 15, track: 10, decision: 12 } as const;
/** Agents are named before tracks, and outlines before both: they are what one knows one's way by. */
const WEIGHT = { zone: 3, line: 3, agent: 2, track: 0, decision: 0 } as const;
const PICKED_WEIGHT = 9;

/** Those that are drawn above come last. */
function namedOf({ snapshot, zones, lines, picked, toPlan }: SceneOf): readonly Named[] {
  const name = (picks: Picked, words: string, place: Vector, look: string, weight = 0): Named => ({
    ...{ id: `${picks.kind} ${picks.id}`, words, at: toPlan(place), picks, kind: look },
    reach: REACH[picks.kind],
    weight: isPicked(picked, picks.kind, picks.id) ? PICKED_WEIGHT : WEIGHT[picks.kind] + weight,
  });
  return [
    ...zones.map(({ id, name: words, corners }) =>
      name({ kind: "zone", id }, words, topOf(corners.map(inMetres)), "outline-label")
    ),
    ...lines.map(({ id, name: words, from, to }) => {
      const [[a, b], [c, d]] = [inMetres(from), inMetres(to)];
      return name({ kind: "line", id }, words, [(a + c) / 2, (b + d) / 2], "outline-label");
    }),
    ...snapshot.agents.map(({ id, name: words, pose }) =>
      name({ kind: "agent", id }, words, pose.position, "agent-label")
    ),
    ...snapshot.tracks.map((track) => {
      const look = isSure(track) ? "track-label" : "track-label unsure";
      const { id, position, confidence } = track;
      return name({ kind: "track", id }, trackTag(track), position, look, confidence);
    }),
  ];
}

/** The middle of a zone's northern edge, where its name covers least. */
function topOf(corners: readonly Vector[]): Vector {
  const easts = corners.map(([east]) => east);
  const middle = (Math.min(...easts) + Math.max(...easts)) / 2;
  return [middle, Math.max(...corners.map(([, north]) => north))];
}
