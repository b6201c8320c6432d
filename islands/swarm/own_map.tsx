import type { SwarmReport } from "../../field/swarm/swarm_report.ts";
import { translate } from "../places/plan_marks.tsx";
import { SHAPE_PATHS, shapeOf } from "../places/track_look.ts";
import GroundPicture from "./ground_picture.tsx";
import { type MapFrame, mapFrame } from "./map_frame.ts";
import type { ShownDrone } from "./swarm_shown.ts";
import type { Look } from "./swarm_state.ts";

/** Of its drawing, px; it is shown at whatever size there is. */
const WIDTH = 150;

/** What cameras show is on the large map alone. */
const NO_LOOKS: readonly Look[] = [];

interface OwnMapProps {
  readonly ground: HTMLCanvasElement;
  readonly report: SwarmReport;
  readonly drone: ShownDrone;
}

/** What one drone knows by itself: a hole where others have something, a ring where they have it elsewhere. */
export default function OwnMap({ ground, report: { groundM, grid }, drone }: OwnMapProps) {
  const frame = mapFrame(groundM, WIDTH);
  const searched = { grid, tiles: drone.searched };
  const { x, y } = frame.at(drone.pose.position);
  return (
    <div class="own-map" style={{ aspectRatio: `${frame.width} / ${frame.height}` }}>
      <GroundPicture {...{ ground, frame, searched }} looks={NO_LOOKS} />
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} aria-hidden="true" focusable="false">
        <path class="self" d={`M${x - 7} ${y}h14M${x} ${y - 7}v14`} />
        <Objects {...{ drone, frame }} />
      </svg>
    </div>
  );
}

function Objects({ drone, frame }: { readonly drone: ShownDrone; readonly frame: MapFrame }) {
  const { tracks, missing, odd } = drone;
  return (
    <>
      {tracks.map((track) => (
        <g key={track.id} class="own-object" transform={translate(frame.at(track.position))}>
          {odd.has(track.id) && <circle class="swarm-differs" r="13" />}
          <path d={SHAPE_PATHS[shapeOf(track)]} />
        </g>
      ))}
      {missing.map(({ id, position }) => (
        <g key={id} class="own-hole" transform={translate(frame.at(position))}>
          <circle r="9" />
          <path d="M-4 -4L4 4M4 -4L-4 4" />
        </g>
      ))}
    </>
  );
}
