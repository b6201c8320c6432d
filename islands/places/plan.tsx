import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Signal } from "@preact/signals";
import type { RuleSet } from "../../field/decide/rule.ts";
import { viewCone } from "../../field/world/view_cone.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { CameraDraft } from "./camera_draft.ts";
import { type Bounds, boundsOf, fitView, steadyBounds } from "./fit_view.ts";
import MapGround from "./map_ground.tsx";
import { hit } from "./mark_hit.ts";
import type { LabelBox } from "./label_layout.ts";
import { inMetres, type OutlineDraft } from "./outline_draft.ts";
import { placeOf } from "./place_of.ts";
import type { Picked, PlaceSnapshot } from "./place_snapshot.ts";
import { cameraEdit, outlineEdit, type PlanEdit } from "./plan_edit.ts";
import { NorthArrow, ScaleBarMark, ZoomButtons } from "./plan_frame.tsx";
import { planKey } from "./plan_keys.ts";
import PlanPicture from "./plan_picture.tsx";
import { sceneOf } from "./plan_scene.ts";
import {
  middleOf,
  pannedBy,
  type PlanSize,
  type PlanView,
  toPlan,
  toSite,
  withInSight,
  zoomedAt,
} from "./plan_view.ts";
import { trailsOf } from "./trails.ts";
import { usePlanPointers } from "./use_plan_pointers.ts";
import { useSize } from "./use_size.ts";

/** So much of the plan an arrow key moves it, px. */
const PAN_PX = 48;
/** What is picked or drawn stays so far from the edge, px. */
const IN_SIGHT_PX = 28;
/** The chips are above, the scale bar is below, the zoom buttons are on the right. */
const PADDING = { top: 60, left: 36, right: 72, bottom: 48 };

export interface PlanProps {
  readonly snapshot: PlaceSnapshot;
  /** Those before it, and it: for the trails. */
  readonly upTo: readonly PlaceSnapshot[];
  readonly rules: RuleSet;
  readonly isLive: boolean;
  readonly picked: Signal<Picked | null>;
  readonly draft: Signal<OutlineDraft | null>;
  /** This device's camera while it is being placed. */
  readonly camera: Signal<CameraDraft | null>;
  /** Null: nobody knows where on earth the plan is. */
  readonly origin: LatLon | null;
  /** How far an arrow moves what is drawn, mm. */
  readonly stepMm: number;
  /** Where the user went; null: all is shown. */
  readonly view: Signal<PlanView | null>;
}

/** The site from above. What it shows is in words in `place_lists.tsx`. */
export default function Plan(props: PlanProps) {
  const { snapshot, upTo, rules, draft, picked, camera, stepMm } = props;
  const pad = useRef<HTMLDivElement>(null);
  const size = useSize(pad).value;
  const edit = cameraEdit(camera, stepMm) ?? outlineEdit(draft, stepMm);
  const view = useView(props, edit, size);
  const at = (place: Vector) => toPlan(view, size, place);
  useFocusKept(pad, edit !== null, picked.value !== null);
  const scene = sceneOf({
    ...{ snapshot, size, picked: picked.value, toPlan: at, covered: coveredBy(size) },
    ...rules,
  });
  const trails = useMemo(() => trailsOf(upTo), [upTo]);
  const show = (next: PlanView) => props.view.value = next;
  const zoom = (factor: number) => show(zoomedAt(view, size, middleOf(size), factor));
  const handles = edit?.handles(at) ?? [];
  const pointers = usePlanPointers(pad, {
    ...{ view: () => props.view.value ?? view, size: () => size, show },
    tap(point) {
      if (edit) edit.tap(hit(handles, point), toSite(view, size, point));
      else picked.value = hit(scene.targets, point);
    },
    grab: (point) => hit(handles, point),
    drag: (handle, to) => edit?.drag(handle, toSite(view, size, to)),
  });
  const press = (event: KeyboardEvent) => {
    const key = planKey(event, edit !== null);
    if (!key) return;
    event.preventDefault();
    if (key.kind === "zoom") zoom(key.factor);
    else if (key.kind === "fit") props.view.value = null;
    else if (edit) edit.key(key);
    else if (key.kind === "go") show(pannedBy(view, -key.east * PAN_PX, key.north * PAN_PX));
  };
  return (
    <div class={props.isLive ? "plan" : "plan past"}>
      <div
        ref={pad}
        class="plan-pad"
        tabIndex={0}
        role="application"
        aria-label={planName(camera.value, draft.value)}
        aria-describedby="plan-keys"
        onKeyDown={press}
        {...pointers}
      >
        <MapGround origin={props.origin} view={view} size={size} />
        <PlanPicture
          {...{ snapshot, trails, rules, scene, view, size }}
          picked={picked.value}
          draft={draft.value}
          camera={camera.value}
        />
      </div>
      <p id="plan-keys" class="hidden">{keyWords(camera.value, draft.value !== null)}</p>
      <NorthArrow />
      <ScaleBarMark pxPerM={view.pxPerM} />
      <ZoomButtons onZoom={zoom} onFit={() => props.view.value = null} />
    </div>
  );
}

/**
 * When drawing begins or ends, or details close, what had the focus may be gone: then the plan has it. What is
 * drawn on is brought into sight: the button for it may be far below.
 */
function useFocusKept(
  pad: { readonly current: HTMLElement | null },
  isDrawing: boolean,
  isPicking: boolean,
): void {
  const isFirst = useRef(true);
  useEffect(() => {
    const isLost = document.activeElement === document.body;
    if (isDrawing) pad.current?.closest(".places")?.scrollIntoView({ block: "start" });
    if (!isFirst.current && isLost) pad.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [isDrawing, isPicking]);
}

/** Where the user went, or all there is; what is picked or drawn is brought into sight when that changes. */
function useView(
  { snapshot, rules, picked, view }: PlanProps,
  edit: PlanEdit | null,
  size: PlanSize,
): PlanView {
  const shown = useRef<Bounds | null>(null);
  const fitted = useMemo(() => {
    shown.current = steadyBounds(shown.current, boundsOf(placesOf(snapshot, rules)));
    return fitView(shown.current, size, PADDING);
  }, [snapshot, rules, size]);
  const wanted = edit ? edit.at : picked.value && placeOf(picked.value, snapshot, rules);
  const key = edit ? edit.at.join() : picked.value && Object.values(picked.value).join();
  useEffect(() => {
    if (!wanted) return;
    const before = view.value ?? fitted;
    const after = withInSight(before, size, wanted, IN_SIGHT_PX);
    if (after !== before) view.value = after;
  }, [key]);
  return view.value ?? fitted;
}

function placesOf({ agents, tracks }: PlaceSnapshot, { zones, lines }: RuleSet): readonly Vector[] {
  return [
    ...agents.flatMap(({ pose }) => [pose.position, ...viewCone(pose)]),
    ...tracks.map(({ position }) => position),
    ...zones.flatMap(({ corners }) => corners.map(inMetres)),
    ...lines.flatMap(({ from, to }) => [inMetres(from), inMetres(to)]),
  ];
}

/** Chips, zoom buttons and scale bar: no name goes below them. Sizes as in places.css. */
function coveredBy({ width, height }: PlanSize): readonly LabelBox[] {
  return [
    { x: 0, y: 0, width, height: 48 },
    { x: width - 60, y: height - 168, width: 60, height: 168 },
    { x: 0, y: height - 44, width: 120, height: 44 },
  ];
}

function planName(camera: CameraDraft | null, draft: OutlineDraft | null): string {
  if (camera?.way === "points") return `Site plan, marking point ${camera.chosen + 1}`;
  if (camera) return "Site plan, placing the camera";
  return draft ? "Site plan, drawing" : "Site plan";
}

function keyWords(camera: CameraDraft | null, isDrawing: boolean): string {
  const below = "plus and minus zoom. Figures and buttons are below.";
  if (camera?.way === "points") return `Arrows move the cross, Enter marks the point, ${below}`;
  if (camera) return `Arrows move the camera, ${below}`;
  return isDrawing
    ? `Arrows move the cross, Enter adds a corner, Backspace takes the last one back, ${below}`
    : "Arrows move the plan, plus and minus zoom, 0 shows all. The same is in lists below.";
}
