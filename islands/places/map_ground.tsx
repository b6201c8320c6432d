import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { MapLook } from "../../page/maps/map_archive.ts";
import { ShownMap } from "./map_ground_show.ts";
import { drawProblem, groundMap, lookWhetherOffline, readGround } from "./map_ground_state.ts";
import type { PlanSize, PlanView } from "./plan_view.ts";

interface MapGroundProps {
  /** Null: nobody knows where on earth the site is. */
  readonly origin: LatLon | null;
  readonly view: PlanView;
  readonly size: PlanSize;
}

/** This device's map below the plan, whose view it follows: for the eye alone. Nothing without a map. */
export default function MapGround({ origin, view: { centre, pxPerM }, size }: MapGroundProps) {
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<ShownMap | null>(null);
  const map = groundMap.value ?? null;
  const look: MapLook | null = origin && { origin, centre, pxPerM, ...size };
  const newest = useRef(look);
  newest.current = look;
  useEffect(() => void readGround(), []);
  useEffect(() => {
    if (!map || !look || !box.current) return;
    shown.current = new ShownMap({
      ...{ box: box.current, map, look: () => newest.current ?? look },
      onProblem: (words) => drawProblem.value = words,
      onShown: () => void lookWhetherOffline(),
    });
    return () => {
      shown.current?.end();
      shown.current = drawProblem.value = null;
    };
  }, [map, look === null]);
  // before the plan is painted: both move in one frame
  useLayoutEffect(() => {
    if (look) shown.current?.follow(look);
  }, [origin, centre, pxPerM, size]);
  return (
    <>
      <div ref={box} class="map-ground" aria-hidden="true" />
      {map && look && map.archive.attribution && (
        <p class="map-credit" aria-hidden="true">{map.archive.attribution}</p>
      )}
    </>
  );
}
