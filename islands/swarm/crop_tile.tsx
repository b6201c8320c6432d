import { useLayoutEffect, useRef } from "preact/hooks";
import { isSure } from "../places/track_look.ts";
import { LabelledBox } from "../watch/boxes_view.tsx";
import type { Look } from "./swarm_state.ts";

/** What its camera showed last, with what the detector saw in it. */
export default function CropTile({ look }: { readonly look: Look | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (!look || !canvas.current) return;
    const { width, height } = look.picture;
    Object.assign(canvas.current, { width, height });
    canvas.current.getContext("2d", { alpha: false })?.drawImage(look.picture, 0, 0);
  }, [look]);
  return (
    <div class="crop-tile" aria-hidden="true">
      <canvas ref={canvas} />
      {look?.detections.map(({ label, score: confidence, box }, index) => (
        <LabelledBox
          key={index}
          box={box}
          words={label}
          unsure={!isSure({ confidence })}
        />
      ))}
    </div>
  );
}
