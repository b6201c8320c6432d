import { FieldError } from "../../field/errors.ts";
import { fitWithin, type Size } from "../frame_size.ts";
import type { Source, SourceEvents } from "./source.ts";
import type { Timing } from "../timing.ts";
import { playingVideo, VideoPictures } from "./video_pictures.ts";

/** A still is looked at once a second: often enough to become an observation, and to go on as one. */
const STILL_INTERVAL_MS = 1_000;
/** Large photos exceed what mobile browsers allow a canvas (iOS: 16.7 million pixels). */
const STILL_LONGER_SIDE_PX = 1_920;
/** Longest wait for the first picture of a film. */
const FILM_OPENS_WITHIN_MS = 15_000;

/** A picture or film as a source. Rejects with `file-unreadable`. */
export async function openFile(
  file: File,
  timing: Timing,
  events: SourceEvents,
): Promise<Source> {
  if (file.type.startsWith("video/")) return await openFilm(file, timing, events);
  const picture = await decodePicture(file);
  if (picture instanceof ImageBitmap) return still(file.name, picture);
  // files without a type are met on Android: perhaps it is a film
  if (file.type === "") return await openFilm(file, timing, events);
  throw fileUnreadable(file, picture.reason);
}

async function decodePicture(file: File): Promise<ImageBitmap | { readonly reason: unknown }> {
  try {
    return await createImageBitmap(file);
  } catch (reason) {
    return { reason };
  }
}

function still(name: string, picture: ImageBitmap): Source {
  const size: Size = { width: picture.width, height: picture.height };
  const canvas = document.createElement("canvas");
  Object.assign(canvas, fitWithin(size, STILL_LONGER_SIDE_PX));
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("Cannot show a picture: this browser gives no 2D canvas");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return {
    kind: "file",
    name,
    element: canvas,
    size,
    intervalMs: STILL_INTERVAL_MS,
    nextPicture: () => Promise.resolve(),
    close: () => {},
  };
}

async function openFilm(file: File, timing: Timing, events: SourceEvents): Promise<Source> {
  const { video, release } = playingVideo();
  const url = URL.createObjectURL(file);
  const over = new AbortController();
  const pictures = new VideoPictures(video, timing);
  const close = () => {
    over.abort();
    pictures.close();
    release();
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  };
  try {
    video.src = url;
    await firstPicture(video, timing);
  } catch (error) {
    close();
    throw fileUnreadable(file, error);
  }
  listen(video, file, events, over.signal);
  return {
    kind: "file",
    name: file.name,
    element: video,
    get size() {
      return { width: video.videoWidth, height: video.videoHeight };
    },
    intervalMs: 0,
    nextPicture: (signal) => pictures.next(signal),
    close,
  };
}

function listen(
  video: HTMLVideoElement,
  file: File,
  events: SourceEvents,
  signal: AbortSignal,
): void {
  const onError = () => events.broken(fileUnreadable(file, mediaError(video)));
  video.addEventListener("error", onError, { signal });
  video.addEventListener("waiting", () => events.stalled(), { signal });
  video.addEventListener("playing", () => events.flowing(), { signal });
}

/** Resolves when there is something to see. Sound alone is no picture. */
function firstPicture(video: HTMLVideoElement, timing: Timing): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const cancel = timing.after(FILM_OPENS_WITHIN_MS, () => {
      over.abort();
      reject(new Error(`no picture within ${FILM_OPENS_WITHIN_MS / 1_000} s`));
    });
    const end = (settle: () => void) => () => {
      cancel();
      over.abort();
      settle();
    };
    const { signal } = over;
    video.addEventListener("error", end(() => reject(mediaError(video))), { signal });
    video.addEventListener(
      "loadeddata",
      end(() => video.videoWidth > 0 ? resolve() : reject(new Error("it has sound only"))),
      { signal },
    );
  });
}

function mediaError(video: HTMLVideoElement): Error {
  const { error } = video;
  return new Error(error ? `media error ${error.code}: ${error.message}` : "unknown media error");
}

/** The file is neither a picture nor a film to this browser. */
function fileUnreadable(file: File, cause: unknown): FieldError {
  const type = file.type || "unknown type";
  return new FieldError(
    "file-unreadable",
    `Cannot read ${file.name} (${type}): this browser knows it neither as a picture nor as a film. Use JPEG, PNG, WebP, MP4 or WebM.`,
    { cause },
  );
}
