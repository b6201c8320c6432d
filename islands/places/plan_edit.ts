/** What is edited on the plan, as its fingers and keys see it: an outline, or a camera. */
import type { Signal } from "@preact/signals";
import type { Vector } from "../../field/world/world_track.ts";
import { ahead, type CameraDraft, lookingAt, withPoint, withPosition } from "./camera_draft.ts";
import { draftAfterKey, draftTapped } from "./draft_steps.ts";
import type { Target } from "./mark_hit.ts";
import { byFinger, chosenCorner, inMetres, type OutlineDraft, placed } from "./outline_draft.ts";
import type { PlanKey } from "./plan_keys.ts";
import type { PlanPoint } from "./plan_view.ts";

export interface PlanEdit {
  /** Where the user is at: it is kept in sight. */
  readonly at: Vector;
  /** What can be dragged, on the plan. */
  handles(toPlan: (place: Vector) => PlanPoint): readonly Target<number>[];
  tap(handle: number | null, at: Vector): void;
  drag(handle: number, to: Vector): void;
  key(key: PlanKey): void;
}

/** `stepMm`: how far an arrow goes. */
export function outlineEdit(draft: Signal<OutlineDraft | null>, stepMm: number): PlanEdit | null {
  const { value } = draft;
  if (!value) return null;
  return {
    at: inMetres(value.cursor),
    handles: (toPlan) => value.corners.map((corner, is) => ({ at: toPlan(inMetres(corner)), is })),
    tap: (handle, at) => draft.value = draftTapped(value, handle, at),
    drag(handle, to) {
      // the newest: a finger moves oftener than the plan is drawn
      const now = draft.value ?? value;
      draft.value = placed(chosenCorner(now, handle), handle, byFinger(to));
    },
    key: (key) => draft.value = draftAfterKey(value, key, stepMm),
  };
}

const CAMERA = 0;
const AIM = 1;
/** The handle that turns the camera is so far ahead of it, px. */
export const AIM_PX = 72;

export function cameraEdit(camera: Signal<CameraDraft | null>, stepMm: number): PlanEdit | null {
  const { value } = camera;
  if (!value) return null;
  return value.way === "pose" ? poseEdit(camera, value, stepMm) : pointsEdit(camera, value, stepMm);
}

function poseEdit(
  camera: Signal<CameraDraft | null>,
  value: CameraDraft,
  stepMm: number,
): PlanEdit {
  const { pose } = value;
  return {
    at: pose.position,
    handles: (toPlan) => [
      { at: aimHandle(toPlan, pose), is: AIM },
      { at: toPlan(pose.position), is: CAMERA },
    ],
    tap(handle, at) {
      if (handle === null) camera.value = withPosition(value, at);
    },
    drag(handle, to) {
      const now = camera.value ?? value;
      camera.value = handle === AIM ? lookingAt(now, to) : withPosition(now, to);
    },
    key(key) {
      if (key.kind !== "go") return;
      camera.value = withPosition(value, stepped(pose.position, key, stepMm));
    },
  };
}

function pointsEdit(
  camera: Signal<CameraDraft | null>,
  value: CameraDraft,
  stepMm: number,
): PlanEdit {
  const { pairs, cursor } = value;
  return {
    at: cursor,
    handles: (toPlan) => pairs.flatMap(({ world }, is) => world ? [{ at: toPlan(world), is }] : []),
    tap(handle, at) {
      camera.value = handle === null
        ? { ...withPoint(value, { world: at }), cursor: at }
        : { ...value, chosen: handle };
    },
    drag(handle, to) {
      const now = camera.value ?? value;
      camera.value = { ...withPoint({ ...now, chosen: handle }, { world: to }), cursor: to };
    },
    key(key) {
      if (key.kind === "go") camera.value = { ...value, cursor: stepped(cursor, key, stepMm) };
      if (key.kind === "add") camera.value = withPoint(value, { world: cursor });
    },
  };
}

/** Ahead of the camera by the same number of pixels whatever the zoom. */
export function aimHandle(
  toPlan: (place: Vector) => PlanPoint,
  pose: CameraDraft["pose"],
): PlanPoint {
  const [from, to] = [toPlan(pose.position), toPlan(ahead(pose, 1))];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const scale = length > 0 ? AIM_PX / length : 0;
  return { x: from.x + (to.x - from.x) * scale, y: from.y + (to.y - from.y) * scale };
}

function stepped(
  [east, north]: Vector,
  key: { readonly east: number; readonly north: number },
  stepMm: number,
): Vector {
  return [east + key.east * stepMm / 1000, north + key.north * stepMm / 1000];
}
