import { useLayoutEffect, useRef } from "preact/hooks";
import type { MapFrame } from "./map_frame.ts";
import { type GroundPaint, paintGround } from "./paint_ground.ts";

interface GroundPictureProps extends GroundPaint {
  readonly frame: MapFrame;
}

/** Below the marks of a map. */
export default function GroundPicture({ frame, ground, searched, looks }: GroundPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // not for every report: painting is the dearest part of this page
  useLayoutEffect(() => {
    if (canvas.current) paintGround(canvas.current, { ground, searched, looks }, frame);
  }, [ground, looks, searched?.tiles.length, frame.width]);
  return <canvas class="swarm-ground" ref={canvas} />;
}
