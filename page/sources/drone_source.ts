import type { CameraPose } from "../../field/world/camera_pose.ts";
import type { RgbaFrame } from "../frame_reader.ts";
import { sleep, type Timing } from "../timing.ts";
import type { Source, SourceEvents } from "./source.ts";

/** A frame of a camera that moves, and where the camera was. `rgba` is handed over to the worker. */
export interface DroneFrame {
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
  readonly pose: CameraPose;
}

/** A source that the page itself makes: it is asked for a frame as soon as the worker has taken the last. */
export interface DroneSource {
  readonly kind: "drone";
  readonly name: string;
  /** Shows what it sees. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  /** Null: nothing new for now. A rejection is told to the user as a failure, and it is asked again. */
  nextFrame(signal: AbortSignal): Promise<DroneFrame | null>;
}

/** How soon after "nothing new" it is asked again, ms. */
const ASK_AGAIN_MS = 100;

/** As a source whose frames need no reading from a picture. */
export function openDrone(
  drone: DroneSource,
  timing: Timing,
  events: Pick<SourceEvents, "resized">,
): Source {
  let waiting: RgbaFrame | null = null;
  let size = { width: 0, height: 0 };
  const take = () => {
    const frame = waiting;
    waiting = null;
    return frame;
  };
  return {
    ...{ kind: drone.kind, name: drone.name, element: drone.element, intervalMs: 0 },
    get size() {
      return size;
    },
    async nextPicture(signal) {
      const frame = await untilFrame(drone, timing, signal);
      waiting = frame;
      const isSame = frame.width === size.width && frame.height === size.height;
      size = { width: frame.width, height: frame.height };
      if (!isSame) events.resized();
    },
    frame: take,
    close: () => void take(),
  };
}

async function untilFrame(
  drone: DroneSource,
  timing: Timing,
  signal: AbortSignal,
): Promise<DroneFrame> {
  while (true) {
    const frame = await drone.nextFrame(signal);
    if (frame) return frame;
    await sleep(timing, ASK_AGAIN_MS, signal);
  }
}
