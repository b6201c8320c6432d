import { CameraKeeper } from "./camera_keeper.ts";
import { askForCamera, openCamera } from "./camera_source.ts";
import type { OpenSource } from "../capture.ts";
import { openDemo } from "./demo_source.ts";
import { openDrone } from "./drone_source.ts";
import { openFile } from "./file_source.ts";
import type { Timing } from "../timing.ts";

/** Opens whatever the user chose to watch. The camera's stream is kept from one choice to the next. */
export function sourceOpener(timing: Timing): OpenSource {
  const keeper = new CameraKeeper(timing, askForCamera);
  return (choice, events, signal) => {
    if (choice === "camera") return openCamera(keeper, timing, events);
    if (choice === "demo") return openDemo(timing, signal);
    if (choice instanceof File) return openFile(choice, timing, events);
    return Promise.resolve(openDrone(choice, timing, events));
  };
}
