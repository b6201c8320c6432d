import { useMemo } from "preact/hooks";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { CameraDraft } from "./camera_draft.ts";
import CameraMarks, { CameraCone } from "./camera_marks.tsx";
import { inMetres, type OutlineDraft } from "./outline_draft.ts";
import { isPicked, type Picked, type PlaceSnapshot } from "./place_snapshot.ts";
import PlanDraft, { Forward } from "./plan_draft.tsx";
import PlanGrid from "./plan_grid.tsx";
import { OutlineShapes, TileShapes, TrackGround, TrailShapes, ViewCones } from "./plan_ground.tsx";
import { AgentMark, DecisionMark, MarkLabel, TrackMark } from "./plan_marks.tsx";
import type { Scene } from "./plan_scene.ts";
import { type PlanSize, planTransform, type PlanView, toPlan } from "./plan_view.ts";
import type { Trail } from "./trails.ts";

interface PlanPictureProps {
  readonly snapshot: PlaceSnapshot;
  readonly trails: readonly Trail[];
  readonly rules: RuleSet;
  readonly picked: Picked | null;
  readonly draft: OutlineDraft | null;
  readonly camera: CameraDraft | null;
  readonly scene: Scene;
  readonly view: PlanView;
  readonly size: PlanSize;
}

/** For the eye alone: listeners have the lists. */
export default function PlanPicture(props: PlanPictureProps) {
  const { draft, camera, view, size } = props;
  const at = (place: Vector) => toPlan(view, size, place);
  return (
    <svg
      class="plan-picture"
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
      focusable="false"
    >
      <defs>
        <TilePattern mark="searched" d="M0 9L9 0" pxPerM={view.pxPerM} />
        <TilePattern mark="cleared" d="M0 9L9 0M0 0L9 9" pxPerM={view.pxPerM} />
      </defs>
      <g class="in-metres" transform={planTransform(view, size)}>
        <PlanGrid view={view} size={size} />
        <Ground {...props} />
        {camera && <CameraCone camera={camera} />}
      </g>
      <Marks {...props} />
      {draft && <PlanDraft draft={draft} toPlan={at} />}
      {camera && <CameraMarks camera={camera} toPlan={at} />}
    </svg>
  );
}

interface TilePatternProps {
  readonly mark: string;
  readonly d: string;
  readonly pxPerM: number;
}

/** Hatched one way when searched, both ways when cleared; 9 px whatever the zoom. */
function TilePattern({ mark, d, pxPerM }: TilePatternProps) {
  return (
    <pattern
      id={`plan-${mark}`}
      width="9"
      height="9"
      patternUnits="userSpaceOnUse"
      patternTransform={`scale(${1 / pxPerM})`}
    >
      <path class={`hatch ${mark}`} d={d} />
    </pattern>
  );
}

/** Kept as it is while the view alone changes: each is made anew when its data is another. */
function Ground({ snapshot, trails, rules: { zones, lines }, picked }: PlanPictureProps) {
  const { tiles, agents, tracks, atMs } = snapshot;
  return (
    <>
      {useMemo(() => <TileShapes tiles={tiles} />, [tiles])}
      {useMemo(() => <ViewCones agents={agents} atMs={atMs} />, [agents, atMs])}
      {useMemo(() => <OutlineShapes zones={zones} lines={lines} picked={picked} />, [
        zones,
        lines,
        picked,
      ])}
      {useMemo(() => <TrailShapes trails={trails} />, [trails])}
      {useMemo(() => <TrackGround tracks={tracks} agents={agents} picked={picked} />, [
        tracks,
        agents,
        picked,
      ])}
    </>
  );
}

function Marks(
  { snapshot: { agents, tracks, atMs }, rules, scene, picked, view, size }: PlanPictureProps,
) {
  const at = (place: Vector) => toPlan(view, size, place);
  return (
    <g class="plan-marks">
      {rules.lines.map(({ id, from, to }) => (
        <Forward key={`line ${id}`} from={at(inMetres(from))} to={at(inMetres(to))} />
      ))}
      {agents.map((agent) => (
        <AgentMark
          key={`agent ${agent.id}`}
          agent={agent}
          at={at(agent.pose.position)}
          nowMs={atMs}
          picked={isPicked(picked, "agent", agent.id)}
        />
      ))}
      {tracks.map((track) => (
        <TrackMark
          key={`track ${track.id}`}
          track={track}
          at={at(track.position)}
          pxPerM={view.pxPerM}
          picked={isPicked(picked, "track", track.id)}
        />
      ))}
      {scene.decisions.map(({ decision: { id, urgency }, place }) => (
        <DecisionMark
          key={`decision ${id}`}
          id={id}
          urgency={urgency}
          at={at(place)}
          picked={isPicked(picked, "decision", id)}
        />
      ))}
      {scene.labels.map(({ key, ...label }) => <MarkLabel key={`label ${key}`} {...label} />)}
    </g>
  );
}
