/** What is drawn in pixels, at the same size whatever the zoom. */
import { initials } from "../format.ts";
import type { PlanPoint } from "./plan_view.ts";
import type { LabelBox } from "./label_layout.ts";
import { isAway } from "./place_words.ts";
import type { PlacedAgent } from "./place_snapshot.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import type { Urgency } from "../../field/decide/rule.ts";
import { isSure, SHAPE_PATHS, shapeOf } from "./track_look.ts";

export function translate({ x, y }: PlanPoint): string {
  return `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
}

interface AgentMarkProps {
  readonly agent: PlacedAgent;
  readonly at: PlanPoint;
  readonly nowMs: number;
  readonly picked: boolean;
}

/** Initials in a disc, with a beak where it looks. */
export function AgentMark({ agent, at, nowMs, picked }: AgentMarkProps) {
  const state = isAway(agent, nowMs) ? " away" : "";
  return (
    <g id={`agent-${agent.id}`} class={`agent-mark${state}`} transform={translate(at)}>
      {picked && <circle class="picked-ring" r="21" />}
      <path class="beak" d="M-7 -11L0 -22L7 -11Z" transform={`rotate(${agent.pose.headingDeg})`} />
      <circle class="disc" r="14" />
      <text y="4.5">{initials(agent.name)}</text>
    </g>
  );
}

interface Zoom {
  readonly pxPerM: number;
}

interface TrackMarkProps extends Zoom {
  readonly track: WorldTrack;
  readonly at: PlanPoint;
  readonly picked: boolean;
}

/** An arrow ends where the track will be in as long, s. */
const AHEAD_S = 2;
/** A shorter one would be below its mark, px. */
const LEAST_ARROW_PX = 14;
const MOST_ARROW_PX = 80;

export function TrackMark({ track, at, pxPerM, picked }: TrackMarkProps) {
  return (
    <g
      id={`track-${track.id}`}
      class={isSure(track) ? "track-mark" : "track-mark unsure"}
      transform={translate(at)}
    >
      {picked && <circle class="picked-ring" r="17" />}
      <VelocityArrow velocity={track.velocity} pxPerM={pxPerM} />
      <path d={SHAPE_PATHS[shapeOf(track)]} />
    </g>
  );
}

function VelocityArrow({ velocity: [east, north], pxPerM }: Pick<WorldTrack, "velocity"> & Zoom) {
  const length = Math.min(MOST_ARROW_PX, AHEAD_S * Math.hypot(east, north) * pxPerM);
  if (length < LEAST_ARROW_PX) return null;
  const turn = Math.atan2(-north, east) * 180 / Math.PI;
  return (
    <path
      class="velocity"
      d={`M0 0H${length.toFixed(1)}m-6 -5l6 5l-6 5`}
      transform={`rotate(${turn.toFixed(1)})`}
    />
  );
}

interface DecisionMarkProps {
  readonly id: string;
  readonly urgency: Urgency;
  readonly at: PlanPoint;
  readonly picked: boolean;
}

/** A pin whose point is on the place; the more urgent the more of it is filled. */
export function DecisionMark({ id, urgency, at, picked }: DecisionMarkProps) {
  return (
    <g id={`decision-${id}`} class={`decision-mark ${urgency}`} transform={translate(at)}>
      {picked && <circle class="picked-ring" r="19" cy="-20" />}
      <path d="M0 -2L-12 -14V-32H12V-14Z" />
      <text y="-17">{urgency === "note" ? "i" : "!"}</text>
    </g>
  );
}

interface MarkLabelProps {
  readonly box: LabelBox;
  readonly words: string;
  readonly kind: string;
}

export function MarkLabel({ box: { x, y, width, height }, words, kind }: MarkLabelProps) {
  return (
    <g class={`mark-label ${kind}`} transform={translate({ x, y })}>
      <rect width={width} height={height} rx="5" />
      <text x={width / 2} y={height / 2 + 4.5}>{words}</text>
    </g>
  );
}
