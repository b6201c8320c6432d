/** Names of objects on the map, and who alone has them. Pure. */
import type { CameraPose } from "../../field/world/camera_pose.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import { type LabelBox, type Labelled, layOutLabels } from "../places/label_layout.ts";
import type { PlanPoint } from "../places/plan_view.ts";
import { isSure, trackTag } from "../places/track_look.ts";
import { DRONE_REACH_PX, OBJECT_REACH_PX } from "./mark_reach.ts";
import type { MapFrame } from "./map_frame.ts";
import type { ShownObject, ShownSwarm } from "./swarm_shown.ts";

export interface MapLabel {
  readonly id: string;
  readonly words: string;
  readonly kind: string;
  readonly box: LabelBox;
}

/** On a narrower map what all have is told by its mark alone, px. */
const ROOMY_PX = 520;

/** "person 81", and when not all have it, "person: only 1 2"; null for what needs no words. */
export function objectWords(
  { track, heldBy, isShared }: ShownObject,
  drones: number,
  hasRoom = true,
): string | null {
  if (isShared) return hasRoom ? trackTag(track) : null;
  const who = heldBy.length < drones ? `only ${heldBy.join(" ")}` : "in two places";
  return hasRoom ? `${track.label}: ${who}` : who;
}

export function mapLabels({ drones, objects }: ShownSwarm, frame: MapFrame): readonly MapLabel[] {
  const taken = drones.map(({ pose }) => boxAround(frame.at(pose.position), DRONE_REACH_PX));
  const named = objects.flatMap((object) => {
    const words = objectWords(object, drones.length, isRoomy(frame));
    // what differs is what this is about
    const weight = object.isShared ? 0 : 1;
    const kind = object.isShared ? "" : " differing";
    return words === null ? [] : [namedTrack(object.track, words, kind, weight, frame)];
  });
  return placed(named, frame, taken);
}

/** Names alone: who has them is not asked. */
export function trackLabels(
  tracks: readonly WorldTrack[],
  agents: readonly { readonly pose: CameraPose }[],
  frame: MapFrame,
): readonly MapLabel[] {
  if (!isRoomy(frame)) return [];
  const taken = agents.map(({ pose }) => boxAround(frame.at(pose.position), DRONE_REACH_PX));
  const named = tracks.map((track) => namedTrack(track, trackTag(track), "", 0, frame));
  return placed(named, frame, taken);
}

interface Named extends Labelled {
  readonly kind: string;
}

function namedTrack(
  track: WorldTrack,
  words: string,
  kind: string,
  weight: number,
  frame: MapFrame,
): Named {
  return {
    ...{ id: track.id, words, at: frame.at(track.position), reach: OBJECT_REACH_PX },
    weight: weight + track.confidence,
    kind: `track-label${isSure(track) ? "" : " unsure"}${kind}`,
  };
}

function placed(
  named: readonly Named[],
  frame: MapFrame,
  taken: readonly LabelBox[],
): readonly MapLabel[] {
  const boxes = layOutLabels(named, frame, taken);
  return named.flatMap(({ id, words, kind }) => {
    const box = boxes.get(id);
    return box ? [{ id, words, kind, box }] : [];
  });
}

function isRoomy({ width }: MapFrame): boolean {
  return width >= ROOMY_PX;
}

function boxAround({ x, y }: PlanPoint, reach: number): LabelBox {
  return { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
}
