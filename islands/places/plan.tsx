import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Signal } from "@preact/signals";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { draftAfterKey, draftTapped } from "./draft_steps.ts";
import { type Bounds, boundsOf, fitView, steadyBounds } from "./fit_view.ts";
import { hit, type Target } from "./mark_hit.ts";
import type { LabelBox } from "./label_layout.ts";
import { byFinger, chosenCorner, inMetres, type OutlineDraft, placed } from "./outline_draft.ts";
import { placeOf } from "./place_of.ts";
import type { Picked, PlaceSnapshot } from "./place_snapshot.ts";
import { NorthArrow, ScaleBarMark, ZoomButtons } from "./plan_frame.tsx";
import { planKey } from "./plan_keys.ts";
import PlanPicture from "./plan_picture.tsx";
import { sceneOf } from "./plan_scene.ts";
import {
  middleOf,
  pannedBy,
  type PlanPoint,
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
  /** How far an arrow moves what is drawn, mm. */
  readonly stepMm: number;
  /** Where the user went; null: all is shown. */
  readonly view: Signal<PlanView | null>;
}

/** The site from above. What it shows is in words in `place_lists.tsx`. */
export default function Plan(props: PlanProps) {
  const { snapshot, upTo, rules, draft, picked } = props;
  const pad = useRef<HTMLDivElement>(null);
  const size = useSize(pad).value;
  const view = useView(props, size);
  const at = (place: Vector) => toPlan(view, size, place);
  useFocusKept(pad, draft.value !== null, picked.value !== null);
  const scene = sceneOf({
    ...{ snapshot, size, picked: picked.value, toPlan: at, covered: coveredBy(size) },
    ...rules,
  });
  const trails = useMemo(() => trailsOf(upTo), [upTo]);
  const show = (next: PlanView) => props.view.value = next;
  const zoom = (factor: number) => show(zoomedAt(view, size, middleOf(size), factor));
  const corners = cornersOf(draft.value, at);
  const pointers = usePlanPointers(pad, {
    ...{ view: () => props.view.value ?? view, size: () => size, show },
    tap(point) {
      const { value } = draft;
      if (!value) picked.value = hit(scene.targets, point);
      else draft.value = draftTapped(value, hit(corners, point), toSite(view, size, point));
    },
    grab: (point) => hit(corners, point),
    drag(index, to) {
      if (!draft.value) return;
      const chosen = chosenCorner(draft.value, index);
      draft.value = placed(chosen, index, byFinger(toSite(view, size, to)));
    },
  });
  const press = (event: KeyboardEvent) => {
    const key = planKey(event, draft.value !== null);
    if (!key) return;
    event.preventDefault();
    if (key.kind === "zoom") zoom(key.factor);
    else if (key.kind === "fit") props.view.value = null;
    else if (draft.value) draft.value = draftAfterKey(draft.value, key, props.stepMm);
    else if (key.kind === "go") show(pannedBy(view, -key.east * PAN_PX, key.north * PAN_PX));
  };
  return (
    <div class={props.isLive ? "plan" : "plan past"}>
      <div
        ref={pad}
        class="plan-pad"
        tabIndex={0}
        role="application"
        aria-label={draft.value ? "Site plan, drawing" : "Site plan"}
        aria-describedby="plan-keys"
        onKeyDown={press}
        {...pointers}
      >
        <PlanPicture
          {...{ snapshot, trails, rules, scene, view, size }}
          picked={picked.value}
          draft={draft.value}
        />
      </div>
      <p id="plan-keys" class="hidden">{keyWords(draft.value !== null)}</p>
      <NorthArrow />
      <ScaleBarMark pxPerM={view.pxPerM} />
      <ZoomButtons onZoom={zoom} onFit={() => props.view.value = null} />
    </div>
  );
}

/** When drawing begins or ends, or details close, what had the focus may be gone: then the plan has it. */
function useFocusKept(
  pad: { readonly current: HTMLElement | null },
  isDrawing: boolean,
  isPicking: boolean,
): void {
  const isFirst = useRef(true);
  useEffect(() => {
    const isLost = document.activeElement === document.body;
    if (!isFirst.current && isLost) pad.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [isDrawing, isPicking]);
}

/** Where the user went, or all there is; what is picked or drawn is brought into sight when that changes. */
function useView({ snapshot, rules, picked, draft, view }: PlanProps, size: PlanSize): PlanView {
  const shown = useRef<Bounds | null>(null);
  const fitted = useMemo(() => {
    shown.current = steadyBounds(shown.current, boundsOf(placesOf(snapshot, rules)));
    return fitView(shown.current, size, PADDING);
  }, [snapshot, rules, size]);
  const wanted = draft.value
    ? inMetres(draft.value.cursor)
    : picked.value && placeOf(picked.value, snapshot, rules);
  const key = draft.value
    ? draft.value.cursor.join()
    : picked.value && Object.values(picked.value).join();
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
    ...agents.map(({ pose: { position } }) => position),
    ...tracks.map(({ position }) => position),
    ...zones.flatMap(({ corners }) => corners.map(inMetres)),
    ...lines.flatMap(({ from, to }) => [inMetres(from), inMetres(to)]),
  ];
}

function cornersOf(
  draft: OutlineDraft | null,
  at: (place: Vector) => PlanPoint,
): readonly Target<number>[] {
  return draft?.corners.map((corner, i) => ({ at: at(inMetres(corner)), is: i })) ?? [];
}

/** Chips, zoom buttons and scale bar: no name goes below them. Sizes as in places.css. */
function coveredBy({ width, height }: PlanSize): readonly LabelBox[] {
  return [
    { x: 0, y: 0, width, height: 48 },
    { x: width - 60, y: height - 168, width: 60, height: 168 },
    { x: 0, y: height - 44, width: 120, height: 44 },
  ];
}

function keyWords(isDrawing: boolean): string {
  return isDrawing
    ? "Arrows move the cross, Enter adds a corner, Backspace takes the last one back, plus and minus zoom. Figures and buttons are below."
    : "Arrows move the plan, plus and minus zoom, 0 shows all. The same is in lists below.";
}
