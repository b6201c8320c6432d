import type { Vector } from "../../field/world/world_track.ts";
import { gridLines, roundBelow } from "./scale_bar.ts";
import type { PlanSize, PlanView } from "./plan_view.ts";

/** Lines are about so far apart at most, px. */
const APART_PX = 96;

interface PlanGridProps {
  readonly view: PlanView;
  readonly size: PlanSize;
}

/** Lines at round metres, as long as the scale bar's: distances can be counted. */
export default function PlanGrid({ view, size }: PlanGridProps) {
  const { centre: [east, north], pxPerM } = view;
  const step = roundBelow(APART_PX / pxPerM);
  const columns = gridLines(...around(east, size.width / pxPerM), step);
  const rows = gridLines(...around(north, size.height / pxPerM), step);
  const [west, south] = [around(east, size.width / pxPerM), around(north, size.height / pxPerM)];
  const d = [
    ...columns.map((x) => `M${x} ${south[0]}V${south[1]}`),
    ...rows.map((y) => `M${west[0]} ${y}H${west[1]}`),
  ].join("");
  return <path class="plan-grid" d={d} />;
}

function around(middle: number, length: number): Vector {
  return [middle - length / 2, middle + length / 2];
}
