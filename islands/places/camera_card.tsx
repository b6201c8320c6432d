import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import { cameraWords } from "./camera_words.ts";

interface CameraCardProps {
  readonly camera: CameraPlacement | null;
  readonly onPlace: () => void;
}

/** Where this device's own camera is on the plan. */
export default function CameraCard({ camera, onPlace }: CameraCardProps) {
  return (
    <section class="card" aria-labelledby="this-camera-title">
      <h2 id="this-camera-title">This camera</h2>
      <p>{camera ? cameraWords(camera) : "Not on the plan: what it sees has no place."}</p>
      <button type="button" onClick={onPlace}>
        {camera ? "Place it anew" : "Place this camera"}
      </button>
    </section>
  );
}
