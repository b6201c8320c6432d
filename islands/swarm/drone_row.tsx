import type { SwarmReport } from "../../field/swarm/swarm_report.ts";
import { counted, formats } from "../format.ts";
import CropTile from "./crop_tile.tsx";
import OwnMap from "./own_map.tsx";
import { differsBy, type ShownDrone } from "./swarm_shown.ts";
import type { Look } from "./swarm_state.ts";

interface DroneRowProps {
  readonly ground: HTMLCanvasElement;
  readonly report: SwarmReport;
  readonly drone: ShownDrone;
  readonly look: Look | undefined;
  /** The first on the far side of a cut. */
  readonly isBehindCut: boolean;
}

/** One drone: what it sees, what it knows, and whether that is what the others know. */
export default function DroneRow({ ground, report, drone, look, isBehindCut }: DroneRowProps) {
  const differing = differsBy(drone);
  return (
    <li class={`drone-row side-${drone.side}${isBehindCut ? " behind-cut" : ""}`}>
      <span class="drone-sign">
        <i aria-hidden="true">{drone.mark}</i>
        <span class="hidden">{`${drone.name}: `}</span>
      </span>
      <CropTile look={look} />
      <OwnMap {...{ ground, report, drone }} />
      <span class={differing === 0 ? "drone-state" : "drone-state differing"}>
        <b>
          <span aria-hidden="true">{differing === 0 ? "=" : "≠"}</span>
          {differing === 0 ? " same" : ` ${formats.count(differing)}`}
          {differing > 0 && <span class="hidden">{` not as on other maps`}</span>}
        </b>
        <small>
          {taskWords(drone) ?? counted(drone.tracks.length, "object", formats)}
        </small>
      </span>
    </li>
  );
}

function taskWords({ task }: ShownDrone): string | null {
  if (task.kind === "search" || task.phase === "returning") return null;
  return task.phase === "going" ? "on its way" : "has a look";
}
