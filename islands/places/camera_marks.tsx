/** The camera being placed: what it would see, where it stands, and the handle that turns it; or its points. */
import { viewCone } from "../../field/world/view_cone.ts";
import type { Vector } from "../../field/world/world_track.ts";
import type { CameraDraft } from "./camera_draft.ts";
import { aimHandle } from "./plan_edit.ts";
import { pointsOf } from "./plan_ground.tsx";
import { translate } from "./plan_marks.tsx";
import type { PlanPoint } from "./plan_view.ts";

/** In metres, below the marks. */
export function CameraCone({ camera }: { readonly camera: CameraDraft }) {
  if (camera.way === "points") return null;
  return <polygon class="cone placing" points={pointsOf(viewCone(camera.pose))} />;
}

interface CameraMarksProps {
  readonly camera: CameraDraft;
  readonly toPlan: (place: Vector) => PlanPoint;
}

export default function CameraMarks({ camera, toPlan }: CameraMarksProps) {
  return camera.way === "pose"
    ? <PoseMarks camera={camera} toPlan={toPlan} />
    : <PointMarks camera={camera} toPlan={toPlan} />;
}

function PoseMarks({ camera: { pose }, toPlan }: CameraMarksProps) {
  const [at, aim] = [toPlan(pose.position), aimHandle(toPlan, pose)];
  return (
    <g class="plan-draft">
      <polyline points={`${at.x},${at.y} ${aim.x},${aim.y}`} />
      <g class="handle" transform={translate(aim)}>
        <circle r="11" />
      </g>
      <g class="handle chosen" transform={translate(at)}>
        <circle r="15" />
        <path class="camera-sign" d="M-6 -3.5H-3L-1.5 -5.5H3L4.5 -3.5H7V5.5H-6Z" />
      </g>
    </g>
  );
}

function PointMarks({ camera: { pairs, chosen, cursor }, toPlan }: CameraMarksProps) {
  return (
    <g class="plan-draft">
      {pairs.map(({ world }, i) =>
        world && (
          <g
            key={i}
            class={i === chosen ? "handle chosen" : "handle"}
            transform={translate(toPlan(world))}
          >
            <circle r="13" />
            <text y="4.5">{i + 1}</text>
          </g>
        )
      )}
      <path
        class="cross"
        d="M-20 0H-5M5 0H20M0 -20V-5M0 5V20"
        transform={translate(toPlan(cursor))}
      />
    </g>
  );
}
