/** The zone or line being drawn: its outline, a handle a corner, and the cross where the next one goes. */
import type { Vector } from "../../field/world/world_track.ts";
import { inMetres, type OutlineDraft } from "./outline_draft.ts";
import { translate } from "./plan_marks.tsx";
import type { PlanPoint } from "./plan_view.ts";

interface PlanDraftProps {
  readonly draft: OutlineDraft;
  readonly toPlan: (place: Vector) => PlanPoint;
}

export default function PlanDraft({ draft, toPlan }: PlanDraftProps) {
  const corners = draft.corners.map((corner) => toPlan(inMetres(corner)));
  const points = corners.map(({ x, y }) => `${x},${y}`).join(" ");
  return (
    <g class="plan-draft">
      {draft.kind === "zone" ? <polygon points={points} /> : <polyline points={points} />}
      {draft.kind === "line" && corners.length === 2 && (
        <Forward from={corners[0]} to={corners[1]} />
      )}
      {corners.map((at, i) => (
        <g
          key={i}
          class={i === draft.chosen ? "handle chosen" : "handle"}
          transform={translate(at)}
        >
          <circle r="13" />
          <text y="4.5">{i + 1}</text>
        </g>
      ))}
      {draft.chosen === null && (
        <path
          class="cross"
          d="M-20 0H-5M5 0H20M0 -20V-5M0 5V20"
          transform={translate(toPlan(inMetres(draft.cursor)))}
        />
      )}
    </g>
  );
}

/** From the line's left to its right: that way counts as forward. */
export function Forward({ from, to }: { readonly from: PlanPoint; readonly to: PlanPoint }) {
  const turn = Math.atan2(to.y - from.y, to.x - from.x) * 180 / Math.PI;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  return (
    <path
      class="forward"
      d="M0 0V26M-7 18L0 27L7 18"
      transform={`${translate(middle)} rotate(${turn.toFixed(1)})`}
    />
  );
}
