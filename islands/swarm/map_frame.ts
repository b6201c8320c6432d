/** From metres to the pixels of a map that shows all of the ground, north upwards. */
import type { Vector } from "../../field/world/world_track.ts";
import type { PlanPoint, PlanSize } from "../places/plan_view.ts";

export interface MapFrame extends PlanSize {
  readonly pxPerM: number;
  readonly at: (place: Vector) => PlanPoint;
}

/** As wide as given; its height follows. The ground begins at the origin, in the south-west. */
export function mapFrame([groundWidth, groundHeight]: Vector, width: number): MapFrame {
  const pxPerM = width / groundWidth;
  return {
    ...{ width, height: groundHeight * pxPerM, pxPerM },
    at: ([x, y]) => ({ x: x * pxPerM, y: (groundHeight - y) * pxPerM }),
  };
}

/** SVG `points`, to a tenth of a pixel. */
export function pointsOf(frame: MapFrame, corners: readonly Vector[]): string {
  return corners.map((corner) => {
    const { x, y } = frame.at(corner);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(" ");
}

/** A rectangle around a place, px: its upper left corner and its size. */
export function areaAround(frame: MapFrame, place: Vector, [wide, high]: Vector) {
  const { x, y } = frame.at(place);
  const [width, height] = [wide * frame.pxPerM, high * frame.pxPerM];
  return { x: x - width / 2, y: y - height / 2, width, height };
}
