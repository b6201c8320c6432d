/** What is drawn in metres, north upwards: `planTransform` places it. Strokes keep their width in px. */
import { TILE_MARKS } from "../../field/world/tiles.ts";
import { viewCone } from "../../field/world/view_cone.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { Line, Zone } from "../../field/decide/rule.ts";
import { ellipseOf } from "./covariance_ellipse.ts";
import { inMetres } from "./outline_draft.ts";
import { isAway } from "./place_words.ts";
import { isPicked, type Picked, type PlaceSnapshot } from "./place_snapshot.ts";
import { tilePath } from "./tile_paths.ts";
import { isSure } from "./track_look.ts";
import type { Trail } from "./trails.ts";

export function pointsOf(places: readonly Vector[]): string {
  return places.map(([east, north]) => `${east},${north}`).join(" ");
}

export function TileShapes({ tiles }: Pick<PlaceSnapshot, "tiles">) {
  return (
    <g class="plan-tiles">
      {TILE_MARKS.map((mark) => <path key={mark} class={mark} d={tilePath(tiles, mark)} />)}
    </g>
  );
}

interface OutlineProps {
  readonly zones: readonly Zone[];
  readonly lines: readonly Line[];
  readonly picked: Picked | null;
}

export function OutlineShapes({ zones, lines, picked }: OutlineProps) {
  return (
    <g class="plan-outlines">
      {zones.map(({ id, corners }) => (
        <polygon
          key={`zone ${id}`}
          class={isPicked(picked, "zone", id) ? "zone picked" : "zone"}
          points={pointsOf(corners.map(inMetres))}
        />
      ))}
      {lines.map(({ id, from, to }) => (
        <polyline
          key={`line ${id}`}
          class={isPicked(picked, "line", id) ? "line picked" : "line"}
          points={pointsOf([inMetres(from), inMetres(to)])}
        />
      ))}
    </g>
  );
}

export function ViewCones({ agents, atMs }: Pick<PlaceSnapshot, "agents" | "atMs">) {
  return (
    <g class="plan-cones">
      {agents.map((agent) => (
        <polygon
          key={agent.id}
          class={isAway(agent, atMs) ? "cone away" : "cone"}
          points={pointsOf(viewCone(agent.pose))}
        />
      ))}
    </g>
  );
}

export function TrailShapes({ trails }: { readonly trails: readonly Trail[] }) {
  return (
    <g class="plan-trails">
      {trails.map(({ id, points }) => <polyline key={id} points={pointsOf(points)} />)}
    </g>
  );
}

interface TrackGroundProps {
  readonly tracks: PlaceSnapshot["tracks"];
  readonly agents: PlaceSnapshot["agents"];
  readonly picked: Picked | null;
}

/** How unsure each place is, and who sees the one that is picked. */
export function TrackGround({ tracks, agents, picked }: TrackGroundProps) {
  return (
    <g class="plan-unsure">
      {tracks.map((track) => {
        const { id, position: [east, north] } = track;
        const ellipse = ellipseOf(track.covariance);
        return (
          <g key={id} class={isSure(track) ? "sure" : "unsure"}>
            {ellipse && (
              <ellipse
                rx={ellipse.major}
                ry={ellipse.minor}
                transform={`translate(${east} ${north}) rotate(${ellipse.angleDeg})`}
              />
            )}
            {isPicked(picked, "track", id) &&
              agents.filter((agent) => track.sources.some((source) => source.agent === agent.id))
                .map(({ id, pose: { position: [x1, y1] } }) => (
                  <line key={id} class="sight" x1={x1} y1={y1} x2={east} y2={north} />
                ))}
          </g>
        );
      })}
    </g>
  );
}
