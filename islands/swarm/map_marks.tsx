/** What stands on the large map of the swarm. */
import type { PlanPoint } from "../places/plan_view.ts";
import { translate } from "../places/plan_marks.tsx";
import { isSure, SHAPE_PATHS, shapeOf } from "../places/track_look.ts";
import { areaAround, type MapFrame, pointsOf } from "./map_frame.ts";
import type { ShownDrone, ShownObject } from "./swarm_shown.ts";

interface Framed {
  readonly frame: MapFrame;
}
interface OfDrone extends Framed {
  readonly drone: ShownDrone;
}

/** What it sees of the ground, where it came from, and where a decision sends it. */
export function DroneGround({ drone, frame }: OfDrone) {
  const { pose, footprintM, trail, side, task } = drone;
  const { x, y, width, height } = areaAround(frame, pose.position, footprintM);
  return (
    <g class={`swarm-sight side-${side}`}>
      <polyline class="trail" points={pointsOf(frame, [...trail, pose.position])} />
      <rect x={x.toFixed(1)} y={y.toFixed(1)} width={width} height={height} />
      {task.kind === "confirm" && task.phase !== "returning" && (
        <Errand from={frame.at(pose.position)} to={frame.at(task.place)} />
      )}
    </g>
  );
}

export function Errand({ from, to }: { readonly from: PlanPoint; readonly to: PlanPoint }) {
  return (
    <g class="swarm-errand">
      <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      <circle cx={to.x} cy={to.y} r="18" />
    </g>
  );
}

/** Between those that can talk. */
export function Links({ drones, frame }: Framed & { readonly drones: readonly ShownDrone[] }) {
  const pairs = drones.flatMap((one, i) =>
    drones.slice(i + 1).filter(({ side }) => side === one.side).map((other) => ({ one, other }))
  );
  return (
    <g class="swarm-mesh">
      {pairs.map(({ one, other }) => {
        const [from, to] = [frame.at(one.pose.position), frame.at(other.pose.position)];
        return <line key={`${one.id} ${other.id}`} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />;
      })}
    </g>
  );
}

export function ObjectMark({ object, frame }: Framed & { readonly object: ShownObject }) {
  const { track, isShared } = object;
  return (
    <g
      class={isSure(track) ? "track-mark" : "track-mark unsure"}
      transform={translate(frame.at(track.position))}
    >
      {!isShared && <circle class="swarm-differs" r="15" />}
      <path d={SHAPE_PATHS[shapeOf(track)]} />
    </g>
  );
}

const ROTORS = [[-12, -12], [12, -12], [-12, 12], [12, 12]] as const;

/** Seen from above: four rotors and its number. On the far side of a cut the body is square. */
export function DroneMark({ drone, frame }: OfDrone) {
  const { mark, side, pose } = drone;
  return (
    <g class={`swarm-drone side-${side}`} transform={translate(frame.at(pose.position))}>
      <path class="arms" d="M-12 -12L12 12M12 -12L-12 12" />
      {ROTORS.map(([x, y]) => <circle key={`${x} ${y}`} class="rotor" cx={x} cy={y} r="4.5" />)}
      {side === 0
        ? <circle class="body" r="10.5" />
        : <rect class="body" x="-10" y="-10" width="20" height="20" rx="2" />}
      <text y="4.5">{mark}</text>
    </g>
  );
}
