import type { Detection } from "../field/observation.ts";
import type { CameraPose } from "../field/world/camera_pose.ts";

/** What is in a frame, as far as its source's scene is known at that moment. */
export interface Look {
  readonly source: string;
  /** ms since the epoch. */
  readonly atMs: number;
  /** Of the frame, pixels. */
  readonly width: number;
  readonly height: number;
  /** Best first, as the model gave them: for this frame, or for the one looked at last and still the same. */
  readonly detections: readonly Detection[];
  /** Of the camera at that moment, where the page knows it. */
  readonly pose?: CameraPose;
}
