import { useMemo, useRef } from "preact/hooks";
import type { SwarmReport } from "../../field/swarm/swarm_report.ts";
import { MarkLabel } from "../places/plan_marks.tsx";
import { useSize } from "../places/use_size.ts";
import GroundPicture from "./ground_picture.tsx";
import { mapFrame } from "./map_frame.ts";
import { mapLabels } from "./map_labels.ts";
import { DroneGround, DroneMark, Links, ObjectMark } from "./map_marks.tsx";
import { searchedByAny } from "./searched_tiles.ts";
import type { ShownSwarm } from "./swarm_shown.ts";
import type { Look } from "./swarm_state.ts";

interface SwarmMapProps {
  readonly ground: HTMLCanvasElement;
  readonly report: SwarmReport;
  readonly swarm: ShownSwarm;
  readonly looks: ReadonlyMap<number, Look>;
}

/** All that any drone knows, on the ground as they see it. For the eye: the own maps' captions say the same. */
export default function SwarmMap({ ground, report, swarm, looks }: SwarmMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const frame = mapFrame(report.groundM, useSize(box).value.width);
  const { drones, objects } = swarm;
  return (
    <div class="swarm-map" ref={box} style={{ aspectRatio: `${frame.width} / ${frame.height}` }}>
      <GroundPicture
        {...{ ground, frame, looks: useMemo(() => [...looks.values()], [looks]) }}
        searched={{ grid: report.grid, tiles: searchedByAny(drones) }}
      />
      <svg
        viewBox={`0 0 ${frame.width} ${frame.height}`}
        aria-hidden="true"
        focusable="false"
      >
        {drones.map((drone) => <DroneGround key={drone.id} {...{ drone, frame }} />)}
        <Links {...{ drones, frame }} />
        {objects.map((object) => <ObjectMark key={object.track.id} {...{ object, frame }} />)}
        {drones.map((drone) => <DroneMark key={drone.id} {...{ drone, frame }} />)}
        {mapLabels(swarm, frame).map(({ id, ...label }) => <MarkLabel key={id} {...label} />)}
      </svg>
    </div>
  );
}
