import { cameraFailure, cameraLost, cameraObstacle } from "./camera_failure.ts";
import type { CameraKeeper } from "./camera_keeper.ts";
import type { Source, SourceEvents } from "./source.ts";
import type { Timing } from "../timing.ts";
import { playingVideo, VideoPictures } from "./video_pictures.ts";

/** 720p: twice what the detector needs, and what nearly every camera delivers without scaling. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: { ideal: "environment" },
    width: { ideal: 1280 },
    height: { ideal: 720 },
  },
};

/** Asks the browser for the rear camera, or what there is. Rejects with a `FieldError` its user can act on. */
export async function askForCamera(): Promise<MediaStream> {
  const obstacle = cameraObstacle({
    isSecureContext,
    hasMediaDevices: navigator.mediaDevices?.getUserMedia !== undefined,
  });
  if (obstacle) throw obstacle;
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    throw cameraFailure(error);
  }
}

/** Opens the camera as a source; the stream goes back to its keeper when it is closed. */
export async function openCamera(
  keeper: CameraKeeper,
  timing: Timing,
  events: SourceEvents,
): Promise<Source> {
  let stream: MediaStream;
  try {
    stream = await keeper.take();
  } catch (error) {
    keeper.giveBack();
    throw error;
  }
  const [track] = stream.getVideoTracks();
  const { video, release } = playingVideo();
  const unlisten = listen(track, video, events);
  video.srcObject = stream;
  const pictures = new VideoPictures(video, timing);
  return {
    kind: "camera",
    name: track.label || "Camera",
    element: video,
    get size() {
      return { width: video.videoWidth, height: video.videoHeight };
    },
    intervalMs: 0,
    nextPicture: (signal) => pictures.next(signal),
    close() {
      unlisten();
      pictures.close();
      release();
      video.srcObject = null;
      keeper.giveBack();
    },
  };
}

function listen(
  track: MediaStreamTrack,
  video: HTMLVideoElement,
  events: SourceEvents,
): () => void {
  const over = new AbortController();
  const { signal } = over;
  track.addEventListener("ended", () => events.broken(cameraLost()), { signal });
  // iOS mutes the track while another app has the camera, or a call comes in
  track.addEventListener("mute", () => events.stalled(), { signal });
  track.addEventListener("unmute", () => events.flowing(), { signal });
  video.addEventListener("resize", () => events.resized(), { signal });
  return () => over.abort();
}
