import { useEffect, useRef } from "preact/hooks";
import { type Signal, useSignal } from "@preact/signals";
import { type CameraDraft, withPoint } from "./camera_draft.ts";
import { planKey } from "./plan_keys.ts";
import { clamp } from "./plan_view.ts";

/** A picture to be drawn, and its size, px. */
export interface Still {
  readonly picture: HTMLVideoElement | HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

interface StillPointsProps {
  readonly camera: Signal<CameraDraft | null>;
  /** What the camera shows now; null while nothing is watched. */
  readonly still: () => Still | null;
}

/** An arrow goes that much of the frame. */
const STEP = 0.01;

/** A still of the camera, on which points of the ground are marked by finger or by keys. */
export default function StillPoints({ camera, still }: StillPointsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal<{ readonly width: number; readonly height: number } | null>(null);
  const take = () => size.value = drawn(canvas.current, still());
  useEffect(() => {
    take();
  }, []);
  const { value } = camera;
  if (!value) return null;
  const name = `point ${value.chosen + 1}`;
  const tap = (event: MouseEvent, box: DOMRect) => {
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    camera.value = { ...withPoint(value, { frame: { x, y } }), frameCursor: { x, y } };
  };
  return (
    <div class="still">
      <div
        class={size.value ? "still-picture" : "still-picture none"}
        tabIndex={0}
        role="application"
        aria-label={`Picture of the camera, ${name}`}
        aria-describedby="still-keys"
        onKeyDown={(event) => press(event, camera)}
        onClick={(event) => tap(event, event.currentTarget.getBoundingClientRect())}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {size.value && <Marks draft={value} size={size.value} />}
      </div>
      <p id="still-keys" class="hidden">Arrows move the cross, Enter marks {name}.</p>
      {!size.value && (
        <p class="hint">
          Nothing is watched just now. Start watching; then take a still of what the camera shows.
        </p>
      )}
      <button type="button" onClick={take}>Take a new still</button>
    </div>
  );
}

function drawn(canvas: HTMLCanvasElement | null, still: Still | null) {
  const context = canvas?.getContext("2d");
  if (!canvas || !context || !still || still.width === 0) return null;
  const { width, height } = still;
  Object.assign(canvas, { width, height });
  context.drawImage(still.picture, 0, 0, width, height);
  return { width, height };
}

function press(event: KeyboardEvent, camera: Signal<CameraDraft | null>): void {
  const { value } = camera;
  const key = planKey(event, true);
  if (!value || !key || (key.kind !== "go" && key.kind !== "add")) return;
  event.preventDefault();
  const { x, y } = value.frameCursor;
  if (key.kind === "go") {
    const frameCursor = {
      x: clamp(x + key.east * STEP, 0, 1),
      y: clamp(y - key.north * STEP, 0, 1),
    };
    camera.value = { ...value, frameCursor };
  } else camera.value = withPoint(value, { frame: value.frameCursor });
}

interface MarksProps {
  readonly draft: CameraDraft;
  readonly size: { readonly width: number; readonly height: number };
}

/** At the same size whatever the picture's. */
const WIDE = 360;

function Marks({ draft: { pairs, chosen, frameCursor }, size }: MarksProps) {
  const high = WIDE * size.height / size.width;
  const at = ({ x, y }: { readonly x: number; readonly y: number }) =>
    `translate(${(x * WIDE).toFixed(1)} ${(y * high).toFixed(1)})`;
  return (
    <svg class="plan-draft" viewBox={`0 0 ${WIDE} ${high}`} aria-hidden="true">
      {pairs.map(({ frame }, i) =>
        frame && (
          <g key={i} class={i === chosen ? "handle chosen" : "handle"} transform={at(frame)}>
            <circle r="11" />
            <text y="4.5">{i + 1}</text>
          </g>
        )
      )}
      <path
        class="cross over-picture"
        d="M-14 0H-4M4 0H14M0 -14V-4M0 4V14"
        transform={at(frameCursor)}
      />
    </svg>
  );
}
