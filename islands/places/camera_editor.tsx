import { type Signal, useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import { type LatLon, PlanFrame } from "../../field/world/plan_frame.ts";
import type { CameraAim } from "../../page/placing/camera_aim.ts";
import type { CurrentPlace } from "../../page/placing/current_place.ts";
import Message from "../parts/message.tsx";
import ArrowPad from "./arrow_pad.tsx";
import {
  acrossOf,
  type CameraDraft,
  type Figure,
  finishedCamera,
  FOV_PRESETS,
  type Measured,
  withAim,
  withFigure,
  withPosition,
} from "./camera_draft.ts";
import { withinWords } from "./camera_words.ts";
import FigureRow from "./figure_row.tsx";
import PairList from "./pair_list.tsx";
import { placeWords } from "./place_words.ts";
import StillPoints, { type Still } from "./still_points.tsx";

/** What the device itself can tell of its camera. Each may reject with a failure that says what to do. */
export interface CameraTools {
  readonly aim: () => Promise<CameraAim>;
  readonly place: () => Promise<CurrentPlace>;
  readonly still: () => Still | null;
}

export interface CameraEditorProps {
  readonly camera: Signal<CameraDraft | null>;
  readonly stepMm: Signal<number>;
  /** Null: the plan has no place on earth. */
  readonly origin: LatLon | null;
  /** It has a place already, which can be taken away. */
  readonly isPlaced: boolean;
  readonly tools: CameraTools;
  /** Resolves with whether it was kept; the editor then closes. */
  readonly onSave: (camera: CameraPlacement | null) => Promise<boolean>;
}

/** Says where this device's camera stands and looks, with the plan beside it as a preview. */
export default function CameraEditor({ camera, onSave, ...props }: CameraEditorProps) {
  const saving = useSignal(false);
  const { value } = camera;
  if (!value) return null;
  const finished = finishedCamera(value);
  const save = async (placement: CameraPlacement | null) => {
    saving.value = true;
    if (await onSave(placement)) camera.value = null;
    saving.value = false;
  };
  return (
    <section class="card camera-editor" aria-labelledby="camera-title">
      <h2 id="camera-title">Place this camera</h2>
      <Ways camera={camera} draft={value} />
      {value.way === "pose"
        ? <PoseFields camera={camera} draft={value} {...props} />
        : <PointFields camera={camera} draft={value} {...props} />}
      <p class="hint" role="status">
        {"advice" in finished ? `${finished.advice}.` : readyWords(finished.fitErrorM)}
      </p>
      <div class="form-actions">
        <button
          type="button"
          class="primary"
          disabled={saving.value || "advice" in finished}
          onClick={() => "camera" in finished && save(finished.camera)}
        >
          Save the place
        </button>
        <button type="button" onClick={() => camera.value = null}>Cancel</button>
        {props.isPlaced && (
          <button
            type="button"
            class="danger"
            disabled={saving.value}
            onClick={() => save(null)}
          >
            Take it off the plan
          </button>
        )}
      </div>
    </section>
  );
}

function readyWords(fitErrorM: number | null): string {
  return fitErrorM === null
    ? "Ready to save."
    : `The points agree to ${fitErrorM.toFixed(1)} m. Ready to save.`;
}

interface DraftProps {
  readonly camera: Signal<CameraDraft | null>;
  readonly draft: CameraDraft;
}

const WAYS = [["pose", "By position"], ["points", "By points"]] as const;

function Ways({ camera, draft }: DraftProps) {
  return (
    <>
      <div class="pad-steps" data-count="2" role="group" aria-label="How it is placed">
        {WAYS.map(([way, name]) => (
          <button
            key={way}
            type="button"
            aria-pressed={draft.way === way}
            onClick={() => camera.value = { ...draft, way }}
          >
            {name}
          </button>
        ))}
      </div>
      <p class="hint">
        {draft.way === "pose"
          ? "Tap the plan where the camera stands; drag the small handle to where it looks."
          : "For a camera that stays: mark four spots on the ground or more, each in its picture and on the plan."}
      </p>
    </>
  );
}

type FieldsProps = DraftProps & Omit<CameraEditorProps, "camera" | "onSave" | "isPlaced">;

function PoseFields({ camera, draft, stepMm, origin, tools }: FieldsProps) {
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const ask = async <T,>(
    reading: () => Promise<T>,
    take: (draft: CameraDraft, read: T) => void,
  ) => {
    [problem.value, busy.value] = [null, true];
    try {
      const read = await reading();
      if (camera.value) take(camera.value, read);
    } catch (thrown) {
      problem.value = toFailure(thrown).message;
    } finally {
      busy.value = false;
    }
  };
  const figure = (name: Figure, label: string, unit: string) => (
    <FigureRow
      figure={name}
      {...{ label, unit, draft }}
      onChange={(value: number, measured: Measured) =>
        camera.value = withFigure(draft, name, value, measured)}
    />
  );
  return (
    <>
      <ArrowPad
        what="Camera"
        at={placeWords(draft.pose.position)}
        stepMm={stepMm}
        onGo={(east, north) => {
          const [x, y] = draft.pose.position;
          const metres = stepMm.value / 1000;
          camera.value = withPosition(draft, [x + east * metres, y + north * metres]);
        }}
      >
        <small>{withinWords("positionM", draft.error)}</small>
      </ArrowPad>
      <div class="form-actions">
        <button
          type="button"
          disabled={busy.value}
          onClick={() => ask(tools.aim, (now, aim) => camera.value = withAim(now, aim))}
        >
          Read compass and tilt
        </button>
        {origin && (
          <button
            type="button"
            disabled={busy.value}
            onClick={() =>
              ask(
                tools.place,
                (now, { at, errorM }) =>
                  camera.value = withPosition(now, new PlanFrame(origin).toPlan(at), errorM),
              )}
          >
            Use this device's position
          </button>
        )}
      </div>
      {problem.value && (
        <Message tone="problem" title="That cannot be read here">
          <p>{problem}</p>
        </Message>
      )}
      {figure("heightM", "Height above the ground", "m")}
      {figure("headingDeg", "Heading, clockwise from north", "°")}
      {figure("tiltDeg", "Tilt below the horizon", "°")}
      {figure("fovDeg", "Field of view", "°")}
      <div class="presets" role="group" aria-label="Field of view of">
        {FOV_PRESETS.map(([name, deg]) => (
          <button
            key={name}
            type="button"
            onClick={() =>
              camera.value = withFigure(
                draft,
                "fovDeg",
                Math.round(acrossOf(deg, draft.pose.aspect)),
                "eye",
              )}
          >
            {name} {deg}°
          </button>
        ))}
      </div>
    </>
  );
}

function PointFields({ camera, tools }: FieldsProps) {
  return (
    <>
      <StillPoints camera={camera} still={tools.still} />
      <p class="hint">
        Each point: percent of the picture from its left (→) and its top (↓), metres east (E) and
        north (N) on the plan.
      </p>
      <PairList camera={camera} />
    </>
  );
}
